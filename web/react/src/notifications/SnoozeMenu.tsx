"use client";

import type { NotificationItem } from "@tandem/client";
import { useCallback, useEffect, useRef, useState, type KeyboardEvent } from "react";
import { useInvoker } from "../platform/useInvoker.js";
import { useTandemContext } from "../provider/context.js";
import { useMoment } from "../values/when.js";
import { snoozeTimes, type SnoozeChoice } from "./snoozeTimes.js";
import type { Snoozing } from "./useSnoozing.js";

/** The props of {@link SnoozeMenu}. */
export interface SnoozeMenuProps {
  readonly item: NotificationItem;
  readonly snoozing: Pick<Snoozing, "snooze" | "wake" | "returned">;
}

/**
 * A button that opens the choices of when a notification returns. For one that is snoozed it is a button that brings it back now.
 *
 * @example
 * ```tsx
 * <SnoozeMenu item={item} snoozing={snoozing} />
 * ```
 */
export function SnoozeMenu({ item, snoozing }: SnoozeMenuProps) {
  const { messages } = useTandemContext();
  if (!item.snoozedUntil) return <Choices item={item} snoozing={snoozing} />;
  return (
    <button type="button" data-kind="link" data-tandem="unsnooze" aria-label={`${messages.unsnooze()}: ${item.text}`} onClick={() => snoozing.wake(item)}>
      {messages.unsnooze()}
    </button>
  );
}

function Choices({ item, snoozing }: SnoozeMenuProps) {
  const { messages } = useTandemContext();
  const moment = useMoment();
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  const [openedAt, setOpenedAt] = useState<Date>();
  useInvoker(button, menu, useCallback(() => setOpenedAt(new Date()), []));
  useEffect(() => menu.current?.querySelector("button")?.focus(), [openedAt]);
  // A browser gives the focus back only when the outermost popover closes.
  const leave = () => {
    button.current?.focus();
    menu.current?.hidePopover();
  };
  const label = `${messages.snooze()}: ${item.text}`;
  const choose = (choice: SnoozeChoice, shown: Date) => {
    leave();
    snoozing.snooze(item, snoozeTimes(new Date()).get(choice) ?? shown); // a menu may be open for long
  };
  const times = openedAt ? [...snoozeTimes(openedAt)] : [];
  return (
    <>
      <button ref={button} type="button" data-tandem="snooze" aria-haspopup="menu" aria-label={label} title={messages.snooze()} autoFocus={item.id === snoozing.returned}>
        <Clock />
      </button>
      <div ref={menu} popover="auto" role="menu" aria-label={label} data-tandem="popover" data-kind="menu" onKeyDown={(event) => moveFocus(event, leave)}>
        {times.map(([choice, at]) => (
          <button key={choice} type="button" role="menuitem" tabIndex={-1} onClick={() => choose(choice, at)}>
            {messages.snoozeChoice(choice)} <time dateTime={at.toISOString()}>{moment(at)}</time>
          </button>
        ))}
      </div>
    </>
  );
}

/** Moves in a menu by arrow keys. Escape and Tab leave it. */
function moveFocus(event: KeyboardEvent<HTMLElement>, leave: () => void): void {
  const items = [...event.currentTarget.querySelectorAll("button")];
  const at = items.indexOf(document.activeElement as HTMLButtonElement);
  const to = { ArrowDown: (at + 1) % items.length, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
  const isEscape = event.key === "Escape";
  if (isEscape || event.key === "Tab") leave();
  if (isEscape || to !== undefined) event.preventDefault(); // otherwise Escape closes the inbox, too
  if (to !== undefined) items.at(to)?.focus();
}

function Clock() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.75" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
      <path d="M12 7.5V12l3 2M20.5 12a8.5 8.5 0 1 1-17 0 8.5 8.5 0 0 1 17 0Z" />
    </svg>
  );
}

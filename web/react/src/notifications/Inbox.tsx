"use client";

import type { NotificationItem } from "@tandem/client";
import type { Push } from "@tandem/client/push";
import { useEffect, useId, useState, type RefObject } from "react";
import type { InboxView } from "../live/useNotifications.js";
import { useTandemContext } from "../provider/context.js";
import { NotificationRow } from "./NotificationRow.js";
import { PushOffer } from "./PushOffer.js";
import { SnoozeMenu } from "./SnoozeMenu.js";
import { SnoozeNotice } from "./SnoozeNotice.js";
import type { Snoozing } from "./useSnoozing.js";

interface InboxProps {
  readonly inbox: InboxView;
  readonly snoozing: Snoozing;
  readonly popover: RefObject<HTMLDivElement | null>;
  readonly push: Push | undefined;
  readonly onOpen: (item: NotificationItem) => void;
  readonly className: string | undefined;
}

/**
 * The popover with the notifications, which scroll below its head. One line hides the snoozed ones. The buttons that snooze are named after notifications, so they
 * are in the page only while the popover is open: a program that looks for a field by a part of its label must not find them. The offer of
 * push is there only then, too, since its status may be that of a page that has an offer of its own.
 */
export function Inbox({ inbox, snoozing, popover, push, onOpen, className }: InboxProps) {
  const { messages } = useTandemContext();
  const id = useId();
  const { awake, snoozed } = snoozing;
  const { status, hasMore, unread } = inbox;
  const newest = awake[0];
  const isOpen = useIsOpen(popover);
  return (
    <div ref={popover} popover="auto" role="dialog" aria-labelledby={id} data-tandem="popover" data-kind="inbox" className={className}>
      <div data-tandem="inbox-head">
        <strong id={id}>{messages.notifications(0)}</strong>
        {newest && unread > 0 && (
          <button type="button" data-kind="link" onClick={() => snoozing.readUpTo(newest)}>
            {messages.markAllRead()}
          </button>
        )}
      </div>
      {push && isOpen && <PushOffer push={push} />}
      <SnoozeNotice snoozing={snoozing} />
      <div data-tandem="inbox-list">
        {snoozed.length > 0 && (
          <details data-tandem="snoozed">
            <summary>{messages.snoozed(snoozed.length)}</summary>
            <Rows items={snoozed} snoozing={snoozing} canSnooze={isOpen} onOpen={onOpen} />
          </details>
        )}
        {status === "error" && <p>{messages.failed()}</p>}
        {!newest && status !== "error" && <p>{status === "loading" ? messages.loading() : messages.noNotifications()}</p>}
        <Rows items={awake} snoozing={snoozing} canSnooze={isOpen} onOpen={onOpen} />
        {hasMore && (
          <button type="button" onClick={() => void inbox.loadMore()}>
            {inbox.loadingMore ? messages.loadingMore() : messages.more()}
          </button>
        )}
      </div>
    </div>
  );
}

interface RowsProps {
  readonly items: readonly NotificationItem[];
  readonly snoozing: Snoozing;
  readonly canSnooze: boolean;
  readonly onOpen: (item: NotificationItem) => void;
}

function Rows({ items, snoozing, canSnooze, onOpen }: RowsProps) {
  return (
    <ul>
      {items.map((item) => (
        <li key={item.id} data-tandem="inbox-row">
          <NotificationRow item={item} onOpen={onOpen} />
          {canSnooze && <SnoozeMenu item={item} snoozing={snoozing} />}
        </li>
      ))}
    </ul>
  );
}

/** Returns whether a popover is open. React 18 knows its events on no element but details. */
function useIsOpen(popover: RefObject<HTMLDivElement | null>): boolean {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const element = popover.current;
    const note = (event: ToggleEvent) => setOpen(event.newState === "open");
    element?.addEventListener("beforetoggle", note);
    return () => element?.removeEventListener("beforetoggle", note);
  }, [popover]);
  return isOpen;
}

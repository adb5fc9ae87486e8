"use client";

import { State, type ConnectionStatus as Status, type OutboxState } from "@tandem/client";
import { useEffect, useState, type ReactNode } from "react";
import { noRecords } from "../live/initial.js";
import { useConnectionStatus } from "../live/useConnectionStatus.js";
import { useReadable } from "../live/useReadable.js";
import type { Messages } from "../messages/messages.js";
import { useTandemContext } from "../provider/context.js";

/** The props of {@link ConnectionStatus}. */
export interface ConnectionStatusProps {
  /** The content while connected; nothing, unless given. */
  readonly connected?: ReactNode;
  readonly classNames?: { readonly root?: string } | undefined;
}

/**
 * Says what happens to a person's edits while the connection is away, or while they wait although it is there, and whether
 * they outlive the page. It shows nothing while connected, and nothing in the first five seconds of a lost connection.
 *
 * @example
 * ```tsx
 * <header><ConnectionStatus /></header>
 * ```
 */
export function ConnectionStatus({ connected, classNames }: ConnectionStatusProps) {
  const status = useConnectionStatus();
  const { messages } = useTandemContext();
  const held = useHeld(status.pending > 0);
  const state = shownState(status, held);
  const stored = useStored(status.pending > 0);
  const text = textOf(state, status.pending, stored, messages);
  // The end of the session is announced at once by the provider.
  return (
    <div
      role="status"
      aria-label={messages.connection()}
      aria-live={state === "session-over" ? "off" : "polite"}
      data-tandem="connection"
      data-state={state}
      className={classNames?.root}
    >
      {text === "" ? connected : <span data-tandem="connection-text">{text}</span>}
    </div>
  );
}

type Shown = "connected" | "waiting" | "offline" | "catching-up" | "slow" | "session-over";

const nothingWaits = new State<OutboxState>(noRecords);

/** How long edits may wait while connected before that is worth a word. */
const heldAfter = 3_000;

/** Reports whether something has been the case for a while. */
function useHeld(now: boolean): boolean {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (!now) return setHeld(false);
    const timer = setTimeout(() => setHeld(true), heldAfter);
    return () => clearTimeout(timer);
  }, [now]);
  return held && now;
}

function shownState({ state, lost, catchingUp, slow }: Status, held: boolean): Shown {
  if (state === "unauthorized") return "session-over";
  if (lost || state === "offline" || state === "closed") return catchingUp ? "catching-up" : "offline";
  return held ? "waiting" : slow ? "slow" : "connected";
}

/** Reports whether edits that wait outlive the page. */
function useStored(wait: boolean): boolean {
  const { outbox } = useTandemContext().tandem;
  return useReadable(wait ? outbox : nothingWaits, noRecords).durable;
}

function textOf(state: Shown, pending: number, stored: boolean, messages: Messages): string {
  const waiting = pending === 0 ? "" : stored ? messages.changesWait(pending) : messages.changesWaitInPage(pending);
  if (state === "waiting") return waiting;
  const says = {
    connected: "",
    offline: messages.offline(),
    "catching-up": messages.catchingUp(),
    slow: messages.slow(),
    "session-over": messages.sessionOver(),
  }[state];
  return says === "" || waiting === "" || state === "session-over" ? says : `${says} · ${waiting}`;
}

"use client";

import type { InboxState, NotificationItem } from "@tandem/client";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTandemContext } from "../provider/context.js";
import { isConnected } from "../provider/useRealtime.js";
import { isReminder } from "./reminder.js";

/** The toasts that are shown now. */
export interface ToastList {
  readonly shown: readonly NotificationItem[];
  /** How many unread notifications came while their person was away; 0 once that was shown. */
  readonly missed: number;
  dismiss(id: string): void;
  dismissMissed(): void;
  /** The inbox is open, which shows them all. */
  dismissAll(): void;
}

/**
 * Makes toasts of what comes while the page is open and connected, each once, and announces them. A notification that grows
 * comes again: its toast is updated, or it gets another one. So does one whose snooze ends. If the page shows one
 * already, it is announced only, once until it is read. Older notifications that were loaded did not come.
 */
export function useToasts({ items, status }: InboxState, limit: number, isShown: (item: NotificationItem) => boolean): ToastList {
  const { announcer, messages, tandem, shown: parts } = useTandemContext();
  const away = useAway();
  const take = useArrivals();
  /** The ids of unread ones that were announced without a toast. */
  const announced = useRef<ReadonlySet<string>>(new Set());
  const [waiting, setWaiting] = useState<readonly NotificationItem[]>([]);
  const [missed, setMissed] = useState(0);
  const latestIsShown = useRef(isShown);
  useEffect(() => void (latestIsShown.current = isShown), [isShown]);
  useEffect(() => {
    if (status !== "live") return;
    const { came, first } = take(items);
    // A change of access reads the inbox again: what is new then came while the person was here.
    const wasHere = !first && !away.current;
    away.current &&= !isConnected(tandem.status.get());
    const fresh = came.filter((item) => item.fresh || wasHere);
    if (!first && came.length > fresh.length) setMissed((before) => before + came.length - fresh.length);
    // The toast of what was read or snoozed is gone, and does not come back with it.
    const there = waiting.filter(({ id }) => items.some((item) => item.id === id && !item.read));
    // The newest is on top; what is too much is in the inbox anyway.
    const others = there.filter(({ id }) => !fresh.some((item) => item.id === id));
    const inView = fresh.filter((item) => latestIsShown.current(item) || [...parts].some((shows) => shows(item)));
    if (fresh.length > 0 || there.length < waiting.length) setWaiting([...fresh.filter((item) => !inView.includes(item)), ...others].slice(0, limit));
    // A burst is announced once, while its toast is there or the page shows it.
    const isSaid = (item: NotificationItem) => there.some(({ id }) => id === item.id) || (inView.includes(item) && announced.current.has(item.id));
    for (const item of fresh) if (!isSaid(item)) announcer.say(isReminder(item) ? `${messages.reminder()}: ${item.text}` : item.text);
    announced.current = new Set(items.filter((item) => !item.read && (inView.includes(item) || announced.current.has(item.id))).map(({ id }) => id));
  }, [items, status, limit, announcer, messages, tandem, waiting, parts, take]);
  // A notification that was read elsewhere goes here, too. The conflict that it leads to may become known only after it came.
  const shown = useMemo(() => waiting.flatMap((toast) => items.find((item) => item.id === toast.id && !item.read) ?? []), [waiting, items]);
  const dismiss = useCallback((id: string) => setWaiting((before) => before.filter((toast) => toast.id !== id)), []);
  const dismissMissed = useCallback(() => setMissed(0), []);
  const dismissAll = useCallback(() => {
    setWaiting([]);
    setMissed(0);
  }, []);
  return { shown, missed, dismiss, dismissMissed, dismissAll };
}

/** Returns a function that takes the notifications as they are now, and returns the unread ones that came since the last time. */
function useArrivals() {
  /** When each notification that is loaded came last. */
  const known = useRef<ReadonlyMap<string, number>>(undefined);
  /** The time of the newest change of all. */
  const newest = useRef(0);
  return useCallback((items: readonly NotificationItem[]) => {
    const before = known.current;
    const came = items.filter((item) => !item.read && hasCome(item, before?.get(item.id), newest.current));
    known.current = new Map(items.map((item) => [item.id, cameOf(item)]));
    newest.current = items.reduce((latest, { at }) => Math.max(latest, at.getTime()), newest.current);
    return { came, first: before === undefined };
  }, []);
}

const cameOf = ({ cameAt }: NotificationItem) => cameAt.getTime();

/** Reports whether a notification came since: again, if it was there before; otherwise it is fresh, or newer than all that were there. */
function hasCome(item: NotificationItem, before: number | undefined, newest: number): boolean {
  return before === undefined ? item.fresh || item.at.getTime() > newest : cameOf(item) > before;
}

/** Remembers that the connection was lost, until somebody takes note of it. */
function useAway() {
  const { tandem } = useTandemContext();
  const away = useRef(false);
  useEffect(() => {
    let connected = isConnected(tandem.status.get());
    return tandem.status.subscribe(() => {
      const now = isConnected(tandem.status.get());
      away.current ||= connected && !now;
      connected = now;
    });
  }, [tandem]);
  return away;
}

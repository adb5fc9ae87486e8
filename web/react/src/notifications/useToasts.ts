"use client";

import type { InboxState, NotificationItem } from "@tandem/client";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTandemContext } from "../provider/context.js";
import { isConnected } from "../provider/useRealtime.js";

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
 * already, it is announced only. Older notifications that were loaded did not come.
 */
export function useToasts({ items, status }: InboxState, limit: number, isShown: (item: NotificationItem) => boolean): ToastList {
  const { announcer, tandem } = useTandemContext();
  const away = useAway();
  /** When each notification came last. */
  const known = useRef<Map<string, number>>(undefined);
  const [waiting, setWaiting] = useState<readonly NotificationItem[]>([]);
  const [missed, setMissed] = useState(0);
  const latestIsShown = useRef(isShown);
  useEffect(() => void (latestIsShown.current = isShown), [isShown]);
  useEffect(() => {
    if (status !== "live") return;
    const first = known.current === undefined;
    const seen = (known.current ??= new Map());
    const newest = Math.max(...seen.values());
    const unknown = items.filter(({ id, cameAt }) => seen.get(id) !== cameAt.getTime());
    for (const { id, cameAt } of unknown) seen.set(id, cameAt.getTime());
    const unread = unknown.filter((item) => !item.read && (item.fresh || item.cameAt.getTime() > newest));
    // A change of access reads the inbox again: what is new then came while the person was here.
    const wasHere = !first && !away.current;
    away.current &&= !isConnected(tandem.status.get());
    const fresh = unread.filter((item) => item.fresh || wasHere);
    const replayed = unread.length - fresh.length;
    if (!first && replayed > 0) setMissed((before) => before + replayed);
    // The toast of what was read or snoozed is gone, and does not come back with it.
    const there = waiting.filter(({ id }) => items.some((item) => item.id === id && !item.read));
    // The newest is on top; what is too much is in the inbox anyway.
    const others = there.filter(({ id }) => !fresh.some((item) => item.id === id));
    const hidden = fresh.filter((item) => !latestIsShown.current(item));
    if (fresh.length > 0 || there.length < waiting.length) setWaiting([...hidden, ...others].slice(0, limit));
    // A burst is announced once while its toast is there.
    for (const item of fresh) if (!there.some(({ id }) => id === item.id)) announcer.say(item.text);
  }, [items, status, limit, announcer, tandem, waiting]);
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

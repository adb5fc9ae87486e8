"use client";

import type { NotificationItem } from "@tandem/client";
import { useEffect, useRef } from "react";
import { entityOf, type EntityKey } from "../live/entityKey.js";
import { useNotifications } from "../live/useNotifications.js";
import { usePresence } from "../live/usePresence.js";

/** How long a person looks at a page before they have seen what is new. Meanwhile further changes grow the same notification. */
const seenAfter = 2_000;

/**
 * Marks the notifications of an entity as read while its person looks at the page of it: while they are online in the room of the
 * same name, which it joins. It leaves snoozed ones alone, and those whose snooze ended while the page was open.
 *
 * @example
 * ```tsx
 * useSeen(`customer:${id}`);
 * ```
 */
export function useSeen(key: EntityKey): void {
  const { items, status, markRead } = useNotifications();
  const looks = usePresence(key).currentUser?.status === "online" && status === "live";
  const { id } = entityOf(key);
  const unseen = looks ? items.filter((item) => item.entityId === id && !item.read && !isReminder(item)) : [];
  const marks = unseen.map((item) => `${item.id} ${item.cameAt.getTime()}`).join();
  const latest = useRef(() => {});
  const tried = useRef("");
  useEffect(() => void (latest.current = () => void markRead(unseen.map((item) => item.id)).catch(() => {})));
  useEffect(() => void (tried.current = ""), [looks]);
  useEffect(() => {
    // A request that failed is repeated when the person comes back.
    if (!marks || marks === tried.current) return;
    const timer = setTimeout(() => {
      tried.current = marks;
      latest.current();
    }, seenAfter);
    return () => clearTimeout(timer);
  }, [marks]);
}

/** Reports whether a snooze ended by itself while the page was open: the page does not show that, so looking at it does not count. */
function isReminder({ at, cameAt }: NotificationItem): boolean {
  return cameAt > at;
}

"use client";

import type { NotificationItem } from "@tandem/client";
import { useEffect, useRef, useState, type RefCallback } from "react";
import { entityOf, type EntityKey } from "../live/entityKey.js";
import { useNotifications } from "../live/useNotifications.js";
import { usePresence } from "../live/usePresence.js";
import { useTandemContext } from "../provider/context.js";
import { isReminder } from "./reminder.js";

/** How long a person looks at what shows a notification before they have seen it. Meanwhile further changes grow the same notification. */
const seenAfter = 2_000;

/** The part of an element that is in view when the element counts as seen. Less than all, for the rounding of pixels. */
const nearlyAll = 0.9;

/**
 * Marks the notifications of an entity that an element shows as read once the person has looked at the element for two seconds:
 * all of it is in view, no modal dialog covers it, and they look at this page, whatever their other devices show. The hook joins
 * the room of the entity, so that nothing is pushed to them meanwhile. Until then `NotificationCenter` announces the notifications
 * without a toast. Two kinds stay: those of several records, of which the element shows one, and those whose snooze ended while
 * the page was open, which are to remind the person.
 *
 * @param shows Whether the element shows a notification of the entity; all of them, unless given.
 * @returns The `ref` of the element: a small one, where the newest change appears, such as `newestRef` of `ActivityFeed`. An element
 * that is scrolled away, or larger than the window, is not seen.
 *
 * @example
 * ```tsx
 * const seen = useSeen(`customer:${id}`, ({ comments }) => comments > 0);
 * return <ActivityFeed feedType="customer" entityId={id} newestRef={seen} />;
 * ```
 */
export function useSeen(key: EntityKey, shows: (item: NotificationItem) => boolean = () => true): RefCallback<Element> {
  const { items, status, markRead } = useNotifications();
  const [isInView, ref, element] = useIsInView();
  const { id } = entityOf(key);
  // A snooze that ends while the page is open is to remind: the page does not show that, so looking at it does not count.
  const isOn = (item: NotificationItem) => isInView && item.entityId === id && item.records === 1 && !(item.fresh && isReminder(item)) && shows(item);
  useShown((item) => isOn(item) && !isBehindModal(element));
  const looks = usePresence(key).looking && status === "live";
  const unseen = looks ? items.filter((item) => !item.read && isOn(item)) : [];
  /** When those came that the hook asked to mark. The person may have made them unread since. */
  const asked = useRef(new Map<string, number>());
  const refused = useRef<readonly string[]>([]);
  const latest = useRef(() => {});
  useEffect(() => {
    latest.current = () => {
      const due = unseen.filter((item) => asked.current.get(item.id) !== item.cameAt.getTime());
      const ids = due.map((item) => item.id);
      const kept = [...asked.current].filter(([each]) => items.some((item) => item.id === each));
      asked.current = new Map([...kept, ...due.map((item) => [item.id, item.cameAt.getTime()] as const)]);
      if (ids.length > 0) markRead(ids).catch(() => (refused.current = [...refused.current, ...ids]));
    };
  });
  useEffect(() => {
    // A request that failed is repeated when the person comes back.
    for (const each of refused.current) asked.current.delete(each);
    refused.current = [];
  }, [looks]);
  const marks = unseen.map((item) => `${item.id} ${item.cameAt.getTime()}`).join();
  useEffect(() => {
    return marks ? afterLooking(element, () => latest.current()) : undefined;
  }, [marks, element]);
  return ref;
}

/** Leaves the toasts out of what the page shows, as long as the component is there. */
function useShown(isShown: (item: NotificationItem) => boolean): void {
  const { shown } = useTandemContext();
  const latest = useRef(isShown);
  useEffect(() => void (latest.current = isShown));
  useEffect(() => {
    const current = (item: NotificationItem) => latest.current(item);
    shown.add(current);
    return () => void shown.delete(current);
  }, [shown]);
}

/** Calls a function once no modal dialog has covered an element for two seconds. Returns what ends the wait. */
function afterLooking(element: Element | null, act: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const follow = () => {
    if (!isBehindModal(element)) return void (timer ??= setTimeout(act, seenAfter));
    clearTimeout(timer);
    timer = undefined;
  };
  const dialogs = new MutationObserver(follow);
  dialogs.observe(document, { subtree: true, childList: true, attributeFilter: ["open"] });
  follow();
  return () => {
    dialogs.disconnect();
    clearTimeout(timer);
  };
}

/** Reports whether a modal dialog covers an element. */
function isBehindModal(element: Element | null): boolean {
  return [...document.querySelectorAll("dialog:modal")].some((dialog) => !dialog.contains(element));
}

/** Follows whether all of an element is in view: displayed, and not scrolled away. Returns its `ref` and the element, too. */
function useIsInView(): readonly [boolean, RefCallback<Element>, Element | null] {
  const [element, setElement] = useState<Element | null>(null);
  const [isInView, setIsInView] = useState(false);
  useEffect(() => {
    if (!element) return;
    const observer = new IntersectionObserver((entries) => setIsInView((entries.at(-1)?.intersectionRatio ?? 0) >= nearlyAll), { threshold: nearlyAll });
    observer.observe(element);
    return () => {
      observer.disconnect();
      setIsInView(false);
    };
  }, [element]);
  return [isInView, setElement, element];
}

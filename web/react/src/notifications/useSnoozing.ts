"use client";

import type { NotificationItem } from "@tandem/client";
import { useCallback, useMemo, useRef, useState } from "react";
import type { InboxView } from "../live/useNotifications.js";
import { useTandemContext } from "../provider/context.js";

/** The result of {@link useSnoozing}. */
export interface Snoozing {
  /** The notifications that are not snoozed, the newest first. */
  readonly awake: readonly NotificationItem[];
  /** The snoozed notifications, the next to return first. */
  readonly snoozed: readonly NotificationItem[];
  /** The one that this page snoozed last, while that can be undone. */
  readonly last: NotificationItem | undefined;
  /** The id of the one that this page brought back last. The focus goes there, because the button that had it is gone. */
  readonly returned: string | undefined;
  /** Whether the last request failed. */
  readonly failed: boolean;
  snooze(item: NotificationItem, until: Date): void;
  /** Ends the snooze: the notification is unread again. */
  wake(item: NotificationItem): void;
  /** Ends the last snooze: the notification is as it was. */
  undo(): void;
  /** Marks an opened notification as read. If that fails, it is unread again, and a message appears, whatever the page shows by then. */
  read(item: NotificationItem): void;
  /** Marks all up to a notification as read. They are unread again if the request fails. */
  readUpTo: (item: NotificationItem) => void;
  /** Ends the offer to undo, as when the inbox was closed. */
  forget(): void;
}

interface Done {
  readonly kind: "snoozed" | "returned";
  /** The notification as it was before. */
  readonly item: NotificationItem;
}

/**
 * Snoozes notifications of an inbox, brings them back, and marks them as read. It knows whether the last request failed.
 *
 * @example
 * ```tsx
 * const snoozing = useSnoozing(useNotifications());
 * return snoozing.awake.map((item) => <li key={item.id}>{item.text} <SnoozeMenu item={item} snoozing={snoozing} /></li>);
 * ```
 */
export function useSnoozing(inbox: InboxView): Snoozing {
  const { items, snooze, markRead, markUnread } = inbox;
  const { announcer, messages } = useTandemContext();
  const [done, setDone] = useState<Done>();
  const [failed, setFailed] = useState(false);
  const { awake, snoozed } = useMemo(() => split(items), [items]);
  // The list says what is snoozed now: it may have changed on another device.
  const last = done?.kind === "snoozed" ? snoozed.find(({ id }) => id === done.item.id) : undefined;
  const newest = useRef<Promise<void>>(undefined);
  const watch = (request: Promise<void>) => {
    newest.current = request;
    setFailed(false);
    request.catch(() => newest.current === request && setFailed(true));
  };
  const run = (now: Done, request: Promise<void>) => {
    setDone(now);
    watch(request);
  };
  const forget = useCallback(() => {
    newest.current = undefined;
    setDone(undefined);
    setFailed(false);
  }, []);
  return {
    forget,
    awake,
    snoozed,
    last,
    returned: done?.kind === "returned" ? done.item.id : undefined,
    failed,
    snooze: (item, until) => run({ kind: "snoozed", item }, snooze([item.id], until)),
    wake: (item) => run({ kind: "returned", item }, markUnread([item.id])),
    read: ({ id, read }) => {
      if (!read) markRead([id]).catch(() => announcer.show(messages.didNotWork()));
    },
    readUpTo: ({ id }) => watch(markRead({ upTo: id })),
    undo: () => {
      if (!done) return;
      const { item } = done;
      run({ kind: "returned", item }, item.read ? markRead([item.id]) : markUnread([item.id]));
    },
  };
}

function split(items: readonly NotificationItem[]): Pick<Snoozing, "awake" | "snoozed"> {
  const returnsAt = ({ snoozedUntil }: NotificationItem) => snoozedUntil?.getTime() ?? 0;
  return {
    awake: items.filter((item) => !item.snoozedUntil),
    snoozed: items.filter((item) => item.snoozedUntil).sort((a, b) => returnsAt(a) - returnsAt(b)),
  };
}

"use client";

import type { InboxState, LiveInbox } from "@tandem/client";
import { useMemo } from "react";
import { useTandemContext } from "../provider/context.js";
import { noInbox } from "./initial.js";
import { useReadable } from "./useReadable.js";

/** The result of {@link useNotifications}. */
export type InboxView = InboxState & Pick<LiveInbox, "loadMore" | "markUnread" | "snooze"> & {
  /** Marks some as read, or all up to one. */
  markRead(which: readonly string[] | { readonly upTo: string }): Promise<void>;
};

/**
 * Follows the person's own notifications, the newest first.
 *
 * @example
 * ```tsx
 * const { items, unread, markRead } = useNotifications();
 * const first = items[0];
 * return <button disabled={!first} onClick={() => first && markRead({ upTo: first.id })}>Mark {unread} as read</button>;
 * ```
 */
export function useNotifications(): InboxView {
  const { inbox } = useTandemContext().tandem;
  const state = useReadable(inbox, noInbox);
  return useMemo(
    () => ({
      ...state,
      loadMore: () => inbox.loadMore(),
      markUnread: (ids) => inbox.markUnread(ids),
      snooze: (ids, until) => inbox.snooze(ids, until),
      markRead: (which) => inbox.markRead("upTo" in which ? which : { ids: which }),
    }),
    [inbox, state],
  );
}

import type { NotificationItem } from "@tandem/client";
import type { InboxView, Snoozing } from "@tandem/react";
import { useState } from "react";

/** The most that the server makes unread at once. */
const most = 1_000;

/** Marks the whole inbox as read, and takes that back. */
export interface ReadAll {
  /** The notifications that `undo` makes unread again: notifications on the page that are still read. */
  readonly undoable: readonly NotificationItem[];
  /** How many were marked, as far as the server counts. */
  readonly marked: number;
  /** Whether the last `undo` failed. */
  readonly failed: boolean;
  readAll(): void;
  undo(): void;
}

interface Marked {
  readonly ids: readonly string[];
  readonly count: number;
  readonly failed?: boolean;
}

const none: Marked = { ids: [], count: 0 };

/** Returns how the person marks all as read. The offer to undo ends once another tab has made them unread. */
export function useReadAll(inbox: InboxView, { awake, readUpTo }: Snoozing): ReadAll {
  const [{ ids, count, failed = false }, setMarked] = useState(none);
  return {
    undoable: awake.filter(({ id, read }) => read && ids.includes(id)),
    marked: count,
    failed,
    readAll: () => {
      const [newest] = awake;
      if (!newest || inbox.unread === 0) return;
      setMarked({ ids: awake.filter(({ read }) => !read).slice(0, most).map(({ id }) => id), count: inbox.unread });
      readUpTo(newest);
    },
    undo: () => void inbox.markUnread(ids).then(() => setMarked(none), () => setMarked({ ids, count, failed: true })),
  };
}

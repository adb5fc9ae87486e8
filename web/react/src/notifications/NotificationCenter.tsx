"use client";

import type { NotificationItem } from "@tandem/client";
import type { Push } from "@tandem/client/push";
import { useId, useRef } from "react";
import { useNotifications, type InboxView } from "../live/useNotifications.js";
import { useInvoker } from "../platform/useInvoker.js";
import { useTandemContext } from "../provider/context.js";
import { NotificationRow } from "./NotificationRow.js";
import { PushOffer } from "./PushOffer.js";
import { Toasts } from "./Toasts.js";
import { useToasts } from "./useToasts.js";

/** The props of {@link NotificationCenter}. */
export interface NotificationCenterProps {
  /** The corner of the toasts; `bottom-right` unless given. */
  readonly position?: "top-left" | "top-right" | "bottom-left" | "bottom-right" | undefined;
  /** How many toasts are shown at once. 3 unless given. */
  readonly maxNotifications?: number | undefined;
  /**
   * After how many milliseconds a toast goes by itself: 6000 unless given; 0 means that it stays. Time stops while one is
   * hovered or has the focus.
   */
  readonly autoHideDuration?: number | undefined;
  /** Called with a notification that was chosen; it counts as read then. */
  readonly onOpen?: ((notification: NotificationItem) => void) | undefined;
  /** Offers notifications on this device in the inbox; by `createPush` of `@tandem/client/push`. */
  readonly push?: Push | undefined;
  readonly classNames?: { readonly root?: string; readonly bell?: string; readonly inbox?: string; readonly toast?: string } | undefined;
}

/**
 * A bell with the number of unread notifications, the inbox that it opens, and toasts for those that come while somebody is
 * there. Notifications that came while the page was closed or offline never toast: one line counts them.
 *
 * @example
 * ```tsx
 * <NotificationCenter position="bottom-right" onOpen={({ entityType, entityId }) => navigate(`/${entityType}/${entityId}`)} />
 * ```
 */
export function NotificationCenter({
  position = "bottom-right",
  maxNotifications = 3,
  autoHideDuration = 6_000,
  onOpen,
  push,
  classNames,
}: NotificationCenterProps) {
  const { messages } = useTandemContext();
  const inbox = useNotifications();
  const bell = useRef<HTMLButtonElement>(null);
  const popover = useRef<HTMLDivElement>(null);
  const toasts = useToasts(inbox, maxNotifications);
  useInvoker(bell, popover, toasts.dismissAll);
  const open = (item: NotificationItem) => {
    popover.current?.hidePopover();
    toasts.dismiss(item.id);
    if (!item.read) void inbox.markRead([item.id]).catch(() => {});
    onOpen?.(item);
  };
  return (
    <div data-tandem="notifications" className={classNames?.root}>
      <button
        ref={bell}
        type="button"
        data-tandem="bell"
        data-state={inbox.unread > 0 ? "unread" : "read"}
        className={classNames?.bell}
        aria-label={messages.notifications(inbox.unread)}
      >
        <Bell />
        {inbox.unread > 0 && <span data-tandem="badge">{inbox.unread > 99 ? "99+" : inbox.unread}</span>}
      </button>
      <Inbox inbox={inbox} popover={popover} push={push} onOpen={open} className={classNames?.inbox} />
      <Toasts toasts={toasts} position={position} hideAfter={autoHideDuration} onOpen={open} className={classNames?.toast} />
    </div>
  );
}

interface InboxProps {
  readonly inbox: InboxView;
  readonly popover: { readonly current: HTMLDivElement | null };
  readonly push: Push | undefined;
  readonly onOpen: (item: NotificationItem) => void;
  readonly className: string | undefined;
}

function Inbox({ inbox, popover, push, onOpen, className }: InboxProps) {
  const { messages } = useTandemContext();
  const id = useId();
  const { items, status, hasMore, unread } = inbox;
  const newest = items[0];
  return (
    <div ref={popover} popover="auto" role="dialog" aria-labelledby={id} data-tandem="popover" data-kind="inbox" className={className}>
      <div data-tandem="inbox-head">
        <strong id={id}>{messages.notifications(0)}</strong>
        {newest && unread > 0 && (
          <button type="button" data-kind="link" onClick={() => void inbox.markRead({ upTo: newest.id }).catch(() => {})}>
            {messages.markAllRead()}
          </button>
        )}
      </div>
      {status === "error" && <p>{messages.failed()}</p>}
      {items.length === 0 && status !== "error" && <p>{status === "loading" ? messages.loading() : messages.noNotifications()}</p>}
      <ul>
        {items.map((item) => (
          <li key={item.id}>
            <NotificationRow item={item} onOpen={onOpen} />
          </li>
        ))}
      </ul>
      {hasMore && (
        <button type="button" onClick={() => void inbox.loadMore()}>
          {inbox.loadingMore ? messages.loadingMore() : messages.more()}
        </button>
      )}
      {push && <PushOffer push={push} />}
    </div>
  );
}

function Bell() {
  return (
    <svg
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d="M6 9a6 6 0 0 1 12 0c0 6 2.5 7 2.5 7h-17S6 15 6 9ZM10 20a2.2 2.2 0 0 0 4 0" />
    </svg>
  );
}

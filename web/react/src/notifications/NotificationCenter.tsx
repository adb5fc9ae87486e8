"use client";

import type { NotificationItem } from "@tandem/client";
import type { Push } from "@tandem/client/push";
import { useCallback, useRef } from "react";
import { useNotifications } from "../live/useNotifications.js";
import { useInvoker } from "../platform/useInvoker.js";
import { useTandemContext } from "../provider/context.js";
import { Inbox } from "./Inbox.js";
import { Toasts } from "./Toasts.js";
import { useBadge } from "./useBadge.js";
import { useSnoozing } from "./useSnoozing.js";
import { useToasts } from "./useToasts.js";

/** The props of {@link NotificationCenter}. */
export interface NotificationCenterProps {
  /** The corner of the toasts; `bottom-right` unless given. On screens up to 640 px they are at the top. */
  readonly position?: "top-left" | "top-right" | "bottom-left" | "bottom-right" | undefined;
  /** How many toasts are shown at once. 3 unless given. */
  readonly maxNotifications?: number | undefined;
  /**
   * After how many milliseconds a toast goes by itself: 6000 unless given; 0 means that it stays. Time stops while one is
   * hovered or has the focus.
   */
  readonly autoHideDuration?: number | undefined;
  /**
   * Whether the page shows a notification already, for instance in an inbox of its own. It is then announced, and has no toast,
   * like those that an element with `useSeen` shows. Called when one comes.
   */
  readonly isShown?: ((notification: NotificationItem) => boolean) | undefined;
  /** Called with a notification that was chosen; it counts as read then. */
  readonly onOpen?: ((notification: NotificationItem) => void) | undefined;
  /**
   * Offers notifications on this device in the inbox, keeps the number on the application's icon, and closes what the device
   * shows once it was read or snoozed elsewhere; by `createPush` of `@tandem/client/push`.
   */
  readonly push?: Push | undefined;
  readonly classNames?: { readonly root?: string; readonly bell?: string; readonly inbox?: string; readonly toast?: string } | undefined;
}

/**
 * A bell with the number of unread notifications, the inbox that it opens, and toasts for those that come while somebody is
 * there. Notifications that came while the page was closed or offline never toast: one line counts them. Each can be snoozed.
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
  isShown = () => false,
  onOpen,
  push,
  classNames,
}: NotificationCenterProps) {
  const { messages } = useTandemContext();
  const inbox = useNotifications();
  const bell = useRef<HTMLButtonElement>(null);
  const popover = useRef<HTMLDivElement>(null);
  const toasts = useToasts(inbox, maxNotifications, isShown);
  const snoozing = useSnoozing(inbox);
  const { dismissAll } = toasts;
  const { forget } = snoozing;
  const opened = useCallback(() => {
    dismissAll();
    forget();
  }, [dismissAll, forget]);
  useInvoker(bell, popover, opened);
  useBadge(push, inbox);
  const open = (item: NotificationItem) => {
    popover.current?.hidePopover();
    toasts.dismiss(item.id);
    snoozing.read(item);
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
      <Inbox inbox={inbox} snoozing={snoozing} popover={popover} push={push} onOpen={open} className={classNames?.inbox} />
      <Toasts toasts={toasts} position={position} hideAfter={autoHideDuration} onOpen={open} className={classNames?.toast} />
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

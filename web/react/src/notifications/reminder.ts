import type { NotificationItem } from "@tandem/client";

/** Reports whether a notification is unread because its snooze ended by itself, and nothing new happened. */
export function isReminder({ read, at, cameAt }: NotificationItem): boolean {
  return !read && cameAt > at;
}

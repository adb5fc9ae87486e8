import type { Client, Subscription } from "../client.ts";
import { gql } from "./document.ts";

export interface Notification {
  readonly id: string;
  readonly cursor: string;
  readonly kind: "MENTION" | "COMMENT" | "ASSIGNMENT" | "CONFLICT" | "ENTITY_DELETED" | "ACCESS_CHANGED";
  readonly title: string;
  readonly entityId: string | null;
  readonly actor: { readonly id: string } | null;
  readonly readAt: string | null;
}

const notificationReceived = gql<Notification, { after: string }>(
  `subscription Notifications($after: Cursor) {
    notificationReceived(after: $after) { id cursor kind title entityId actor { id } readAt }
  }`,
);

/** Follows the notifications of a person. */
export function followNotifications(by: Client, after: string): Subscription<Notification> {
  return by.follow(notificationReceived, { after });
}

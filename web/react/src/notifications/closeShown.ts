import { request, type Link } from "@tandem/client";

interface Row {
  readonly id: string;
  readonly readAt: string | null;
  readonly snoozedUntil: string | null;
}

interface Answer {
  /** Null for those that are not in the inbox of the person. */
  readonly nodes: readonly (Row | null)[];
  readonly notificationPreferences: { readonly channels: readonly { readonly kind: string; readonly channels: readonly string[] }[] };
}

const query = `query ShownOnDevice($ids: [ID!]!) {
  nodes(ids: $ids) { ... on Notification { id readAt snoozedUntil } }
  notificationPreferences { channels { kind channels } }
}`;

/**
 * Closes the notifications that the browser shows and the server has as read or snoozed, or has in the inbox no longer. It asks
 * for those that are not known to be unread: the inbox loads the newest only. Those of kinds that are not for the inbox stay.
 */
export async function closeShown(link: Link, unread: ReadonlySet<string>): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration();
  const shown = ((await registration?.getNotifications()) ?? []).filter(({ tag, data }) => data?.id === tag && !unread.has(tag)).slice(-100);
  if (shown.length === 0) return;
  const { nodes, notificationPreferences } = await request<Answer, object>(link, query, { ids: shown.map(({ tag }) => tag) });
  const isForInbox = (kind: unknown) => notificationPreferences.channels.some((each) => each.kind === kind && each.channels.includes("IN_APP"));
  for (const [at, notification] of shown.entries()) {
    const row = nodes[at];
    if (row ? row.readAt !== null || row.snoozedUntil !== null : isForInbox(notification.data.kind)) notification.close();
  }
}

import type { PersonFields } from "./core.js";
import { personSelection } from "./documents.js";
import type { NotificationItem } from "./live.js";
import { lower, personOf, typeNamed } from "./mapping.js";

/** A notification as the server sends it. */
export interface Notification {
  readonly id: string;
  readonly cursor: string;
  readonly kind: string;
  readonly title: string;
  readonly body: string;
  readonly entityType: string | null;
  readonly entityId: string | null;
  readonly entity: { readonly displayName: string } | null;
  readonly actor: PersonFields | null;
  readonly count: number;
  readonly commentCount: number;
  readonly recordCount: number;
  readonly actors: readonly PersonFields[];
  readonly updatedAt: string;
  readonly readAt: string | null;
  readonly snoozedUntil: string | null;
  readonly cameAt: string;
}

/** A change that a person makes to a notification. */
export type Mark = Pick<Notification, "readAt" | "snoozedUntil">;

/** A page of the list. */
export interface Page {
  readonly unreadCount: number;
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
  readonly nodes: readonly Notification[];
}

/** A change of the inbox. */
export interface Change {
  readonly unreadCount: number;
  readonly changed: readonly Notification[];
  readonly removed: readonly string[];
}

const fields = `id cursor kind title body entityType entityId entity { displayName } updatedAt readAt snoozedUntil cameAt count commentCount recordCount actor { ${personSelection} } actors { ${personSelection} }`;
/** Reads a page, and with the first one what is snoozed. */
export const page = `query Notifications($first: Int, $after: Cursor, $isFirst: Boolean!) {
  notifications(first: $first, after: $after) { unreadCount pageInfo { endCursor hasNextPage } nodes { ${fields} } }
  snoozed: notifications(snoozedOnly: true, first: 100) @include(if: $isFirst) { nodes { ${fields} } }
}`;
/** Follows what changes. */
export const changes = `subscription InboxChanges { inboxChanged { unreadCount truncated removed changed { ${fields} } } }`;

/** Puts notifications in the order in which they are shown: the end of a snooze moves one before what had come by then. */
export function inOrder(all: readonly Notification[]): Notification[] {
  const ordered = all.filter((each) => !hasEnded(each));
  for (const each of all.filter(hasEnded).sort((a, b) => (a.cameAt < b.cameAt ? -1 : 1))) {
    const at = ordered.findIndex(({ cameAt }) => cameAt <= each.cameAt);
    ordered.splice(at < 0 ? ordered.length : at, 0, each);
  }
  return ordered;
}

/** Returns a notification as pages have it. */
export function itemOf(raw: Notification, fresh: boolean, conflictId: string | undefined): NotificationItem {
  const { id, kind, title, body, count, commentCount, recordCount, entityType, entityId, entity, actor, actors, updatedAt, snoozedUntil, cameAt } = raw;
  return {
    id,
    type: lower(kind),
    text: title,
    details: body,
    at: new Date(updatedAt),
    cameAt: new Date(cameAt),
    read: !isUnread(raw),
    snoozedUntil: snoozedUntil ? new Date(snoozedUntil) : undefined,
    actor: personOf(actor),
    count,
    comments: commentCount,
    records: recordCount,
    actors: actors.flatMap((each) => personOf(each) ?? []),
    entityType: typeNamed(entityType),
    entityId: entityId ?? undefined,
    entityName: entity?.displayName,
    fresh,
    conflictId,
  };
}

/** Reports whether a notification is unread since the end of a snooze. */
export function hasEnded(each: Notification): boolean {
  return isUnread(each) && each.cameAt > each.updatedAt;
}

/** Reports whether the server counts a notification as unread. */
export function isUnread({ readAt, snoozedUntil }: Notification): boolean {
  return !readAt && !snoozedUntil;
}

import type { ReadableState } from "../state.js";
import type { EntityTypeName } from "../store/types.js";
import type { ListState, Person } from "./live.js";

/**
 * One field that an action changed.
 *
 * @example
 * ```ts
 * const line = ({ field, oldText, newText }: ActivityChange) => `${field}: ${oldText} → ${newText}`;
 * ```
 */
export interface ActivityChange {
  readonly field: string;
  readonly oldValue: unknown;
  readonly newValue: unknown;
  /** The server's own rendering for people: the name of an owner, an amount with its currency. Empty where it has none. */
  readonly oldText: string;
  readonly newText: string;
}

/**
 * One item of the activity.
 *
 * @example
 * ```ts
 * const line = ({ actor, type, entityName }: ActivityItem) => `${actor?.name}: ${type} ${entityName}`;
 * ```
 */
export interface ActivityItem {
  readonly id: string;
  readonly cursor: string;
  readonly type: string;
  readonly actor: Person | null;
  readonly at: Date;
  readonly entityType: EntityTypeName | undefined;
  readonly entityId: string | undefined;
  readonly entityName: string | undefined;
  readonly changes: readonly ActivityChange[];
  /** The text of a comment. */
  readonly text: string | undefined;
}

/**
 * The events that a feed of activity shows.
 *
 * @example
 * ```ts
 * const feed = tandem.activity({ feed: { type: "customer", id }, filter: { types: ["comment"] } });
 * ```
 */
export interface ActivityQuery {
  /** All that the person may see, unless given. */
  readonly feed?: { readonly type: "user" | "customer"; readonly id: string } | undefined;
  /** The filter of the schema, with lower-case enums and dates. */
  readonly filter?: Readonly<Record<string, unknown>> | undefined;
  readonly pageSize?: number | undefined;
}

/**
 * A notification of the person.
 *
 * @example
 * ```ts
 * const toast = ({ fresh, text }: NotificationItem) => fresh && show(text);
 * ```
 */
export interface NotificationItem {
  readonly id: string;
  readonly type: string;
  /** One line: who did what. */
  readonly text: string;
  /** Such as the name of the entity and the beginning of a comment, or the fields in conflict. */
  readonly details: string;
  /** The time of the newest change that it stands for. */
  readonly at: Date;
  /** `at`, or the end of the last snooze if it ended later and the notification was not marked since. */
  readonly cameAt: Date;
  /** Whether it does not count as unread: it was marked as read, or is snoozed. */
  readonly read: boolean;
  /** When it is unread again; undefined if it is not snoozed. */
  readonly snoozedUntil: Date | undefined;
  /** The person who made the newest change. Null if nobody in particular did, or nothing is kept about them. */
  readonly actor: Person | null;
  /** How many changes it stands for, from 1. */
  readonly count: number;
  /** How many of these are comments. */
  readonly comments: number;
  /** How many records it is about, from 1. After a batch there may be several, of which `entityId` is one. */
  readonly records: number;
  /** The people who made them, as far as something is kept about them: the newest first, at most 5. */
  readonly actors: readonly Person[];
  readonly entityType: EntityTypeName | undefined;
  readonly entityId: string | undefined;
  /** Undefined once the entity is deleted, or if it is not about one. */
  readonly entityName: string | undefined;
  readonly conflictId: string | undefined;
  /** Whether it came, or its snooze ended, while the page was open and connected. Only such a one is worth a toast. */
  readonly fresh: boolean;
}

/**
 * The notifications of the person.
 *
 * @example
 * ```ts
 * badge.textContent = String(tandem.inbox.get().unread);
 * ```
 */
export interface InboxState extends ListState<NotificationItem> {
  readonly unread: number;
}

/**
 * The notifications of the person, followed while something listens. It shows what any of their tabs and devices marks, and
 * loses what they may not see any more. The newest come first, by `cameAt`. The newest 100 that are snoozed, or unread since
 * their snooze ended, are listed however old they are. A mark or snooze of this tab is shown at once, and undone if the server
 * refuses it or can't be reached.
 *
 * @example
 * ```ts
 * const stop = tandem.inbox.subscribe(() => show(tandem.inbox.get().items));
 * await tandem.inbox.markRead({ upTo: first.id });
 * ```
 */
export interface LiveInbox extends ReadableState<InboxState> {
  loadMore(): Promise<void>;
  /**
   * Marks those of the ids; or one and all that follow it in the list, also those that are not loaded, and with them what a
   * snooze brought back above it. Snoozed ones have to be named. A notification that has grown since the list showed it stays unread.
   */
  markRead(which: { readonly ids: readonly string[] } | { readonly upTo: string }): Promise<void>;
  /** Makes them unread again, and ends their snoozes. */
  markUnread(ids: readonly string[]): Promise<void>;
  /** Takes them out of the unread ones until a time, at most 366 days from now. */
  snooze(ids: readonly string[], until: Date): Promise<void>;
}

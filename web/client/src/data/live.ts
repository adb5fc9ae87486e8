import type { TandemError } from "../errors.js";
import type { KeptEdit } from "../outbox/outcome.js";
import type { OpenConflict, Refusal } from "../outbox/record.js";
import type { ReadableState } from "../state.js";
import type { EntityTypeName } from "../store/types.js";
import type { LiveConflict } from "./liveConflict.js";
import type { ActivityItem, ActivityQuery, LiveInbox } from "./liveFeeds.js";
import type { LiveOutbox } from "./liveOutbox.js";
import type { LiveRoom, RoomState } from "./livePresence.js";

export type * from "./liveConflict.js";
export type * from "./liveFeeds.js";
export type * from "./liveOutbox.js";
export type * from "./livePresence.js";

/*
 * The data of one person as an application uses it. Everything here is a `ReadableState`: it costs nothing until something
 * listens, is shared by all who ask for the same, and stays for a second after the last listener is gone. Times are `Date`
 * and enums are lower case (`lead`, `in_progress`), in what is read and in what is given. Days without a time, such as
 * `expectedCloseDate`, are texts (`2027-03-31`).
 */

/**
 * A person of the organization.
 *
 * @example
 * ```ts
 * const initials = (person: Person) => person.name.slice(0, 2);
 * ```
 */
export interface Person {
  readonly id: string;
  readonly name: string;
  /** The address of a picture. */
  readonly avatar: string | null;
}

/**
 * The signed-in person.
 *
 * @example
 * ```ts
 * const viewer = tandem.viewer.get();
 * if (viewer?.role === "admin") showSettings();
 * ```
 */
export interface Viewer {
  readonly user: Person;
  readonly organizationId: string;
  readonly role: "viewer" | "member" | "admin";
}

/**
 * The state of data that comes from the server and stays current.
 *
 * @example
 * ```ts
 * const isOld = (status: LiveStatus) => status === "stale";
 * ```
 */
export type LiveStatus = "loading" | "live" | "stale" | "gone" | "denied" | "error";

/**
 * An entity as its person sees it: the newest known version, with the edits that are not in it yet laid over.
 *
 * @example
 * ```ts
 * interface Customer extends EntityData {
 *   readonly name: string;
 *   readonly status: "lead" | "prospect" | "active" | "churned";
 * }
 * ```
 */
export interface EntityData {
  readonly id: string;
  readonly type: EntityTypeName;
  readonly version: number;
  readonly displayName: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly updatedBy: Person | null;
  /** The fields of its type by their names in the schema, with `owner`, `customer` and `attendees` as objects. */
  readonly [field: string]: unknown;
}

/**
 * The rights of a person to one entity.
 *
 * @example
 * ```ts
 * const readOnly = !access?.canEdit || access.readOnlyFields.includes("ownerId");
 * ```
 */
export interface EntityAccess {
  readonly canEdit: boolean;
  readonly canDelete: boolean;
  readonly readOnlyFields: readonly string[];
  /** The role that the person had when these were read. */
  readonly role?: Viewer["role"] | undefined;
}

/**
 * A field that another person changed, as the last change shows it.
 *
 * @example
 * ```ts
 * const note = ({ by, newValue }: RemoteChange) => `${by?.name} set ${newValue}`;
 * ```
 */
export interface RemoteChange {
  readonly field: string;
  readonly by: Person | null;
  readonly at: Date;
  readonly oldValue: unknown;
  readonly newValue: unknown;
  readonly version: number;
}

/**
 * One entity, followed.
 *
 * @example
 * ```ts
 * const { status, data, pending } = tandem.entity("Customer", id).get();
 * ```
 */
export interface EntityState<T extends EntityData = EntityData> {
  readonly status: LiveStatus;
  readonly data: T | undefined;
  /** The base of an edit that begins now. */
  readonly version: number;
  /** The fields of edits that the server has not answered. */
  readonly pending: readonly string[];
  /** The open conflict of one's own edit, if there is one. */
  readonly conflict: OpenConflict | undefined;
  /** The last edit that was refused, with the text that was given, until it is discarded. */
  readonly refused:
    { readonly refusal: Refusal; readonly patch: Readonly<Record<string, unknown>>; readonly clientMutationId: string } | undefined;
  /** Undefined until the server has said. */
  readonly access: EntityAccess | undefined;
  readonly deleted: { readonly by: Person | null; readonly at: Date } | undefined;
  /** The latest changes by others since this was first shown: one for each field. */
  readonly changes: readonly RemoteChange[];
  readonly error: TandemError | undefined;
}

/**
 * The base of each field of an edit: the version and the value that were on screen at its first keystroke.
 *
 * @example
 * ```ts
 * await customer.save({ phone: "123" }, { phone: { version: 4, seen: "12" } });
 * ```
 */
export interface EditBase {
  readonly version: number;
  readonly seen: unknown;
}

/**
 * An entity that is followed while something listens.
 *
 * @example
 * ```ts
 * const customer = tandem.entity("Customer", id);
 * const stop = customer.subscribe(() => show(customer.get()));
 * await customer.save({ status: "active" });
 * ```
 */
export interface LiveEntity<T extends EntityData = EntityData> extends ReadableState<EntityState<T>> {
  readonly id: string;
  readonly type: EntityTypeName;
  /** Keeps an edit in the outbox. Fields without a base have the present version as theirs. */
  save(patch: Readonly<Record<string, unknown>>, bases?: Readonly<Record<string, EditBase>>): Promise<KeptEdit>;
  /** Says that the newest value of these fields was seen, and one's own is kept: their bases move on. */
  keepMine(fields: readonly string[]): Promise<void>;
  remove(): Promise<void>;
  restore(): Promise<void>;
  /** Reads it again, as after an error. */
  reload(): Promise<void>;
}

/**
 * The entities of a list, and their order.
 *
 * @example
 * ```ts
 * const query: ListQuery = { type: "Customer", filter: { status: ["active"] }, orderBy: "name_asc" };
 * ```
 */
export interface ListQuery {
  readonly type: EntityTypeName;
  /** The filter of the type in the schema, with lower-case enums and dates. */
  readonly filter?: Readonly<Record<string, unknown>> | undefined;
  /** An order of the schema in lower case, such as `name_asc`. */
  readonly orderBy?: string | undefined;
  /** The items of a page; 25 unless given, at most 100. */
  readonly pageSize?: number | undefined;
}

/**
 * A list of anything that grows at one end and can be read on at the other.
 *
 * @example
 * ```ts
 * const { items, totalCount, newCount } = tandem.list(query).get();
 * ```
 */
export interface ListState<Item> {
  readonly status: LiveStatus;
  readonly items: readonly Item[];
  /** Undefined where the server does not count. */
  readonly totalCount: number | undefined;
  readonly totalCountIsExact: boolean;
  readonly hasMore: boolean;
  readonly loadingMore: boolean;
  /** How many new items wait until `showNew`, because the list is held. */
  readonly newCount: number;
  readonly error: TandemError | undefined;
}

/**
 * A list that is followed while something listens.
 *
 * @example
 * ```ts
 * const list = tandem.list({ type: "Deal", filter: { ownerId: viewer.user.id } });
 * const stop = list.subscribe(() => show(list.get().items));
 * await list.loadMore();
 * ```
 */
export interface LiveList<Item> extends ReadableState<ListState<Item>> {
  /** Reads the next page. Calls while one is read, or without one, do nothing. */
  loadMore(): Promise<void>;
  /** While held, as when a person has scrolled away, new items wait, and none moves. */
  hold(held: boolean): void;
  showNew(): void;
  reload(): Promise<void>;
}

/**
 * The data of one person.
 *
 * @example
 * ```ts
 * await tandem.ready;
 * const customer = tandem.entity("Customer", id);
 * const rows = tandem.rooms(ids);
 * ```
 */
export interface TandemData {
  /** Undefined until the server has said. */
  readonly viewer: ReadableState<Viewer | undefined>;
  readonly outbox: LiveOutbox;
  readonly inbox: LiveInbox;
  /** The same object for the same entity while anything uses it. `initial` is what a server has rendered, with its `after`. */
  entity<T extends EntityData = EntityData>(
    type: EntityTypeName,
    id: string,
    initial?: { readonly data: T; readonly after: string },
  ): LiveEntity<T>;
  list<T extends EntityData = EntityData>(query: ListQuery): LiveList<T>;
  room(id: string, options?: { readonly watch?: boolean }): LiveRoom;
  /** The people in several rooms, as rows of a list show them, by the id of the room. At most 100. */
  rooms(ids: readonly string[]): ReadableState<ReadonlyMap<string, RoomState>>;
  activity(query?: ActivityQuery): LiveList<ActivityItem>;
  conflict(id: string): LiveConflict;
  /** Resolves when what is stored on this device is shown. */
  readonly ready: Promise<void>;
  /** Ends everything, and removes what is stored of the person. Edits that were not sent wait for their next sign-in. */
  signOut(): Promise<void>;
}

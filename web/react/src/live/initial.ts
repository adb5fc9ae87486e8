import type {
  ActivityItem, ConflictState, ConnectionStatus, EntityData, EntityState, InboxState, ListState, OutboxState, RoomState,
} from "@tandem/client";

/*
 * The states that a server renders, and a browser while it hydrates: nothing has come yet. Each is one object, because React compares
 * snapshots by identity.
 */

const list = {
  status: "loading",
  items: [],
  totalCount: undefined,
  totalCountIsExact: false,
  hasMore: false,
  loadingMore: false,
  newCount: 0,
  error: undefined,
} as const;

export const noActivity: ListState<ActivityItem> = list;
export const noInbox: InboxState = { ...list, unread: 0 };
export const noRoom: RoomState = { users: [], currentUser: undefined, totalCount: 0, stale: false, looking: false };
export const noRecords: OutboxState = { records: [], waiting: 0, durable: true };
const noEntity: EntityState = {
  status: "loading",
  data: undefined,
  version: 0,
  pending: [],
  conflict: undefined,
  refused: undefined,
  access: undefined,
  deleted: undefined,
  changes: [],
  error: undefined,
};
export const noConnection: ConnectionStatus = {
  state: "idle",
  transport: "ws",
  since: new Date(0),
  attempt: 0,
  nextAttemptAt: undefined,
  catchingUp: false,
  lost: false,
  slow: false,
  pending: 0,
  reason: undefined,
};

/** Returns the state of a list before anything has come. */
export function noList<Item>(): ListState<Item> {
  return list as ListState<Item>;
}

/** Returns the state of an entity before anything has come: what the server has rendered, if it has. */
export function entityBefore<T extends EntityData>(data: T | undefined): EntityState<T> {
  return data ? { ...(noEntity as EntityState<T>), status: "stale", data, version: data.version } : (noEntity as EntityState<T>);
}

/** Returns the state of a conflict before anything has come. */
export function conflictBefore(id: string): ConflictState {
  return {
    status: "loading",
    id,
    entityId: "",
    entityType: undefined,
    entityName: "",
    fields: [],
    keptFields: [],
    remoteBy: null,
    remoteAt: undefined,
    movedOn: 0,
    resolvedBy: null,
    error: undefined,
  };
}

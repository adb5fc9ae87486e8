import type { ReadableState } from "../state.js";
import type { EntityTypeName } from "../store/types.js";
import type { Core } from "./core.js";
import { SharedEntity, type Rendered } from "./entity.js";
import { Later, LaterConflict, LaterInbox, LaterList, LaterRoom } from "./later.js";
import { SharedList } from "./list.js";
import type { EntityData, ListQuery, LiveConflict, LiveEntity, LiveList, RoomState, TandemData } from "./live.js";

/** The part of the data that is objects: one for each question, the same for all who ask it. */
type Objects = Pick<TandemData, "viewer" | "outbox" | "entity" | "list" | "room" | "rooms" | "activity" | "conflict" | "inbox">;

const conflictCode = () => import("./conflict.js");
const roomCode = () => import("./room.js");
const activityCode = () => import("./activity.js");
const inboxCode = () => import("./inbox.js");

const noRooms: ReadonlyMap<string, RoomState> = new Map();

/** Loads the code of objects that a page has not used yet. */
export const loadCode = () => [conflictCode(), roomCode(), activityCode(), inboxCode()];

/** Returns the conflict of an id. */
export function conflictOf(core: Core, id: string): LiveConflict {
  const load = async () => new (await conflictCode()).SharedConflict(core, id);
  return core.shared.get(`conflict ${id}`, () => new LaterConflict(core, id, load));
}

/** Returns the objects of a person. The first use of any of them asks for the person, by `begin`. */
export function objectsOver(core: Core, begin: () => void): Objects {
  const { shared } = core;
  const loadInbox = async () => new (await inboxCode()).SharedInbox(core);
  return {
    viewer: asking(core.viewer, begin),
    outbox: core.outbox,
    conflict: core.conflict,
    inbox: shared.get("inbox", () => new LaterInbox(core, loadInbox)),
    entity: <T extends EntityData>(type: EntityTypeName, id: string, initial?: Rendered) =>
      shared.get(`entity ${type} ${id}`, () => new SharedEntity(core, type, id, initial)) as LiveEntity as LiveEntity<T>,
    list: <T extends EntityData>(query: ListQuery) =>
      shared.get(`list ${JSON.stringify(query)}`, () => new SharedList(core, query)) as LiveList<EntityData> as LiveList<T>,
    room: (id, { watch = false } = {}) =>
      shared.get(`room ${watch} ${id}`, () => {
        return new LaterRoom(core, async (own) => new (await roomCode()).SharedRoom(core, id, watch, own));
      }),
    rooms: (ids) =>
      shared.get(`rooms ${JSON.stringify(ids)}`, () => {
        return new Later(core, noRooms, async () => new (await roomCode()).SharedRooms(core, ids));
      }),
    activity: (query = {}) =>
      shared.get(`activity ${JSON.stringify(query)}`, () => {
        return new LaterList(core, async () => new (await activityCode()).SharedActivity(core, query));
      }),
  };
}

/** Returns a state whose first listener begins something. */
function asking<T>({ get, subscribe }: ReadableState<T>, begin: () => void): ReadableState<T> {
  const listen = (listener: () => void) => {
    begin();
    return subscribe(listener);
  };
  return { get, subscribe: listen };
}

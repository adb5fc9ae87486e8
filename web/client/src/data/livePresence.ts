import type { ReadableState } from "../state.js";
import type { Person } from "./live.js";

/**
 * Somebody in a room.
 *
 * @example
 * ```ts
 * const isTyping = (person: PresentPerson) => person.editingField === "phone";
 * ```
 */
export interface PresentPerson {
  /** One for each person in a room. */
  readonly key: string;
  readonly user: Person;
  readonly status: "online" | "away" | "busy";
  readonly editingField: string | null;
  readonly page: string | null;
  readonly isSelf: boolean;
  /** Whether they have left, but may be back at once: shown for three seconds. */
  readonly leaving: boolean;
}

/**
 * The people in a room.
 *
 * @example
 * ```ts
 * const { users, totalCount } = tandem.room(id).get();
 * ```
 */
export interface RoomState {
  readonly users: readonly PresentPerson[];
  readonly currentUser: PresentPerson | undefined;
  readonly totalCount: number;
  /** Whether the connection is away, so that this may be old. */
  readonly stale: boolean;
  /** Whether somebody looks at this page: it is not hidden, and was touched within the last minutes. False in a room that is only watched. */
  readonly looking: boolean;
}

/**
 * The state that a person shows to others in a room. Null takes a value back, and what is left out stays.
 *
 * @example
 * ```ts
 * const busy: OwnPresence = { status: "busy", editingField: "phone" };
 * ```
 */
export interface OwnPresence {
  readonly status?: "online" | "away" | "busy" | undefined;
  readonly editingField?: string | null | undefined;
  readonly page?: string | null | undefined;
}

/**
 * A room. Its person is in it while something listens, unless it was asked for with `watch`.
 *
 * @example
 * ```ts
 * const room = tandem.room(id);
 * const leave = room.subscribe(() => show(room.get().users));
 * room.update({ editingField: "phone" });
 * ```
 */
export interface LiveRoom extends ReadableState<RoomState> {
  /** At most four a second are sent, the last one always. */
  update(state: OwnPresence): void;
}

import type { Link } from "../connection/link.js";
import type { ReadableState } from "../state.js";
import type { Entities } from "../store/entities.js";
import type { LiveConflict, Viewer } from "./live.js";
import type { PersonalOutbox } from "./outbox.js";
import type { Registry } from "./registry.js";

/** The parts that all data of a person shares. */
export interface Core {
  readonly link: Link;
  readonly entities: Entities;
  readonly outbox: PersonalOutbox;
  readonly viewer: ReadableState<Viewer | undefined>;
  /** The name of this tab in rooms. */
  readonly clientId: string;
  /** The objects that show data of the person, one for a key. */
  readonly shared: Registry;
  conflict(id: string): LiveConflict;
}

/** The fields of a person in an answer. */
export interface PersonFields {
  readonly id: string;
  readonly name: string;
  readonly avatar: string | null;
}

import type { PresentPerson, RoomState } from "./live.js";
import { lower, personOf } from "./mapping.js";
import type { PersonFields } from "./core.js";

/** The time for which people are shown after they left, so that nobody blinks when a connection changes. */
const HELD_MS = 3_000;

/** A person in a room, as the server sends them. */
export interface Presence {
  readonly id: string;
  readonly user: PersonFields;
  readonly status: "ONLINE" | "AWAY" | "BUSY";
  readonly currentPage: string | null;
  readonly editingField: string | null;
}

/** An update of a room. One with a snapshot replaces everything before it. */
export interface PresenceUpdate {
  readonly room: string;
  readonly presences: {
    readonly snapshot: readonly Presence[] | null;
    readonly joined: readonly Presence[];
    readonly updated: readonly Presence[];
    readonly left: readonly string[];
  };
}

/** The people in one room. */
export class People {
  private readonly present = new Map<string, Presence>();
  private readonly leaving = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(private readonly changed: () => void) {}

  apply({ presences: { snapshot, joined, updated, left } }: PresenceUpdate): void {
    const there = new Set(snapshot?.map(({ id }) => id));
    const gone = snapshot ? [...this.present.keys()].filter((id) => !there.has(id)) : left;
    for (const each of [...(snapshot ?? []), ...joined, ...updated]) this.add(each);
    for (const id of gone) this.leave(id);
    this.changed();
  }

  stateFor(self: string | undefined, stale: boolean, looking = false): RoomState {
    const users = [...this.present.values()].map((each) => shownAs(each, each.user.id === self, this.leaving.has(each.id)));
    return { users, currentUser: users.find(({ isSelf }) => isSelf), totalCount: users.filter(({ leaving }) => !leaving).length, stale, looking };
  }

  stop(): void {
    for (const timer of this.leaving.values()) clearTimeout(timer);
    this.leaving.clear();
    this.present.clear();
  }

  private add(presence: Presence): void {
    clearTimeout(this.leaving.get(presence.id));
    this.leaving.delete(presence.id);
    this.present.set(presence.id, presence);
  }

  private leave(id: string): void {
    if (!this.present.has(id) || this.leaving.has(id)) return;
    this.leaving.set(id, setTimeout(() => {
      this.leaving.delete(id);
      this.present.delete(id);
      this.changed();
    }, HELD_MS));
  }
}

function shownAs({ id, user, status, currentPage, editingField }: Presence, isSelf: boolean, leaving: boolean): PresentPerson {
  const person = personOf(user) ?? user;
  return { key: id, user: person, status: lower(status), editingField: leaving ? null : editingField, page: currentPage, isSelf, leaving };
}

import type { Link } from "../connection/link.js";
import type { Core } from "./core.js";
import { positionOf } from "./page.js";
import { atEnd, persist, Shared } from "./shared.js";

/** A conflict that has opened, moved on, or been resolved. */
export interface ConflictNews {
  readonly id: string;
  readonly entityId: string;
  /** Null while it is open. */
  readonly resolution: string | null;
}

interface Latest {
  readonly cursor: string;
  /** Undefined if any conflict may have changed: the log was replaced. */
  readonly conflict: ConflictNews | undefined;
}

const events =
  "subscription ConflictEvents($after: Cursor) { conflictChanged(after: $after) { cursor conflict { id entityId resolution } } }";

/**
 * The changes of all conflicts that the person may see. They are few, and one subscription without arguments costs the
 * server less than one for each entity, because people share it.
 */
export class ConflictEvents extends Shared<Latest> {
  private begun = Promise.resolve();

  constructor(private readonly link: Link) {
    super({ cursor: "", conflict: undefined });
  }

  /** Calls back until the signal ends. Resolves when every change from then on will call it. */
  async listen(signal: AbortSignal, heard: (conflict: ConflictNews | undefined) => void): Promise<void> {
    atEnd(signal, this.subscribe(() => heard(this.get().conflict)));
    await this.begun;
  }

  /** Tells the listeners what this client knows before the event comes. */
  tell(conflict: ConflictNews): void {
    this.show({ cursor: "", conflict });
  }

  protected start(signal: AbortSignal): void {
    this.begun = this.open(signal);
    this.begun.catch(() => undefined); // each listener gets the rejection
  }

  private async open(signal: AbortSignal): Promise<void> {
    const locate = () => persist(this.link, () => positionOf(this.link), signal);
    atEnd(signal, this.link.follow<{ readonly conflictChanged: Latest }>({
      query: events, after: await locate(),
      next: ({ conflictChanged: { cursor, conflict } }) => this.show({ cursor, conflict }),
      resync: async () => {
        const cursor = await locate();
        this.show({ cursor, conflict: undefined });
        return cursor;
      },
      ended: () => undefined, // the person was removed, which ends the whole client
    }));
  }
}

/** Returns the events that everything of a client shares. */
export function conflictEvents({ shared, link }: Core): ConflictEvents {
  return shared.get("conflict events", () => new ConflictEvents(link));
}

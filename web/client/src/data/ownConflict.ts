import { request } from "../connection/link.js";
import type { OpenConflict } from "../outbox/record.js";
import { conflictEvents, type ConflictNews } from "./conflictEvents.js";
import type { Core } from "./core.js";
import { atEnd, persist } from "./shared.js";

interface Answer {
  readonly conflicts: { readonly nodes: readonly (OpenConflict & { readonly detectedFor: { readonly id: string } | null })[] };
}

const ofEntity = `query ConflictsOf($id: ID!) {
  conflicts(open: true, entityId: $id) { nodes { id remoteVersion conflictedFields { field base local remote } detectedFor { id } } }
}`;

/** The newest open conflict over an entity whose edit is the person's own, on whichever device they made it. */
export class OwnConflict {
  /** Undefined while there is none, or none is known yet. */
  current: OpenConflict | undefined;
  /** The number of readings, so that one that is overtaken changes nothing. */
  private readings = 0;

  /** Follows it until the signal ends; `changed` is called after each change of `current`. */
  constructor(
    private readonly core: Core,
    private readonly id: string,
    private readonly signal: AbortSignal,
    private readonly changed: () => void,
  ) {
    void this.open().catch(() => undefined);
  }

  /** Reads it again. */
  async look(): Promise<void> {
    const { link, outbox, viewer } = this.core;
    const reading = ++this.readings;
    await outbox.ready; // then the person is known
    const { conflicts } = await persist(link, () => request<Answer, { id: string }>(link, ofEntity, { id: this.id }), this.signal);
    if (reading === this.readings) this.set(conflicts.nodes.find(({ detectedFor }) => detectedFor?.id === viewer.get()?.user.id));
  }

  /** Forgets it, as when the person may not see the entity any more. */
  forget(): void {
    this.readings++;
    this.set(undefined);
  }

  private async open(): Promise<void> {
    atEnd(this.signal, () => this.forget());
    await conflictEvents(this.core).listen(this.signal, (news) => this.hear(news));
    await this.look();
  }

  private hear(news: ConflictNews | undefined): void {
    if (news && news.entityId !== this.id) return;
    if (news?.resolution && news.id === this.current?.id) this.forget();
    void this.look().catch(() => undefined);
  }

  private set(conflict: OpenConflict | undefined): void {
    this.current = conflict;
    this.changed();
  }
}

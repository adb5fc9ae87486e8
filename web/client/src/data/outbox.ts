import type { Link } from "../connection/link.js";
import { aborted } from "../errors.js";
import type { Outbox } from "../outbox/outbox.js";
import type { KeptEdit } from "../outbox/outcome.js";
import type { Edit, OutboxRecord } from "../outbox/record.js";
import { State, type ReadableState } from "../state.js";
import type { Entities } from "../store/entities.js";
import type { EntityTypeName } from "../store/types.js";
import type { Identity } from "./identity.js";
import type { LiveOutbox, OutboxState, Viewer } from "./live.js";
import { loader } from "./load.js";
import { givenFields, shownFields } from "./mapping.js";
import { persist } from "./shared.js";

/** The parts that the outbox of a person works with. */
export interface OutboxHost {
  readonly link: Link;
  readonly entities: Entities;
  readonly url: string;
  readonly identity: Pick<Identity, "viewer" | "confirmed">;
  /** Whether this tab sends. Another one does if it does not. */
  readonly leading: ReadableState<boolean>;
  /** Asks for the person. */
  begin(): void;
  /** Another person is here, before anything is shown of their outbox. */
  changed(): void;
}

/** The stored outboxes that an end removes: none, that of the person, or that of the person if nothing waits there. */
export type Wipe = "nothing" | "all" | "empty";

/** The code of the outbox, which a page needs after it shows its first data. */
const program = loader(() => import("./openOutbox.js"));

/** The outbox of one person, from when that person is known. */
interface Present {
  readonly name: string;
  readonly ending: AbortController;
  outbox?: Outbox;
}

/** The outbox of the present person. It opens when that person is known, and another one opens when it is another person. */
export class PersonalOutbox implements LiveOutbox {
  /** Resolves when what is stored of the first person is shown. */
  readonly ready: Promise<void>;
  private readonly state = new State<OutboxState>({ records: [], waiting: 0, durable: true });
  private raw: readonly OutboxRecord[] = [];
  private present: Present | undefined;
  /** The outbox of the present person, once it is loaded. It rejects if that person leaves before. */
  private opened!: Promise<Outbox>;
  private settle!: (outbox: Outbox) => void;
  private refuse: ((reason: unknown) => void) | undefined;
  private isReady!: () => void;

  constructor(private readonly parts: OutboxHost) {
    const { viewer } = parts.identity;
    this.expect();
    this.ready = new Promise((resolve) => (this.isReady = resolve));
    viewer.subscribe(() => this.follow(viewer.get()));
  }

  readonly get = (): OutboxState => this.state.get();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.parts.begin();
    return this.state.subscribe(listener);
  };

  /** Listens, without asking for the person. */
  watch(listener: () => void): () => void {
    return this.state.subscribe(listener);
  }

  /** The records as they are sent. */
  get records(): readonly OutboxRecord[] {
    return this.raw;
  }

  async create(type: EntityTypeName, fields: Readonly<Record<string, unknown>>): Promise<KeptEdit & { readonly entityId: string }> {
    return (await this.open()).create(type, givenFields(fields));
  }

  async save(edit: Edit): Promise<KeptEdit> {
    return (await this.open()).save(edit);
  }

  async keepMine(entityId: string, fields: readonly string[]): Promise<void> {
    await (await this.open()).keepMine(entityId, fields);
  }

  async discard(clientMutationId: string): Promise<void> {
    await (await this.open()).discard(clientMutationId);
  }

  retry(): void {
    this.present?.outbox?.retry();
  }

  /** Takes what is known of a conflict. */
  conflictIs(...conflict: Parameters<Outbox["conflictIs"]>): void {
    void this.present?.outbox?.conflictIs(...conflict).catch(() => undefined);
  }

  /** The person may not see an entity any more: what is stored of it goes. */
  lose(entityId: string): void {
    void this.present?.outbox?.lose(entityId).catch(() => undefined);
  }

  /** Returns the id that the server has given to a new entity. */
  actualId(entityId: string): string {
    return this.present?.outbox?.actualId(entityId) ?? entityId;
  }

  /** Stops, and removes what is stored. Another tab may still use a stored outbox. */
  async close(wipe: Wipe): Promise<void> {
    this.expect();
    this.refuse?.(aborted());
    this.isReady();
    await this.leave(wipe);
  }

  /** Edits from now on wait for another outbox. */
  private expect(): void {
    this.refuse?.(aborted());
    this.opened = new Promise((resolve, reject) => {
      this.settle = resolve;
      this.refuse = reject;
    });
    this.opened.catch(() => undefined);
  }

  private async open(): Promise<Outbox> {
    this.parts.begin();
    return this.opened;
  }

  /** Opens the outbox of a person, and closes that of the person before. Nobody else ever sees what waits there. */
  private follow(viewer: Viewer | undefined): void {
    if (!viewer) return;
    const name = `tandem:${this.parts.url}:${viewer.organizationId}:${viewer.user.id}`;
    if (name === this.present?.name) return;
    if (this.present) {
      void this.leave("nothing");
      this.expect();
      this.parts.changed();
    }
    this.present = { name, ending: new AbortController() };
    this.openFor(this.present).then(this.settle, this.refuse);
  }

  private async openFor(present: Present): Promise<Outbox> {
    const { name, ending: { signal } } = present;
    const { openOutbox } = await persist(this.parts.link, program, signal);
    const outbox = await openOutbox(name, this.parts, signal, (opened) => {
      present.outbox = opened;
      this.publish(opened);
    });
    this.isReady();
    return outbox;
  }

  private async leave(wipe: Wipe): Promise<void> {
    const { present } = this;
    this.present = undefined;
    this.raw = [];
    this.state.set({ records: [], waiting: 0, durable: true });
    if (!present) return;
    present.ending.abort();
    await present.outbox?.idle();
    if (wipe !== "nothing") await program().then(({ deleteStorage }) => deleteStorage(present.name, wipe)).catch(() => undefined);
  }

  private publish(outbox: Outbox): void {
    if (this.present?.outbox !== outbox) return;
    const before = this.raw;
    this.raw = outbox.all;
    this.showNewEntities(before);
    const records = this.raw.map((record) => ({ ...record, patch: shownFields(record.patch), seen: shownFields(record.seen) }));
    const waiting = this.raw.filter(({ state }) => state === "queued" || state === "sending").length;
    this.state.set({ records, waiting, durable: outbox.durable });
  }

  /** New entities are in the store, at a version before the first one, while they are in the outbox. */
  private showNewEntities(before: readonly OutboxRecord[]): void {
    const created = this.raw.filter(({ kind }) => kind === "create");
    for (const { entityId: id, entityType: type, at } of created) {
      if (this.parts.entities.record(id)) continue;
      const time = new Date(at).toISOString();
      this.parts.entities.read({
        id,
        type,
        version: 0,
        fields: { createdAt: time, updatedAt: time, updatedById: this.parts.identity.viewer.get()?.user.id },
      });
    }
    for (const { kind, entityId } of before) {
      if (kind === "create" && !created.some((each) => each.entityId === entityId)) this.parts.entities.forget(entityId);
    }
  }
}

import { TandemError } from "../errors.js";
import type { KeptEdit } from "../outbox/outcome.js";
import { absorb, absorbWhole } from "../store/absorb.js";
import type { EntityTypeName } from "../store/types.js";
import type { Core } from "./core.js";
import { changesDocument } from "./documents.js";
import { dataOf, personIn } from "./entityData.js";
import { editsOf } from "./entityEdits.js";
import { SESSION_BEGUN_MS } from "./identity.js";
import type { EditBase, EntityAccess, EntityData, EntityState, LiveEntity, LiveStatus, RemoteChange } from "./live.js";
import { given, givenFields, personOf, shown } from "./mapping.js";
import { loader } from "./load.js";
import type { OwnConflict } from "./ownConflict.js";
import { readPage, type ListChange, type Node } from "./page.js";
import { Readings } from "./readings.js";
import { atEnd, isAway, persist, Shared } from "./shared.js";

/** An entity as a server has rendered it, and the position of the log after which to follow it. */
export interface Rendered {
  readonly data: EntityData;
  readonly after: string;
}

/** The code that finds conflicts, deletes, and restores. */
const later = loader(() => import("./entityLater.js"));

const empty: EntityState = {
  status: "loading", data: undefined, version: 0, pending: [], conflict: undefined, refused: undefined,
  access: undefined, deleted: undefined, changes: [], error: undefined,
};

/** One entity, read and followed. The subscription names it by a filter, so that it goes on when access is lost and given back. */
export class SharedEntity extends Shared<EntityState> implements LiveEntity {
  private status: LiveStatus = "loading";
  private access: EntityAccess | undefined;
  private deleted: EntityState["deleted"];
  private changes: readonly RemoteChange[] = [];
  /** The version of the first reading, or of the newest change since then. The store may be ahead: others feed it, too. */
  private told = 0;
  private error: TandemError | undefined;
  private conflict: OwnConflict | undefined;
  private shownView: unknown;
  private shownData: EntityData | undefined;
  private readonly readings = new Readings((signal) => this.readNow(signal));
  private signal = AbortSignal.abort();

  constructor(private readonly core: Core, readonly type: EntityTypeName, private readonly firstId: string, private rendered?: Rendered) {
    super(empty);
    if (rendered) this.take(rendered.data);
    this.render();
  }

  get id(): string {
    return this.core.outbox.actualId(this.firstId);
  }

  async save(patch: Readonly<Record<string, unknown>>, bases: Readonly<Record<string, EditBase>> = {}): Promise<KeptEdit> {
    const view = this.core.entities.view(this.id);
    const version = view?.version ?? 0;
    const baseOf = (field: string): EditBase => bases[field] ?? { version, seen: view?.fields[field] ?? null };
    const each = <T>(of: (field: string) => T) => Object.fromEntries(Object.keys(patch).map((field) => [field, of(field)]));
    return this.core.outbox.save({
      entityType: this.type, entityId: this.id, patch: givenFields(patch),
      bases: each((field) => baseOf(field).version), seen: each((field) => given(field, baseOf(field).seen)),
    });
  }

  keepMine(fields: readonly string[]): Promise<void> {
    return this.core.outbox.keepMine(this.id, fields);
  }

  async remove(): Promise<void> {
    const { deleteEntity } = await later();
    await deleteEntity(this.core, this.id);
    await this.reload();
  }

  async restore(): Promise<void> {
    const { restoreEntity } = await later();
    await restoreEntity(this.core, this.type, this.id);
    await this.reload();
  }

  async reload(): Promise<void> {
    this.error = undefined;
    void this.conflict?.look().catch(() => undefined);
    await this.readings.read(this.signal).catch((error: unknown) => this.fail(error));
  }

  protected override forget(): void {
    this.rendered = this.deleted = this.error = undefined;
    this.lose("loading");
  }

  protected start(signal: AbortSignal): void {
    const { entities, outbox, link } = this.core;
    const render = () => this.render();
    this.signal = signal;
    this.readings.reset();
    atEnd(signal,
      entities.hold([this.id]),
      entities.listen((ids) => this.changed(ids)),
      outbox.subscribe(render),
      link.status.subscribe(render),
      link.onResync(() => this.become("stale")),
      this.readAgain(signal),
      link.onSession(({ entityId }) => (entityId === null || entityId === this.id) && void this.reload()),
    );
    void this.open(signal);
  }

  /** Some entities look different: this one, or the customer whose name it shows. */
  private changed(ids: ReadonlySet<string>): void {
    const customer = this.shownData?.["customerId"];
    if (!ids.has(this.id) && !ids.has(String(customer))) return;
    this.shownView = undefined;
    this.render();
  }

  /** Reads and follows. An entity that was created without a connection is followed when it has its real id. */
  private async open(signal: AbortSignal): Promise<void> {
    try {
      await this.untilCreated(signal);
      const after = this.rendered?.after ?? (await this.readings.read(signal));
      this.rendered = undefined;
      if (signal.aborted) return;
      void this.followConflict(signal).catch(() => undefined);
      atEnd(signal, this.core.link.follow<{ change: ListChange }>({
        query: changesDocument(this.type), variables: { filter: { ids: [this.id] } }, after,
        next: (data) => this.next(data), resync: () => this.readings.read(signal), ended: (reason) => this.fail(reason),
      }));
    } catch (error) {
      if (!signal.aborted) this.fail(error);
    }
  }

  private untilCreated(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const { outbox } = this.core;
      const isReal = () => !this.id.startsWith("new:") && resolve();
      atEnd(signal, outbox.subscribe(isReal), resolve);
      isReal();
    });
  }

  /** Reads it with the rights to it. */
  private async readNow(signal: AbortSignal): Promise<string> {
    const { link, entities } = this.core;
    const asked = { type: this.type, filter: { ids: [this.id] }, first: 1, access: true };
    const { asOf, nodes: [node] } = await persist(link, () => readPage(link, entities, asked), signal);
    if (node) this.take(node);
    else if (!this.readings.another) await this.missed(signal);
    return asOf;
  }

  /** Shows what a page or a server that rendered has. */
  private take(node: Node | EntityData): void {
    const { viewerAccess } = node as Node;
    if (this.rendered) absorbWhole(this.core.entities, { ...givenFields(node), __typename: this.type, id: node.id, version: node.version });
    if (viewerAccess) this.access = viewerAccess;
    this.told ||= node.version;
    this.deleted = undefined;
    this.become("live");
  }

  /** Reads the rights again once the session tells of their changes. It never tells of those from before, or from without a connection. */
  private readAgain(signal: AbortSignal): () => void {
    const { status } = this.core.link;
    const again = () => this.access && !signal.aborted && void this.reload();
    let before = status.get().state;
    return status.subscribe(() => {
      const { state } = status.get();
      if (state === "connected" && before !== state) setTimeout(again, SESSION_BEGUN_MS * (1 + Math.random()));
      before = state;
    });
  }

  /** The server shows nothing: it is deleted, or its person may not see it, or it never was. */
  private async missed(signal: AbortSignal): Promise<void> {
    const { link, entities, outbox } = this.core;
    const view = entities.view(this.id);
    if (view?.deleted) return this.become("gone");
    const read = async () => (await later()).readDeletion(this.core, this.id);
    const deleted = await persist(link, read, signal);
    if (this.readings.another) return;
    if (deleted) {
      this.deleted = deleted;
      return this.become("gone");
    }
    entities.forget(this.id);
    outbox.lose(this.id);
    this.lose(view || this.status === "denied" ? "denied" : "gone");
  }

  private next(data: { readonly change: ListChange }): void {
    const { change } = data;
    const { entities, outbox, viewer } = this.core;
    absorb(entities, data, undefined, entities.now());
    if (change.kind === "ACCESS_LOST") {
      outbox.lose(this.id);
      return this.lose("denied");
    }
    if (mayChangeRights(change) || entities.view(this.id)?.stale) void this.reload();
    if (change.version > this.told && change.actor?.id !== viewer.get()?.user.id) this.remember(change);
    this.told = Math.max(this.told, change.version);
    this.deleted = undefined;
    this.become("live");
  }

  /** Keeps what another person changed, the latest of each field. */
  private remember({ changes, actor, timestamp, version }: ListChange): void {
    const made = changes.map(({ field, oldValue, newValue }): RemoteChange => ({
      field, version, by: personOf(actor), at: new Date(timestamp), oldValue: shown(field, oldValue), newValue: shown(field, newValue),
    }));
    this.changes = [...this.changes.filter(({ field }) => !made.some((each) => each.field === field)), ...made];
  }

  private async followConflict(signal: AbortSignal): Promise<void> {
    const { OwnConflict } = await persist(this.core.link, later, signal);
    this.conflict = new OwnConflict(this.core, this.id, signal, () => this.render());
  }

  /** Forgets what others wrote, of an entity that its person may not see any more. */
  private lose(status: LiveStatus): void {
    this.access = undefined;
    this.conflict?.forget();
    this.changes = [];
    this.become(status);
  }

  private become(status: LiveStatus): void {
    this.status = status;
    this.render();
  }

  private fail(error: unknown): void {
    if (!(error instanceof TandemError)) throw error;
    if (error.code === "ABORTED") return;
    this.error = error;
    this.become(error.code === "FORBIDDEN" ? "denied" : "error");
  }

  private render(): void {
    const { entities, outbox, link } = this.core;
    const view = entities.view(this.id);
    if (view !== this.shownView || !view) this.shownData = view && dataOf(entities, view, this.type);
    this.shownView = view;
    const records = outbox.records.filter(({ entityId }) => entityId === this.id || entityId === this.firstId);
    const isNew = view?.version === 0;
    this.show({
      status: this.statusNow(isNew, view?.deleted !== undefined, isAway(link.status.get())),
      data: this.shownData,
      version: view?.version ?? 0,
      ...editsOf(records, this.conflict?.current),
      access: this.access,
      changes: this.changes,
      error: this.error,
      deleted: view?.deleted ? { by: personIn(entities, view.deleted.by), at: new Date(view.deleted.at ?? 0) } : this.deleted,
    });
  }

  private statusNow(isNew: boolean, isDeleted: boolean, away: boolean): LiveStatus {
    if (isDeleted) return "gone";
    const status = isNew ? "live" : this.status;
    return status === "live" && away ? "stale" : status;
  }
}

/** Reports whether a change may have given or taken rights: a grant counts for restricted entities only, and owners may do more. */
function mayChangeRights({ kind, changes }: ListChange): boolean {
  return kind === "ACCESS_GAINED" || kind === "RESTORED" || changes.some(({ field }) => field === "visibility" || field === "ownerId");
}

import { withDisplayName } from "./fields.js";
import { apply, isFresh, read, type Change, type EntityRecord, type Reading, type Tombstone } from "./record.js";

/**
 * An edit that is not in any version yet. The latest one of a field is what its person sees.
 *
 * @example
 * ```ts
 * const isSending = (edit: PendingEdit) => edit.state === "sending";
 * ```
 */
export interface PendingEdit {
  readonly clientMutationId: string;
  readonly patch: Readonly<Record<string, unknown>>;
  readonly state: "queued" | "sending" | "conflict";
}

/**
 * An entity as its person sees it: the newest fields that are known, with the pending edits laid over.
 *
 * @example
 * ```ts
 * const view = tandem.entities.view(id);
 * if (view?.deleted) show(view.deleted.at);
 * ```
 */
export interface EntityView {
  readonly id: string;
  readonly type: string | undefined;
  /** The newest version that is known to exist: the base of edits. */
  readonly version: number;
  /** By the names of a patch, and `displayName`, `createdAt`, `updatedAt`, `updatedById`. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Whether a field of it is of an older version, so that it has to be read again. */
  readonly stale: boolean;
  readonly deleted: Tombstone | undefined;
  readonly pending: readonly PendingEdit[];
}

/** The number of entities that are kept while nobody watches them. */
const mostUnwatched = 1000;

const mostNodes = 2000;

/**
 * The entities that are known, by id, each guarded by its versions: an old answer never replaces a newer one, in whatever
 * order they come. Listeners are told once for all that happens in one turn.
 *
 * @example
 * ```ts
 * const stop = tandem.entities.listen((ids) => ids.has(id) && show(tandem.entities.view(id)));
 * ```
 */
export class Entities {
  private readonly records = new Map<string, EntityRecord>();
  private readonly lost = new Map<string, number>();
  /** The position of the newest event about each entity. Subscriptions that are behind bring older ones. */
  private readonly positions = new Map<string, string>();
  private readonly nodes = new Map<string, Record<string, unknown>>();
  private readonly views = new Map<string, EntityView>();
  private readonly watched = new Map<string, number>();
  private readonly listeners = new Set<(ids: ReadonlySet<string>) => void>();
  private changedIds = new Set<string>();
  private turn = 0;
  /** The time at which the log or the person was replaced, and what was known then and has not been read again. */
  private replacedAt = 0;
  private doubted = new Set<string>();

  /** Returns the pending edits of an entity in order. The outbox sets it. */
  editsOf: (id: string) => readonly PendingEdit[] = () => [];

  /** Receives every change that names the mutation that made it. The outbox sets it. */
  ownChange: (change: Change) => void = () => undefined;

  /** The time of the store: what began before a loss of access says nothing about the time after it. */
  now(): number {
    return this.turn;
  }

  /** Adds what an answer says whose request began at a time of the store. */
  read(reading: Reading, begun = this.turn): void {
    if (this.isLate(reading.id, begun)) return;
    this.keep(read(this.trusted(reading.id), { ...reading, fields: withDisplayName(reading.fields) }));
  }

  /** Applies a change that a subscription or a page of changes has. */
  change(change: Change, begun = this.turn): void {
    const outrun = this.isOutrun(change);
    if (change.kind === "ACCESS_LOST") return outrun ? undefined : this.forget(change.id);
    if ((outrun && this.lost.has(change.id)) || this.isLate(change.id, begun)) return;
    this.keep(apply(this.trusted(change.id), { ...change, fields: withDisplayName(change.fields) }));
    if (change.clientMutationId) this.ownChange(change);
  }

  /** Reports whether a later event about the entity came before this one, and notes the position of this one. */
  private isOutrun({ id, cursor }: Change): boolean {
    if (cursor === undefined) return false;
    if (cursor < (this.positions.get(id) ?? "")) return true;
    this.positions.delete(id);
    this.positions.set(id, cursor);
    if (this.positions.size > mostNodes) this.positions.delete(this.positions.keys().next().value as string);
    return false;
  }

  /** Forgets an entity that its person may not see any more, or that does not exist. */
  forget(id: string): void {
    this.turn++;
    this.records.delete(id);
    this.lost.set(id, this.turn - 1);
    if (this.lost.size > mostUnwatched) this.lost.delete(this.lost.keys().next().value as string);
    this.touch(id);
  }

  /** Says that the log was replaced: what is read from now on counts, also at a lower version. Until then, the old is shown. */
  distrust(): void {
    this.replacedAt = ++this.turn;
    this.positions.clear();
    this.doubted = new Set(this.records.keys());
  }

  /** Forgets everything, as when another person signs in. An answer to a request from before does not count. */
  clear(): void {
    this.replacedAt = ++this.turn;
    this.doubted.clear();
    this.lost.clear();
    this.positions.clear();
    for (const id of this.records.keys()) this.touch(id);
    this.records.clear();
    this.nodes.clear();
  }

  /** Keeps what an answer shows of a person, who has no versions. */
  keepNode(id: string, fields: Readonly<Record<string, unknown>>): void {
    const node = { ...this.nodes.get(id), ...fields };
    this.nodes.delete(id);
    this.nodes.set(id, node);
    if (this.nodes.size > mostNodes) this.nodes.delete(this.nodes.keys().next().value as string);
  }

  /** Returns what is known of a person or an entity as part of another one, or undefined. */
  node(id: string): Readonly<Record<string, unknown>> | undefined {
    const view = this.view(id);
    return view ? { __typename: view.type, id, version: view.version, ...view.fields } : this.nodes.get(id);
  }

  record(id: string): EntityRecord | undefined {
    return this.records.get(id);
  }

  /** Returns what is known of the newest version of an entity, for another store. */
  reading(id: string): Reading | undefined {
    const record = this.records.get(id);
    if (!record) return undefined;
    const fresh = Object.entries(record.fields).filter(([name]) => isFresh(record, name));
    return { id, type: record.type, version: record.version, fields: Object.fromEntries(fresh.map(([name, { value }]) => [name, value])) };
  }

  /** Reports whether an entity was deleted after a version, or may not be seen any more. */
  isGone(id: string, after: number): boolean {
    const deleted = this.records.get(id)?.tombstone;
    return this.lost.has(id) || (deleted !== undefined && deleted.version > after);
  }

  /** Returns an entity as its person sees it. The same object until something of it changes. */
  view(id: string): EntityView | undefined {
    const record = this.records.get(id);
    if (!record) return undefined;
    const known = this.views.get(id);
    if (known) return known;
    const view = see(record, this.editsOf(id));
    this.views.set(id, view);
    return view;
  }

  /** Tells a listener which entities look different, until the returned function is called. */
  listen(listener: (ids: ReadonlySet<string>) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Keeps entities, however many others are read, until the returned function is called. */
  hold(ids: Iterable<string>): () => void {
    const held = [...ids];
    for (const id of held) this.watched.set(id, (this.watched.get(id) ?? 0) + 1);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      for (const id of held) this.release(id);
    };
  }

  /** Says that an entity looks different: its record or its pending edits changed. */
  touch(id: string): void {
    this.views.delete(id);
    if (this.changedIds.size === 0) queueMicrotask(() => this.publish());
    this.changedIds.add(id);
  }

  /** Tells the listeners now what they would be told at the end of this turn. */
  publish(): void {
    const ids = this.changedIds;
    if (ids.size === 0) return;
    this.changedIds = new Set();
    for (const listener of [...this.listeners]) listener(ids);
  }

  private keep(record: EntityRecord): void {
    const before = this.records.get(record.id);
    this.records.delete(record.id);
    this.records.set(record.id, record);
    if (!before || !alike(before, record)) this.touch(record.id);
    this.shrink();
  }

  /** Reports whether an answer began before its entity was lost, or before the log or the person was replaced. */
  private isLate(id: string, begun: number): boolean {
    if (begun < this.replacedAt || (this.lost.get(id) ?? -1) >= begun) return true;
    this.lost.delete(id);
    return false;
  }

  private trusted(id: string): EntityRecord | undefined {
    return this.doubted.delete(id) ? undefined : this.records.get(id);
  }

  private release(id: string): void {
    const holders = (this.watched.get(id) ?? 1) - 1;
    if (holders > 0) this.watched.set(id, holders);
    else this.watched.delete(id);
    this.shrink();
  }

  /** Drops the entities used longest ago beyond those that may be kept. Those with pending edits stay. */
  private shrink(): void {
    let surplus = this.records.size - this.watched.size - mostUnwatched;
    if (surplus <= 0) return;
    for (const id of this.records.keys()) {
      if (surplus <= 0) return;
      if (this.watched.has(id) || this.editsOf(id).length > 0) continue;
      this.records.delete(id);
      this.views.delete(id);
      surplus--;
    }
  }
}

/** Reads an entity through its pending edits, the last one first. */
export function overlay(edits: readonly PendingEdit[]): Record<string, unknown> {
  return Object.assign({}, ...edits.map((edit) => withDisplayName({ ...edit.patch }))) as Record<string, unknown>;
}

/** Lays the pending edits over the fields that are known. */
function see(record: EntityRecord, pending: readonly PendingEdit[]): EntityView {
  const fields: Record<string, unknown> = {};
  for (const [name, known] of Object.entries(record.fields)) fields[name] = known.value;
  Object.assign(fields, overlay(pending));
  const stale = Object.keys(record.fields).some((name) => !isFresh(record, name));
  const { id, type, version, tombstone } = record;
  return { id, type, version, fields, stale, deleted: tombstone, pending };
}

function alike(a: EntityRecord, b: EntityRecord): boolean {
  if (a.version !== b.version || a.tombstone !== b.tombstone) return false;
  const names = Object.keys(b.fields);
  if (names.length !== Object.keys(a.fields).length) return false;
  return names.every((name) => a.fields[name]?.value === b.fields[name]?.value && a.fields[name]?.version === b.fields[name]?.version);
}

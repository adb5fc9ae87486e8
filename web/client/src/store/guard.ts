import { absorb } from "./absorb.js";
import { overlay, type Entities } from "./entities.js";
import { isReference, keptAs, referenced, sameValue } from "./fields.js";
import { isFresh, spares } from "./record.js";
import { fieldAt, type Shape } from "./shape.js";
import { childrenOf, isEntity, isPast, type Json } from "./nature.js";

/** How an answer is guarded. */
export interface Guarding {
  /** The selection of the document. Without it, aliases of fields are not recognized. */
  readonly shape?: Shape | undefined;
  /** The store's time when the request began. */
  readonly begun?: number;
  /** Whether entities that are gone leave the answer: in those of queries, not in events and answers of mutations. */
  readonly dropGone?: boolean;
  /** Whether pending edits are laid over, as unless this is false: a cache that keeps answers must not keep what the server may refuse. */
  readonly edits?: boolean;
  /**
   * The versions at which the server itself showed entities in this answer, for answers of a cache: an event may have given
   * the cache the last version of an entity, which is deleted.
   */
  readonly shown?: ReadonlyMap<string, number> | undefined;
}

/** An answer as it may be shown. */
export interface Guarded<T> {
  readonly data: T;
  /** The entities in it, with their versions in the answer that was given. */
  readonly versions: ReadonlyMap<string, number>;
  /** Whether it has a field that changed since, whose value nobody knows: the query has to run again. */
  readonly outdated: boolean;
}

/** Adds an answer to the store, and returns it with the newest values that are known and the pending edits. */
export function guard<T>(store: Entities, data: T, options: Guarding = {}): Guarded<T> {
  absorb(store, data, options.shape, options.begun ?? store.now());
  return patch(store, data, options);
}

/** Returns an answer with the newest values that are known and the pending edits. Unchanged parts stay the same objects. */
export function patch<T>(store: Entities, data: T, options: Guarding = {}): Guarded<T> {
  const walk = new Walk(store, options);
  const patched = walk.value(data, options.shape);
  return { data: (patched === gone ? null : patched) as T, versions: walk.versions, outdated: walk.outdated };
}

const gone = Symbol("gone");

class Walk {
  readonly versions = new Map<string, number>();
  outdated = false;

  constructor(
    private readonly store: Entities,
    private readonly options: Guarding,
  ) {}

  value(value: unknown, shape: Shape | undefined): unknown {
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return this.list(value, shape);
    const object = value as Json;
    if (isEntity(object)) return this.entity(object, shape);
    return this.parts(object, shape);
  }

  private list(items: readonly unknown[], shape: Shape | undefined): unknown {
    const patched = items.map((item) => this.value(item, shape)).filter((item) => item !== gone);
    return patched.length === items.length && patched.every((item, at) => item === items[at]) ? items : patched;
  }

  /** Patches the parts of an object. An edge goes with its node, and the count of a page with both. */
  private parts(object: Json, shape: Shape | undefined): unknown {
    const patched: Json = {};
    for (const { key, value, under } of childrenOf(object, shape)) {
      if (isPast(object, key, value, shape)) continue;
      const now = this.value(value, under);
      if (now === gone && key === "node" && "cursor" in object) return gone;
      if (now !== value) patched[key] = now === gone ? null : now;
    }
    const dropped = Math.max(...["nodes", "edges"].map((key) => length(object[key]) - length(patched[key] ?? object[key])));
    if (dropped > 0 && typeof object["totalCount"] === "number") patched["totalCount"] = object["totalCount"] - dropped;
    return merged(object, patched);
  }

  private entity(object: Json, shape: Shape | undefined): unknown {
    const { id, version, __typename: type } = object as { id: string; version: number; __typename?: string };
    const { dropGone, edits: overlaid = true, shown } = this.options;
    this.versions.set(id, version);
    if (dropGone && this.store.isGone(id, shown?.get(id) ?? version)) return gone;
    const edits = overlaid ? overlay(this.store.editsOf(id)) : {};
    const patched: Json = {};
    let complete = true;
    for (const [key, value] of Object.entries(object)) {
      const selected = fieldAt(shape, key, type);
      const field = selected?.field ?? key;
      const name = keptAs(field);
      if (name === undefined) continue;
      const newest = this.newest(id, name, edits);
      const now = newest && isReference(field) ? this.nodes(newest.value, value, selected?.under) : newest;
      if (now) patched[key] = sameValue(now.value, value) ? value : now.value;
      else complete &&= this.isCurrent(id, name, version);
    }
    this.outdated ||= !complete;
    const record = this.store.record(id);
    if (complete && record && record.version > version) patched["version"] = record.version;
    return this.rest(object, merged(object, patched) as Json, shape);
  }

  /** Patches what is below an entity and does not belong to its version: comments, lists, the nodes that it refers to. */
  private rest(object: Json, patched: Json, shape: Shape | undefined): Json {
    const below: Json = {};
    for (const { key, value, under } of childrenOf(patched, shape)) {
      if (isPast(object, key, value, shape)) continue;
      const now = this.value(value, under);
      if (now !== value) below[key] = now === gone ? null : now;
    }
    return merged(patched, below) as Json;
  }

  /** The newest value of a field of an entity; undefined if nobody knows it. */
  private newest(id: string, name: string, edits: Json): { value: unknown } | undefined {
    if (name in edits) return { value: edits[name] };
    const record = this.store.record(id);
    return record && isFresh(record, name) ? record.fields[name] : undefined;
  }

  /** Reports whether an answer may be right about a field that the store does not know: nothing changed it since. */
  private isCurrent(id: string, name: string, version: number): boolean {
    const record = this.store.record(id);
    return !record || version >= record.version || spares(record, name, version);
  }

  /** Returns the nodes that a field refers to, with what the answer selects of them; undefined if that is not known. */
  private nodes(ids: unknown, shown: unknown, shape: Shape | undefined): { value: unknown } | undefined {
    if (sameValue(referenced(shown), ids)) return { value: shown };
    if (ids === null || (typeof ids === "string" && this.store.isGone(ids, 0))) return { value: null };
    const example = (Array.isArray(shown) ? shown[0] : shown) as Json | null | undefined;
    const nodes = (Array.isArray(ids) ? ids : [ids]).map((id) => this.node(id as string, example, shape));
    if (nodes.includes(undefined)) return undefined;
    return { value: Array.isArray(ids) ? nodes : nodes[0] };
  }

  /** One node with the keys that the document selects, or that another node there has. */
  private node(id: string, example: Json | null | undefined, shape: Shape | undefined): Json | undefined {
    const known = this.store.node(id);
    const keys = shape ? [...shape.keys()] : Object.keys(example ?? {});
    if (!known || keys.length === 0) return undefined;
    const built = keys.map((key) => [key, known[fieldAt(shape, key, known["__typename"])?.field ?? key]] as const);
    return built.some(([, value]) => value === undefined) ? undefined : Object.fromEntries(built);
  }
}

function length(list: unknown): number {
  return Array.isArray(list) ? list.length : 0;
}

function merged(object: Json, patched: Json): unknown {
  const differs = Object.keys(patched).some((key) => patched[key] !== object[key]);
  return differs ? { ...object, ...patched } : object;
}

import type { ApolloCache } from "@apollo/client";
import { overlay, type Entities } from "../../store/entities.js";
import { entityTypes } from "../../store/types.js";
import { selecting } from "./selection.js";
import { newestField, shownField } from "./newest.js";

/** The number of versions after which all are forgotten. A deleted entity that is shown nonetheless is then read again when it changes. */
const MOST_SHOWN = 5_000;

/** Keeps the cache of a client at the newest known state, with the pending edits in an optimistic layer. */
export class Keeper {
  /** The versions at which the answers of queries showed entities. */
  private readonly shown = new Map<string, number>();
  /** The entities with pending edits. */
  private readonly edited = new Set<string>();
  private layers = 0;

  constructor(private readonly entities: Entities, private readonly cache: ApolloCache) {
    entities.listen((ids) => this.changed(ids));
  }

  /** Learns which entities the answer to a query has, before the cache has it. */
  answered(shown: ReadonlyMap<string, number>): void {
    if (this.shown.size > MOST_SHOWN) this.shown.clear();
    for (const [id, version] of shown) this.shown.set(id, version);
    this.changed(new Set(shown.keys()));
  }

  /** Brings the cache up to date, and tells the components once. The layer is made anew if there are or were edits. */
  private changed(ids: ReadonlySet<string>): void {
    for (const id of ids) {
      for (const type of this.typesOf(id)) this.update(id, type);
      this.edited[this.entities.editsOf(id).length ? "add" : "delete"](id);
    }
    this.cache.batch({
      removeOptimistic: `tandem:${this.layers}`,
      optimistic: this.edited.size > 0 && `tandem:${++this.layers}`,
      update: (cache) => this.lay(cache),
    });
  }

  /** The type of an entity; any, if nobody knows it. */
  private typesOf(id: string): readonly string[] {
    const type = this.entities.record(id)?.type;
    return type ? [type] : Object.keys(entityTypes);
  }

  /** Brings an entity in the cache up to the newest known state. Fields whose value nobody knows go, so that queries run again. */
  private update(id: string, type: string): void {
    const cached = { id: this.cache.identify({ __typename: type, id }) as string, broadcast: false };
    const record = this.entities.record(id);
    if (this.entities.isGone(id, this.shown.get(id) ?? 0)) this.cache.evict(cached);
    else if (record) this.cache.modify({ ...cached, fields: newestField(this.entities, record) });
  }

  /** Writes the pending edits of all entities. A person whom nobody knows yet is left out. */
  private lay(cache: ApolloCache): void {
    for (const id of this.edited) {
      const fields = Object.entries(overlay(this.entities.editsOf(id))).map(([name, value]) => shownField(this.entities, name, value));
      for (const type of this.typesOf(id)) {
        const data = { __typename: type, id, ...Object.fromEntries(fields.filter(([, value]) => value !== undefined)) };
        const dataId = cache.identify(data);
        if (dataId) cache.write({ dataId, query: selecting(data), result: data });
      }
    }
  }
}

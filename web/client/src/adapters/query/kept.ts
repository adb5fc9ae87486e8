import { hashKey, replaceEqualDeep, type Query, type QueryClient } from "@tanstack/query-core";
import type { Entities } from "../../store/entities.js";
import { patch } from "../../store/guard.js";
import { shapeOf } from "../../store/shape.js";

/** The first part of the keys of all queries here. */
export const prefix = "tandem";

/** The data of a query before the edits that wait are laid over, and the entities in it. */
interface Raw {
  readonly data: unknown;
  readonly versions: ReadonlyMap<string, number>;
  readonly release: () => void;
}

/** Keeps the data of all queries at the newest known state. */
export class Kept {
  private readonly raws = new Map<string, Raw>();

  constructor(private readonly entities: Entities, private readonly client: QueryClient) {
    entities.listen((ids) => this.changed(ids));
    client.getQueryCache().subscribe(({ type, query }) => type === "removed" && this.drop(query.queryHash));
  }

  /** Returns data as it is shown: the newest known state. Unchanged parts stay the same objects. */
  shown(key: readonly unknown[], before: unknown, data: unknown): unknown {
    const { data: now, versions } = this.patched(key, data);
    const hash = hashKey(key);
    const release = this.entities.hold(versions.keys());
    this.drop(hash);
    this.raws.set(hash, { data, versions, release });
    return replaceEqualDeep(before, now);
  }

  private changed(ids: ReadonlySet<string>): void {
    for (const query of this.client.getQueryCache().findAll({ queryKey: [prefix] })) {
      const raw = this.raws.get(query.queryHash);
      const data = raw ? raw.data : query.state.data;
      if (data !== undefined && (!raw || [...ids].some((id) => raw.versions.has(id)))) this.bringUp(query, data);
    }
  }

  /** Shows what is newer, and runs a query again whose newest values nobody knows. A running query does that itself. */
  private bringUp(query: Query, data: unknown): void {
    const { outdated } = this.patched(query.queryKey, data);
    const { isInvalidated, dataUpdatedAt: updatedAt, fetchStatus } = query.state;
    query.setData(data, { updatedAt, manual: true });
    if (outdated && fetchStatus === "idle") void this.client.invalidateQueries({ queryKey: query.queryKey, exact: true });
    else if (isInvalidated) query.invalidate();
  }

  private patched(key: readonly unknown[], data: unknown) {
    return patch(this.entities, data, { shape: shapeOf(key[1] as string), dropGone: true });
  }

  private drop(hash: string): void {
    this.raws.get(hash)?.release();
    this.raws.delete(hash);
  }
}

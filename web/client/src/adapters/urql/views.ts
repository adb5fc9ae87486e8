import { stringifyDocument, type Operation, type OperationResult } from "@urql/core";
import type { Entities } from "../../store/entities.js";
import { patch } from "../../store/guard.js";
import { shapeOf, type Shape } from "../../store/shape.js";

/** A query that is shown: its last result as the caches gave it, and as it was shown. */
interface View {
  readonly raw: OperationResult;
  readonly shape: Shape;
  readonly data: unknown;
  readonly versions: ReadonlyMap<string, number>;
  readonly release: () => void;
  /** Whether it runs again because something in it is outdated. */
  readonly repeating: boolean;
}

/** The queries that are shown. Their results have the newest known state of their entities, and follow it. */
export class Views {
  private readonly views = new Map<number, View>();
  private readonly shown = new Map<number, ReadonlyMap<string, number>>();

  constructor(
    private readonly entities: Entities,
    private readonly emit: (result: OperationResult) => void,
    private readonly again: (operation: Operation) => void,
  ) {
    entities.listen((ids) => this.changed(ids));
  }

  operations(): Operation[] {
    return [...this.views.values()].map(({ raw }) => raw.operation);
  }

  /** Learns the versions at which the server showed entities in the answer to a query. */
  answered(key: number, shown: ReadonlyMap<string, number>): void {
    this.shown.set(key, shown);
  }

  /** Returns a result as it is shown now. */
  show(result: OperationResult): OperationResult {
    const { operation, data } = result;
    if (!data || operation.kind === "mutation") return result;
    if (operation.kind !== "query") return { ...result, data: patch<unknown>(this.entities, data, { shape: shapeIn(operation) }).data };
    return this.keep(result, !result.stale);
  }

  /** Forgets a query that is no longer shown. */
  end(key: number): void {
    this.views.get(key)?.release();
    this.views.delete(key);
    this.shown.delete(key);
  }

  /** Keeps a result. An outdated query runs again, once until something else changes. */
  private keep(raw: OperationResult, answered: boolean): OperationResult {
    const { key } = raw.operation;
    const before = this.views.get(key);
    const shape = before?.shape ?? shapeIn(raw.operation);
    const { data, versions, outdated } = patch<unknown>(this.entities, raw.data, { shape, dropGone: true, shown: this.shown.get(key) });
    const release = this.entities.hold(versions.keys());
    before?.release();
    const repeat = outdated && !before?.repeating;
    this.views.set(key, { raw, shape, data, versions, release, repeating: repeat || (!answered && before?.repeating === true) });
    if (repeat) this.again(raw.operation);
    return data === raw.data ? raw : { ...raw, data };
  }

  private changed(changed: ReadonlySet<string>): void {
    for (const { raw, data, versions } of [...this.views.values()]) {
      if (![...changed].some((id) => versions.has(id))) continue;
      const now = this.keep(raw, false);
      if (now.data !== data) this.emit(now);
    }
  }
}

function shapeIn({ query }: Operation): Shape {
  return shapeOf(stringifyDocument(query));
}

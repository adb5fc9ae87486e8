import { positionOf } from "../data/page.js";
import type { TandemError } from "../errors.js";
import type { Operation, Result } from "../operation.js";
import { guard } from "../store/guard.js";
import { shapeOf } from "../store/shape.js";
import type { Tandem } from "../tandem.js";
import { resumable } from "./resumable.js";

/** The answer to a query, with the versions at which it shows entities. */
export type Answer<T> = Result<T> & { readonly shown?: ReadonlyMap<string, number> };

/** Takes the events of a subscription. */
export interface Sink<T> {
  next(event: Result<T>): void;
  /** The server ended it for good. */
  ended(reason: TandemError): void;
}

/** Reports whether a query with this text may show something else now. */
export type Concerns = (document: string) => boolean;

/** A query that runs, and whether it has to run again: Apollo Client takes its answer also for the query that is to read a list again. */
interface Run {
  readonly query: string;
  again?: boolean;
}

/** How often a query runs again because something changed while it ran. */
const REPEATS = 3;

/** The shortest time until lists are read again; the longest is four times as long. */
const SOON_MS = 400;

/** The names of all root fields, and of those that show lists, as a pattern. */
const ALL = "\\w+";

/** How long a position of the log serves as the beginning of subscriptions. */
const POSITION_MS = 60_000;

/**
 * The data of a client, as the cache of another library takes it: answers guarded by the versions that are known, and
 * subscriptions that continue. Pending edits are not in it, since a cache would keep what the server may refuse.
 */
export class Source {
  private position: Promise<string | undefined> = Promise.resolve(undefined);
  private located = 0;
  private readonly running = new Set<Run>();
  /** The names of the root fields whose queries are read again soon. */
  private readonly changed = new Set<string>();

  /** `readAgain` runs the queries again that are shown and concerned: what came may be incomplete. */
  constructor(private readonly tandem: Pick<Tandem, "link" | "entities">, private readonly readAgain: (concerns: Concerns) => void) {
    tandem.link.onResync(() => {
      this.located = 0;
      this.readSoon(ALL);
    });
    tandem.link.onSession(() => this.readSoon(ALL));
  }

  /** Runs a query or a mutation. A query whose answer is older than an event that nobody knows the values of runs again. */
  async ask<T>(operation: Operation, isQuery: boolean, signal?: AbortSignal): Promise<Answer<T>> {
    const { link, entities } = this.tandem;
    const shape = shapeOf(operation.query);
    if (isQuery) await this.beginning();
    for (let repeats = isQuery ? REPEATS : 0; ; repeats--) {
      const run: Run = { query: operation.query };
      this.running.add(run);
      const begun = entities.now();
      const result = await link.execute<T>(operation, { signal }).finally(() => this.running.delete(run));
      if (!result.data) return result;
      const { data, versions, outdated } = guard(entities, result.data, { shape, begun, dropGone: isQuery, edits: false });
      if (!isQuery) this.listsOf(versions);
      if (!(outdated || run.again) || repeats === 0) return { ...result, data, shown: versions };
    }
  }

  /**
   * Follows a subscription until the returned function is called. It continues after lost connections without a word. One
   * without a cursor of its own begins before the queries of the last minute, so that nothing is missed between the two.
   */
  follow<T>(operation: Operation, sink: Sink<T>): () => void {
    const { link, entities } = this.tandem;
    const { query, prepare } = resumable(operation.query);
    const { variables, after } = prepare(operation.variables ?? {});
    const shape = shapeOf(query);
    const lists = [...query.matchAll(/(\w+)Changed/g)].map(([, name]) => `${name === "entity" ? ALL : name}s`);
    let over = false;
    let stop: (() => void) | undefined;
    const begin = (from: string | undefined) => {
      if (!over) stop = link.follow<T>({ ...operation, query, variables, after: from, next, resync, ended: (reason) => sink.ended(reason) });
    };
    const next = (event: T) => {
      const { data, versions } = guard(entities, event, { shape, edits: false });
      if (!this.listsOf(versions)) for (const list of lists) this.readSoon(list);
      sink.next({ data });
    };
    // Changes between the position and the queries come twice, and do no harm.
    const resync = async () => {
      const from = await this.beginning();
      if (!from) throw new Error();
      this.readSoon(ALL);
      return from;
    };
    void Promise.resolve(after ?? (query.includes("$after") ? this.beginning() : undefined)).then(begin);
    return () => {
      over = true;
      stop?.();
    };
  }

  /** A position of the log before all queries of the last minute; undefined if the server did not answer. */
  private beginning(): Promise<string | undefined> {
    if (Date.now() - this.located > POSITION_MS) {
      this.located = Date.now();
      this.position = positionOf(this.tandem.link).catch(() => void (this.located = 0));
    }
    return this.position;
  }

  /** Reads the lists of some entities again soon, since one may have entered, moved or left. Returns how many are known. */
  private listsOf(entities: ReadonlyMap<string, number>): number {
    const types = [...entities.keys()].flatMap((id) => this.tandem.entities.record(id)?.type ?? []);
    for (const type of types) this.readSoon(`${type}s`);
    return types.length;
  }

  /** Reads queries again that have a field, once for all that changes until then. The wait is random, so that not all clients come at once. */
  private readSoon(field: string): void {
    if (this.changed.size === 0) setTimeout(() => {
      const fields = new RegExp(`\\b(${[...this.changed].join("|")})\\s*[({]`, "i");
      this.changed.clear();
      for (const run of this.running) run.again ||= fields.test(run.query);
      this.readAgain((document) => fields.test(document));
    }, SOON_MS * (1 + 3 * Math.random()));
    this.changed.add(field);
  }
}

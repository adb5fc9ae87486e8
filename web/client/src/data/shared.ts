import type { Link } from "../connection/link.js";
import { backoff } from "../connection/policy.js";
import type { ConnectionStatus } from "../connection/status.js";
import { aborted, TandemError } from "../errors.js";
import { State, type ReadableState } from "../state.js";
import { sameValue } from "../store/fields.js";
import type { Core } from "./core.js";
import type { ConflictState, ListState, LiveStatus, RoomState } from "./live.js";

const LINGER_MS = 1_000;

/** Data that is read and followed while something listens, and for a second after that. */
export abstract class Shared<T extends object> implements ReadableState<T> {
  private readonly state: State<T>;
  private listeners = 0;
  private running: AbortController | undefined;
  private lingering: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly initial: T) {
    this.state = new State(initial);
  }

  readonly get = (): T => this.state.get();

  readonly subscribe = (listener: () => void): (() => void) => {
    const end = this.state.subscribe(listener);
    clearTimeout(this.lingering);
    this.listeners++;
    if (!this.running) this.run();
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      end();
      if (--this.listeners === 0) this.lingering = setTimeout(() => this.stop(), LINGER_MS);
    };
  };

  /** Forgets what it shows, and reads it again while something listens: another person is here. */
  restart(): void {
    this.stop();
    this.forget();
    this.state.set(this.initial);
    if (this.listeners > 0) this.run();
  }

  /** Forgets what was read. Data that is only reached through a `Later` is made anew instead. */
  protected forget(): void {
    // Nothing but the state, unless a kind of data keeps more.
  }

  /** Begins to read and to follow, until the signal ends it. */
  protected abstract start(signal: AbortSignal): void;

  /** Shows a new state, unless it has the same parts as the present one. */
  protected show(next: T): void {
    if (!alike(this.state.get(), next)) this.state.set(next);
  }

  private run(): void {
    this.running = new AbortController();
    this.start(this.running.signal);
  }

  private stop(): void {
    this.running?.abort();
    this.running = undefined;
  }
}

/** The state of a list of which nothing is known. */
export const nothing: ListState<never> = {
  status: "loading",
  items: [],
  totalCount: undefined,
  totalCountIsExact: true,
  hasMore: false,
  loadingMore: false,
  newCount: 0,
  error: undefined,
};

/** The state of a room of which nothing is known. */
export const nobody: RoomState = { users: [], currentUser: undefined, totalCount: 0, stale: false, looking: false };

/** The state of a conflict of which only the id is known. */
export function conflictBefore(id: string): ConflictState {
  return {
    status: "loading", id, entityId: "", entityType: undefined, entityName: "", fields: [], keptFields: [],
    remoteBy: null, remoteAt: undefined, movedOn: 0, resolvedBy: null, error: undefined,
  };
}

/** The common part of lists of entities and of feeds: they grow at one end, and can be read on at the other. */
export abstract class Growing<State extends object> extends Shared<State> {
  protected status: LiveStatus = "loading";
  protected error: TandemError | undefined;
  /** Whether new items wait until they are asked for. */
  protected held = false;
  protected loadingMore = false;
  /** Ends what the present run reads. */
  protected signal = AbortSignal.abort();

  constructor(protected readonly core: Core, initial: State) {
    super(initial);
  }

  async loadMore(): Promise<void> {
    if (this.loadingMore || !this.hasMore || this.signal.aborted) return;
    this.loadingMore = true;
    this.render();
    try {
      await this.readMore();
    } catch (error) {
      this.fail(error);
    } finally {
      this.loadingMore = false;
      this.render();
    }
  }

  hold(held: boolean): void {
    this.held = held;
    if (!held) this.showNew();
  }

  async reload(): Promise<void> {
    this.error = undefined;
    await this.read(this.signal).catch((error: unknown) => this.fail(error));
  }

  /** Shows the items that wait. Data that is never held has none. */
  showNew(): void {}

  /** Whether it goes on after the last item that was read. */
  protected abstract get hasMore(): boolean;

  /** Reads from the beginning. */
  protected abstract read(signal: AbortSignal): Promise<unknown>;

  /** Reads what comes after the last item. */
  protected abstract readMore(): Promise<void>;

  protected abstract render(): void;

  /** The status as it is shown: without a connection, what is known may be old. */
  protected get shownStatus(): LiveStatus {
    return this.status === "live" && isAway(this.core.link.status.get()) ? "stale" : this.status;
  }

  /** Reads until the server answers, or refuses for good, or the run ends. */
  protected persist<T>(read: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return persist(this.core.link, read, signal);
  }

  protected become(status: LiveStatus): void {
    this.status = status;
    this.render();
  }

  protected fail(error: unknown): undefined {
    if (!(error instanceof TandemError)) throw error;
    if (this.signal.aborted || error.code === "ABORTED") return;
    this.error = error;
    this.become("error");
  }
}

/** Reports whether what is shown may be old, because the connection has been away for a while. */
export function isAway({ state, lost }: ConnectionStatus): boolean {
  return lost || state === "offline" || state === "unauthorized" || state === "closed";
}

/** Runs each of the functions when the signal ends. */
export function atEnd(signal: AbortSignal, ...ends: (() => void)[]): void {
  if (signal.aborted) for (const end of ends) end();
  else signal.addEventListener("abort", () => ends.forEach((end) => end()), { once: true });
}

/**
 * Reads until the server answers, or refuses for good. It tries again after a while, and when the connection is back. Once
 * the signal has ended it, it rejects, also with an answer: that may be one for the person before.
 */
export async function persist<T>(link: Link, read: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      const answer = await read();
      if (!signal.aborted) return answer;
    } catch (error) {
      if (signal.aborted) break;
      if (!(error instanceof TandemError)) throw error;
      const signedOut = error.code === "UNAUTHENTICATED";
      if (!signedOut && !error.retryable) throw error;
      await untilWorthwhile(link, signedOut ? undefined : (error.retryAfterMs ?? backoff(failures + 1, 0.5 + Math.random() / 2)), signal);
    }
  }
  throw aborted();
}

/** Resolves after some time, when the connection is back, or when the signal ends it. */
function untilWorthwhile(link: Link, ms: number | undefined, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = new AbortController();
    const end = () => done.abort();
    const timer = ms === undefined ? undefined : setTimeout(end, ms);
    let before = link.status.get().state;
    const unwatch = link.status.subscribe(() => {
      const { state } = link.status.get();
      if (state === "connected" && before !== state) end();
      before = state;
    });
    signal.addEventListener("abort", end);
    atEnd(done.signal, () => clearTimeout(timer), unwatch, () => signal.removeEventListener("abort", end), resolve);
    if (signal.aborted) end();
  });
}

/** Reports whether two states have the same parts. Lists are compared by their items, and small objects by their contents. */
function alike(a: object, b: object): boolean {
  if (b instanceof Map) return false;
  return Object.entries(b).every(([key, value]: [string, unknown]) => {
    const other = (a as Record<string, unknown>)[key];
    if (Array.isArray(value) && Array.isArray(other)) return value.length === other.length && value.every((item, at) => item === other[at]);
    return Object.is(other, value) || sameValue(other, value);
  });
}

import { failureOf, TandemError } from "../errors.js";
import type { Result } from "../operation.js";
import { callSafely, reportUncaught } from "../state.js";
import type { Following } from "./link.js";
import { backoff } from "./policy.js";
import type { Wire } from "./wire.js";

/** The others and the connection, as a follower uses them. */
export interface FollowerHost {
  /** The present position of the log, read with a query. */
  position(): Promise<string>;
  /** The log can't be read after the follower's cursor: all followers have to begin again. */
  resync(follower: Follower): void;
  /** An event was processed. */
  moved(cursor: string | undefined): void;
  /** The follower is over. */
  left(follower: Follower): void;
}

const LINGER_MS = 1_000;

/** One subscription over all the wires that it needs. Messages of a former run are ignored. */
export class Follower {
  private readonly resumes: boolean;
  private cursor: string | undefined;
  private wire: Wire | undefined;
  private run = 0;
  private failures = 0;
  private end: (() => void) | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** The number of the reading that `restart` waits for; 0 for none. */
  private reading = 0;
  private readings = 0;
  private over = false;

  constructor(private readonly following: Following<unknown>, private readonly host: FollowerHost) {
    this.resumes = /\$after\b/.test(following.query);
    this.cursor = following.after;
  }

  /** Goes on over this wire, whose server was at `asOf` when it opened. */
  adopt(wire: Wire, asOf: string | undefined): void {
    if (this.over) return;
    this.wire = wire;
    // The former wire is closed by its owner. Ending the subscription there would make a presence leave.
    this.end = undefined;
    if (this.reading) return;
    this.cursor ??= asOf;
    this.begin();
  }

  /** The wire is gone; the follower waits for the next one. */
  release(): void {
    this.wire = this.end = undefined;
    if (!this.reading) this.halt();
  }

  /** Ends it. A presence lingers, so that one that begins again at once is not seen to leave. */
  stop(): void {
    if (this.over) return;
    this.over = true;
    this.halt();
    const { end } = this;
    if (end && this.resumes) end();
    else if (end) setTimeout(end, LINGER_MS);
    this.host.left(this);
  }

  /** Forgets its cursor and stops until `restart`. */
  void(): void {
    this.halt();
    this.end?.();
    this.end = this.cursor = undefined;
    this.reading = ++this.readings;
  }

  /** Lets its owner read afresh, and follows from there. */
  async restart(): Promise<void> {
    const { reading } = this;
    try {
      const answer = await this.following.resync?.();
      if (this.over || reading !== this.reading) return;
      this.cursor = answer ?? undefined;
      this.reading = this.failures = 0;
      this.begin();
    } catch {
      if (!this.over && reading === this.reading) this.later(() => void this.restart());
    }
  }

  private halt(): void {
    this.run++;
    clearTimeout(this.timer);
  }

  private begin(): void {
    const { wire } = this;
    this.halt();
    if (!wire || this.over) return;
    if (this.resumes && this.cursor === undefined) return void this.locate();
    const run = this.run;
    const { query, operationName, extensions } = this.following;
    const variables = this.resumes ? { ...this.following.variables, after: this.cursor } : this.following.variables;
    const current = <A extends unknown[]>(take: (...args: A) => void) => (...args: A) => {
      if (run === this.run && !this.over) take(...args);
    };
    this.end = wire.subscribe({ query, variables, operationName, extensions }, {
      next: current((result: Result<unknown>) => this.take(result)),
      failed: current((errors) => this.failed(failureOf({ errors }))),
      completed: current(() => this.failed(undefined)),
    });
  }

  /** Reads where to begin. */
  private async locate(): Promise<void> {
    const run = this.run;
    try {
      const cursor = await this.host.position();
      if (run !== this.run || this.over) return;
      this.cursor = cursor;
      this.begin();
    } catch {
      if (run === this.run && !this.over) this.later(() => this.begin());
    }
  }

  private take(result: Result<unknown>): void {
    const { data } = result;
    if (!isWhole(data)) return this.failed(failureOf(result));
    try {
      this.following.next(data);
    } catch (error) {
      reportUncaught(error);
      return this.again();
    }
    this.failures = 0;
    const cursor = (this.following.cursorOf ?? cursorOf)(data) ?? undefined;
    this.cursor = cursor ?? this.cursor;
    this.host.moved(cursor);
  }

  /** Decides what an error means. An event that could not be rendered has one too, and so does a completed subscription. */
  private failed(failure: TandemError | undefined): void {
    if (failure?.code === "RESYNC_REQUIRED") return this.host.resync(this);
    if (failure && !failure.retryable && failure.code !== "UNAUTHENTICATED") {
      this.stop();
      callSafely(() => this.following.ended(failure));
      return;
    }
    this.again(failure?.retryAfterMs);
  }

  /** Subscribes again after the last cursor, later each time. */
  private again(afterMs?: number): void {
    this.halt();
    this.end?.();
    this.end = undefined;
    this.later(() => this.begin(), afterMs);
  }

  private later(task: () => void, afterMs?: number): void {
    const wait = afterMs ?? 250 + backoff(this.failures++, 0.5 + Math.random() / 2);
    this.timer = setTimeout(task, wait);
  }
}

/** Whether an event has data. Without it, or with null as its only field, the server could not render the event. */
function isWhole(data: unknown): data is Record<string, unknown> {
  return typeof data === "object" && data !== null && Object.values(data).some((value) => value !== null);
}

function cursorOf(data: unknown): string | undefined {
  const [event] = Object.values(data as Record<string, { cursor?: unknown } | null>);
  return typeof event?.cursor === "string" ? event.cursor : undefined;
}

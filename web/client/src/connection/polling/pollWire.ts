import { PositionDocument, type PositionQuery } from "../../graphql/documents.js";
import { TandemError, Unauthorized } from "../../errors.js";
import type { Operation } from "../../operation.js";
import { DONE, REMOVED, type End } from "../policy.js";
import type { Opening, Sink, Wire, WireEvents } from "../wire.js";
import { planOf, Refusal, type Ask, type Plan } from "./plan.js";

const VISIBLE_MS = 3_000;
const HIDDEN_MS = 30_000;
const BEAT_MS = 10_000;

interface Poll {
  readonly plan: Plan;
  readonly sink: Sink;
  timer: ReturnType<typeof setTimeout> | undefined;
  busy: boolean;
}

/** A wire of requests only: it asks again and again for what subscriptions would send. */
export class PollWire implements Wire {
  readonly transport = "poll";
  private readonly polls = new Set<Poll>();
  private readonly ending = new AbortController();
  private over = false;

  constructor(private readonly opening: Opening, private readonly events: WireEvents) {
    this.open().catch((error: unknown) => this.broken(error));
  }

  subscribe(operation: Operation, sink: Sink): () => void {
    const plan = planOf(operation);
    if (!plan) {
      const message = "This subscription can't be replaced by polling.";
      queueMicrotask(() => sink.failed([{ message, extensions: { code: "BAD_USER_INPUT" } }]));
      return () => {};
    }
    const poll: Poll = { plan, sink, timer: undefined, busy: false };
    this.polls.add(poll);
    void this.look(poll);
    return () => this.end(poll);
  }

  ask(): void {
    for (const poll of this.polls) void this.look(poll);
  }

  close(code: number): void {
    this.over = true;
    for (const poll of this.polls) {
      clearTimeout(poll.timer);
      if (code === DONE) void poll.plan.leave?.(this.request)?.catch(() => {});
    }
    this.polls.clear();
    this.ending.abort();
  }

  private async open(): Promise<void> {
    const begunAt = Date.now();
    try {
      const { customers } = (await this.send({ query: PositionDocument })) as PositionQuery;
      if (!this.over) this.events.opened(customers.asOf, Date.now() - begunAt);
    } catch (error) {
      if (!(error instanceof Refusal) || error.result.errors?.[0]?.extensions?.code !== "FORBIDDEN") throw error;
      this.over = true;
      this.events.closed({ code: REMOVED });
    }
  }

  private end(poll: Poll): void {
    if (!this.polls.delete(poll)) return;
    clearTimeout(poll.timer);
    void poll.plan.leave?.(this.request)?.catch(() => {});
  }

  private async look(poll: Poll): Promise<void> {
    if (poll.busy) return;
    poll.busy = true;
    clearTimeout(poll.timer);
    try {
      const { events, more } = await poll.plan.look(this.send);
      for (const data of events) if (this.polls.has(poll)) poll.sink.next({ data });
      this.again(poll, more ? 0 : this.interval(poll.plan));
    } catch (error) {
      if (!this.polls.has(poll)) return;
      if (!(error instanceof Refusal)) return this.broken(error);
      this.polls.delete(poll);
      poll.sink.failed(error.result.errors ?? []);
    } finally {
      poll.busy = false;
    }
  }

  private again(poll: Poll, ms: number): void {
    if (this.polls.has(poll)) poll.timer = setTimeout(() => void this.look(poll), ms);
  }

  private interval({ beats }: Plan): number {
    if (beats) return BEAT_MS;
    return this.opening.platform.hidden() ? HIDDEN_MS : VISIBLE_MS;
  }

  /** A request of this wire, which ends with it. */
  private readonly send: Ask = (operation) => this.request(operation, this.ending.signal);

  private readonly request = async (operation: Operation, signal?: AbortSignal): Promise<Record<string, unknown>> => {
    const result = await this.opening.execute<Record<string, unknown>>(operation, { signal });
    if (result.errors || !result.data) throw new Refusal(result);
    this.events.heard(false);
    return result.data;
  };

  private broken(error: unknown): void {
    if (this.over) return;
    this.close(0);
    this.events.closed(endOfError(error));
  }
}

function endOfError(error: unknown): End {
  if (error instanceof Unauthorized) return { code: 4403 };
  if (error instanceof Refusal) {
    const [first] = error.result.errors ?? [];
    const limited = first?.extensions?.code === "RATE_LIMITED";
    return { code: limited ? 1013 : 1006, retryAfterMs: first?.extensions?.retryAfterMs };
  }
  const retryAfterMs = error instanceof TandemError ? error.retryAfterMs : undefined;
  return { code: retryAfterMs === undefined ? 1006 : 1013, retryAfterMs };
}

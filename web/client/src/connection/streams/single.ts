import { PositionDocument, type PositionQuery } from "../../graphql/documents.js";
import type { GraphQLFault, Operation, Result } from "../../operation.js";
import { endOf } from "../httpEnd.js";
import { DONE, type End } from "../policy.js";
import type { Opening, Sink, Wire, WireEvents } from "../wire.js";
import type { ServerEvent } from "./eventParser.js";
import { authorization, readEvents } from "./reading.js";

/** The reports of a single stream. `astray` comes in place of `closed` where a request reached an instance that does not have the stream. */
export interface SingleStreamEvents extends WireEvents {
  astray(end: End): void;
}

/**
 * A wire over one event stream, in the single connection mode of graphql-sse: operations begin and end by requests, and
 * their responses come on the stream. It is open once the answer to a query came on it, so one that is held back on its
 * way never opens.
 */
export class SingleStream implements Wire {
  readonly transport = "sse";
  private readonly sinks = new Map<string, Sink>();
  private readonly ending = new AbortController();
  private readonly url: string;
  private reservation = "";
  private count = 0;
  private over = false;

  constructor(private readonly opening: Opening, private readonly events: SingleStreamEvents) {
    this.url = `${opening.url}/stream`;
    void this.run().catch(() => this.finish({ code: 1006 }));
  }

  subscribe(operation: Operation, sink: Sink): () => void {
    const id = String(++this.count);
    this.sinks.set(id, sink);
    void this.begin(id, operation);
    return () => {
      if (this.sinks.delete(id)) this.leave(id);
    };
  }

  ask(): void {
    const answered = () => this.events.heard(true);
    this.subscribe({ query: "{__typename}" }, { next: answered, failed: answered, completed: () => {} });
  }

  close(code: number): void {
    this.over = true;
    // The server can't tell a closed stream from a broken one: what ends for good says so, and leaves its rooms at once.
    if (code === DONE) for (const id of this.sinks.keys()) this.leave(id);
    this.sinks.clear();
    this.ending.abort();
  }

  private async run(): Promise<void> {
    const reserved = await this.send({ method: "PUT" });
    if (reserved.status !== 201) return this.finish(await endOf(reserved));
    this.reservation = await reserved.text();
    const stream = await this.send({ method: "GET", headers: { Accept: "text/event-stream" } });
    if (stream.status !== 200 || !stream.body) return this.refused(stream);
    const begunAt = Date.now();
    const opened = (asOf?: string) => this.events.opened(asOf, Date.now() - begunAt);
    this.subscribe({ query: PositionDocument }, {
      next: ({ data }) => opened((data as PositionQuery | null | undefined)?.customers.asOf),
      failed: () => opened(),
      completed: () => {},
    });
    await readEvents(stream.body, () => this.events.heard(false), (event) => this.take(event));
    this.finish({ code: 1006 });
  }

  private async begin(id: string, operation: Operation): Promise<void> {
    const body = JSON.stringify({ ...operation, extensions: { ...operation.extensions, operationId: id } });
    try {
      const response = await this.send({ method: "POST", headers: { "Content-Type": "application/json" }, body });
      if (response.status === 202 || response.status === 204) return;
      if (response.status === 400) return this.fail(id, await faultsOf(response));
      await this.refused(response);
    } catch {
      this.finish({ code: 1006 });
    }
  }

  /** Ends an operation. Nobody waits for the answer; the page may be on its way out. */
  private leave(id: string): void {
    const url = `${this.url}?operationId=${encodeURIComponent(id)}`;
    void this.opening.platform.fetch(url, { ...this.request({ method: "DELETE" }), keepalive: true }).catch(() => {});
  }

  private send(init: RequestInit): Promise<Response> {
    return this.opening.platform.fetch(this.url, { ...this.request(init), signal: this.ending.signal });
  }

  private request({ headers, ...init }: RequestInit): RequestInit {
    const { token } = this.opening;
    return {
      ...init,
      credentials: "include",
      headers: {
        ...(headers as Record<string, string>),
        ...authorization(token),
        ...(this.reservation ? { "X-GraphQL-Event-Stream-Token": this.reservation } : {}),
      },
    };
  }

  private take({ type, data }: ServerEvent): void {
    if (type !== "next" && type !== "complete") return;
    const { id, payload } = JSON.parse(data) as { id: string; payload?: Result<unknown> };
    const sink = this.sinks.get(id);
    if (!sink) return;
    if (type === "next") return sink.next(payload ?? {});
    this.sinks.delete(id);
    sink.completed();
  }

  private fail(id: string, errors: readonly GraphQLFault[]): void {
    const sink = this.sinks.get(id);
    this.sinks.delete(id);
    sink?.failed(errors);
  }

  /** Gives the stream up: another instance than that of the stream has no such stream, or it has an operation of that name in one. */
  private async refused(response: Response): Promise<void> {
    const end = await endOf(response);
    this.finish(end, response.status === 404 || response.status === 409);
  }

  private finish(end: End, astray = false): void {
    if (this.over) return;
    this.over = true;
    this.sinks.clear();
    this.ending.abort();
    if (astray) this.events.astray(end);
    else this.events.closed(end);
  }
}

async function faultsOf(response: Response): Promise<readonly GraphQLFault[]> {
  const { errors } = (await response.json()) as Result<unknown>;
  return errors ?? [{ message: "The server refused the operation.", extensions: { code: "BAD_USER_INPUT" } }];
}

import { PositionDocument, type PositionQuery } from "../../graphql/documents.js";
import type { Operation, Result } from "../../operation.js";
import { endOf } from "../httpEnd.js";
import type { End } from "../policy.js";
import { parseSubscription } from "../polling/document.js";
import { PollWire } from "../polling/pollWire.js";
import type { Opening, Sink, Wire, WireEvents } from "../wire.js";
import { authorization, readEvents } from "./reading.js";

/** How many subscriptions have streams; the others are polled. A person may have 100, in all tabs and on all devices. */
const MOST_STREAMS = 20;

/** How long a stream may be silent: three times the interval of the server's comments. */
const SILENT_MS = 36_000;

/**
 * A wire over one event stream for each subscription, for balancers that spread the requests of a client over instances.
 * It needs HTTP/2 or 3: over HTTP/1 a browser opens six connections to a host. Rooms are entered by heartbeats, since an instance
 * can't tell a stream that was ended from one that broke. When one stream breaks, the wire ends, because its instance has ended.
 */
export class DistinctStreams implements Wire {
  readonly transport = "sse";
  private readonly streams = new Set<AbortController>();
  private readonly requests: PollWire;
  private over = false;

  constructor(private readonly opening: Opening, private readonly events: WireEvents) {
    const begunAt = Date.now();
    const opened = (asOf?: string) => this.events.opened(asOf, Date.now() - begunAt);
    this.requests = new PollWire(opening, { opened: () => {}, heard: (answer) => events.heard(answer), closed: (end) => this.finish(end) });
    this.begin({ query: PositionDocument }, {
      next: ({ data }) => opened((data as PositionQuery | null | undefined)?.customers.asOf),
      failed: () => opened(),
      completed: () => {},
    });
  }

  subscribe(operation: Operation, sink: Sink): () => void {
    const name = parseSubscription(operation.query)?.root.name;
    const polled = name === "presence" || name === "presences" || (name !== undefined && name !== "session" && this.streams.size >= MOST_STREAMS);
    return polled ? this.requests.subscribe(operation, sink) : this.begin(operation, sink);
  }

  ask(): void {
    const answered = () => this.events.heard(true);
    this.begin({ query: "{__typename}" }, { next: answered, failed: answered, completed: () => {} });
  }

  close(code: number): void {
    this.over = true;
    this.requests.close(code);
    for (const stream of this.streams) stream.abort();
    this.streams.clear();
  }

  /** Begins an operation on a stream of its own. */
  private begin(operation: Operation, sink: Sink): () => void {
    const stream = new AbortController();
    this.streams.add(stream);
    this.run(operation, sink, stream).catch(() => this.streams.has(stream) && this.finish({ code: 1006 }));
    return () => {
      this.streams.delete(stream);
      stream.abort();
    };
  }

  private async run(operation: Operation, sink: Sink, stream: AbortController): Promise<void> {
    const { platform, url, token } = this.opening;
    const response = await platform.fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "text/event-stream", ...authorization(token) },
      credentials: "include",
      body: JSON.stringify(operation),
      signal: stream.signal,
    });
    if (response.status !== 200 || !response.body) return this.finish(await endOf(response));
    let silence: ReturnType<typeof setTimeout> | undefined;
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(() => stream.abort(), SILENT_MS);
      this.events.heard(false);
    };
    try {
      await readEvents(response.body, heard, ({ type, data }) => {
        if (!this.streams.has(stream)) return;
        if (type === "next") return sink.next(JSON.parse(data) as Result<unknown>);
        if (type !== "complete") return;
        this.streams.delete(stream);
        sink.completed();
      });
    } finally {
      clearTimeout(silence);
    }
    if (this.streams.has(stream)) this.finish({ code: 1006 });
  }

  private finish(end: End): void {
    if (this.over) return;
    this.close(0);
    this.events.closed(end);
  }
}

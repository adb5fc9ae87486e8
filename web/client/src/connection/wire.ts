import type { GraphQLFault, Operation, Result } from "../operation.js";
import type { Http } from "./http.js";
import type { End } from "./policy.js";
import type { Transport } from "./status.js";

/** Takes what comes for one operation. After `failed` or `completed`, and after the end of the wire, nothing comes. */
export interface Sink {
  next(result: Result<unknown>): void;
  failed(errors: readonly GraphQLFault[]): void;
  completed(): void;
}

/** One connection to one instance, by any transport. It never connects again: its owner opens another one. */
export interface Wire {
  readonly transport: Transport;
  /** Begins a subscription. The returned function ends it; nothing comes afterwards. */
  subscribe(operation: Operation, sink: Sink): () => void;
  /** Makes the other side say something, so that a dead connection is noticed. */
  ask(): void;
  /** Ends it. `closed` is not called. */
  close(code: number): void;
}

/** The reports of a wire to its owner. Exactly one `closed` comes, unless `close` was called before. */
export interface WireEvents {
  /** The server accepted it, whose log was at `asOf`; undefined if it did not say. The answer took `ms`. */
  opened(asOf: string | undefined, ms: number): void;
  /** Something arrived; `answer` if it is the answer to `ask`. */
  heard(answer: boolean): void;
  closed(end: End): void;
}

/** The parts of a wire. `token` is the one of this connection; undefined means the session cookie. */
export interface Opening {
  readonly url: string;
  readonly token: string | undefined;
  readonly platform: Platform;
  /** Sends a request with credentials of its own. */
  readonly execute: Http["execute"];
}

/** The functions of browsers that the kit uses, so that it runs in browsers, workers and Node alike. */
export interface Platform {
  readonly fetch: typeof fetch;
  readonly WebSocket: typeof WebSocket | undefined;
  /** Whether nobody sees the page; polling is then rare. */
  hidden(): boolean;
  /** Whether the person saves data. */
  thrifty(): boolean;
}

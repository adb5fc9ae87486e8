import type { ExecutionResult } from "graphql";
import { createClient, type Client, type Sink } from "graphql-ws";
import type { Problems } from "../page/problems";
import type { Identity } from "../people/identity";
import { value, type Value } from "../value";
import type { Request } from "./http";
import { Retry } from "./retry";

/**
 * idle: nothing is subscribed. waiting: the connection broke, and is tried again in a moment. cut: a person cut the
 * connection, and it stays closed until that person resumes.
 */
export type SocketState = "idle" | "connecting" | "live" | "waiting" | "cut";

/** The one connection of a person. It opens with the first subscription, and closes after the last. */
export interface Socket {
  readonly state: Value<SocketState>;
  /** Sends a request, and sends it again on every new connection, with the values that its variables have by then. */
  subscribe(request: Request, sink: Sink<ExecutionResult>): () => void;
  /** Reconnects as the person who is chosen now; subscriptions continue on the new connection. */
  reconnect(): void;
  /** Closes the connection without a word to the server, as a network does. */
  cut(): void;
  resume(): void;
}

export function createSocket(identity: Identity, problems: Problems): Socket {
  const state = value<SocketState>("idle");
  const retry = new Retry(identity, problems, state);
  const client = clientOf(identity, retry, state);
  let open = 0;
  const begin = () => {
    if (open++ > 0) return;
    retry.atOnce();
    state.set("connecting");
  };
  const end = () => {
    if (--open > 0) return;
    // A client that waits for its next attempt emits no event when the last subscription ends.
    retry.atOnce();
    state.set("idle");
    problems.clear("socket");
  };
  return {
    state,
    subscribe(request, sink) {
      begin();
      const ended = once(end);
      const stop = client.subscribe<Record<string, unknown>, unknown>(request as never, endingSink(sink, ended) as never);
      return () => {
        ended();
        stop();
      };
    },
    reconnect() {
      retry.atOnce();
      client.terminate();
    },
    cut() {
      retry.hold();
      client.terminate();
    },
    resume: () => retry.atOnce(),
  };
}

function clientOf(identity: Identity, retry: Retry, state: Value<SocketState>): Client {
  return createClient({
    url: () => socketAddress(identity.session.get().endpoint),
    connectionParams: retry.connectionParams,
    keepAlive: 12_000,
    retryAttempts: Infinity,
    retryWait: retry.wait,
    shouldRetry: retry.again,
    on: { connecting: () => state.set("connecting"), connected: retry.connected, closed: retry.closed },
  });
}

function endingSink(sink: Sink<ExecutionResult>, end: () => void): Sink<ExecutionResult> {
  return {
    next: (result) => sink.next(result),
    error(error) {
      end();
      sink.error(error);
    },
    complete() {
      end();
      sink.complete();
    },
  };
}

function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (!done) act();
    done = true;
  };
}

function socketAddress(endpoint: string): string {
  const address = new URL(endpoint, location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return address.href;
}

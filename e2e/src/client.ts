import type { DocumentNode } from "graphql";
import type { Queue } from "./queue.ts";
import type { Closing } from "./socket.ts";

export type Kind = "graphql-ws" | "Apollo Client" | "urql";

/** The clients that people write frontends with. */
export const kinds: readonly Kind[] = ["graphql-ws", "Apollo Client", "urql"];

/** A parsed operation that knows the types of its answer and of its variables. */
export type Document<Result, Variables> = DocumentNode & { readonly types?: (variables: Variables) => Result };

/** Where an instance listens. */
export interface Address {
  readonly http: string;
  readonly ws: string;
}

/** A running subscription: its events, and after them an error with the reason of its end. */
export interface Subscription<Event> extends Queue<Event> {
  /** Unsubscribes. The connection stays. */
  stop(): void;
}

/** One person's connection, by any of the clients. */
export interface Client {
  readonly kind: Kind;
  /** Answers a query or a mutation; throws Refused or Interrupted. */
  request<Result, Variables extends object>(document: Document<Result, Variables>, variables: Variables): Promise<Result>;
  /** Subscribes. The events are the value of the operation's only field. */
  follow<Event, Variables extends object>(document: Document<Event, Variables>, variables: Variables): Subscription<Event>;
  /** The ends of the socket, as they came. */
  readonly closings: Queue<Closing>;
  /** The payloads of connection_ack, as they came. */
  readonly acknowledged: Queue<{ readonly asOf?: string } | undefined>;
  /** Breaks the socket without a word, as a lost network does. */
  drop(): void;
  /** Leaves as a closed tab does. */
  close(): Promise<void>;
}

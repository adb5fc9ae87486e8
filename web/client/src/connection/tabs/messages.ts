import type { GraphQLFault, Operation, Result } from "../../operation.js";
import type { SessionEvent } from "../link.js";
import type { Event } from "../machine.js";
import type { ConnectionStatus, Transport } from "../status.js";

/** The message of a tab to the leader, on the channel that all tabs hear. `tab` is the sender. */
export type ToLeader = { readonly tab: string } & (
  /** The tab is new, or a new leader announced itself. */
  | { readonly type: "hello" }
  /** The leader shall answer, so that the tab knows that it runs. */
  | { readonly type: "ask" }
  /** The tab leaves, and its subscriptions end at once. */
  | { readonly type: "bye" }
  | { readonly type: "subscribe"; readonly wire: number; readonly id: string; readonly operation: Operation }
  | { readonly type: "unsubscribe"; readonly id: string }
  /** The tab has taken this many more answers. */
  | { readonly type: "took"; readonly count: number }
  /** Something happened to the tab that matters to the connection. */
  | { readonly type: "event"; readonly event: Event });

/** The announcement of a new leader to all tabs. The leader with the highest term counts. */
export interface Lead {
  readonly type: "lead";
  readonly term: number;
}

/** An answer for one subscription of a tab. */
export type Answer = { readonly id: string } & (
  | { readonly type: "next"; readonly result: Result<unknown> }
  | { readonly type: "failed"; readonly errors: readonly GraphQLFault[] }
  | { readonly type: "completed" });

/** The message of a leader to one tab, on the channel of that tab. */
export type ToTab =
  | { readonly type: "here" }
  | { readonly type: "status"; readonly status: ConnectionStatus }
  /** There is a wire, and its server was at `asOf`. A former one is over. */
  | { readonly type: "up"; readonly wire: number; readonly transport: Transport; readonly asOf: string | undefined }
  | { readonly type: "down" }
  | { readonly type: "session"; readonly event: SessionEvent }
  | Answer;

/** A message with the term of the leader that sent it. */
export type FromLeader = ToTab & { readonly term: number };

import type { ReadableState } from "../state.js";
import type { Event } from "./machine.js";
import type { ConnectionStatus } from "./status.js";
import type { Wire } from "./wire.js";

/** The subscriptions that a connection carries. They move together from wire to wire. */
export interface Audience {
  /** Whether what was missed is still coming. */
  readonly catchingUp: ReadableState<boolean>;
  /** There is a wire, whose server was at `asOf` when it opened. */
  adopt(wire: Wire, asOf: string | undefined): void;
  /** A wire is gone. It is ignored if the subscriptions have moved on. */
  release(wire: Wire): void;
}

/** The connection of a tab: its own, or one that it shares with other tabs. */
export interface Connection {
  readonly status: ReadableState<ConnectionStatus>;
  /** Whether this tab is the one that acts for its person in this browser. */
  readonly leading: ReadableState<boolean>;
  /** Takes an event of the page or of the application. */
  send(event: Event): void;
  /** Ends everything for good. */
  dispose(): void;
}

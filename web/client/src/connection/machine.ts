import type { End } from "./policy.js";
import { Transition } from "./transition.js";
import type { ConnectionState, Transport } from "./status.js";

/**
 * The whole state of the connection. It is data: `step` makes the next one, and says what to do. At most one wire is in
 * use (`wire`), and at most one is being opened beside it (`next`), to which the subscriptions then move.
 */
export interface Machine {
  readonly transports: readonly Transport[];
  state: ConnectionState;
  transport: Transport;
  /** When it came into its state. */
  since: number;
  /** How many wires there were; a wire is its number, from 1 on. */
  wires: number;
  /** The wire in use, or being opened if `connectedAt` is undefined. */
  wire: number | undefined;
  connectedAt: number | undefined;
  /** The wire that is being opened beside it, to leave a draining instance or to use a better transport. */
  next: number | undefined;
  nextTransport: Transport;
  reason: End | undefined;
  /** Whether the page is frozen or away, so that nothing is tried. */
  suspended: boolean;
  lost: boolean;
  /** How long the last answer took on the connection, in milliseconds. */
  lag: number;
  /** Whether the attempt takes long, and a request is to find out why. */
  late: boolean;
  /** Whether the server refused the token, so that the next attempt needs a fresh one. */
  stale: boolean;

  /** Failures in a row of several kinds; forgotten once a connection was stable. */
  attempt: number;
  /** Attempts that failed since it was connected last. */
  failures: number;
  refusals: number;
  defects: number;
  slowed: number;
  /** Attempts in a row that failed before they were accepted while requests were answered. */
  blocked: number;
  /** Connections in a row that broke before they were stable. */
  brief: number;
  /** How often a better transport was tried from this one. */
  climbs: number;

  /** Since when it has not been connected. */
  awayAt: number;
  /** When the question was asked that is not answered yet; Infinity for none. */
  askedAt: number;

  /** When something is due; Infinity for never. */
  openBy: number;
  nextBy: number;
  retryAt: number;
  askAt: number;
  answerBy: number;
  lostAt: number;
  drainAt: number;
  climbAt: number;
}

/** An event from outside. Wires are named by their number, so that messages of former wires can be told apart. */
export type Event =
  | { readonly type: "connect" }
  | { readonly type: "disconnect" }
  /** The person was removed: nothing will be accepted again. */
  | { readonly type: "removed" }
  /** A request was refused although its token was fresh. */
  | { readonly type: "refused" }
  /** The page freezes or goes away. */
  | { readonly type: "suspend" }
  /** The page or the device wakes; `changed` if the network may be another one. */
  | { readonly type: "wake"; readonly changed: boolean }
  /** The server accepted the wire. The answer took `ms`. */
  | { readonly type: "opened"; readonly wire: number; readonly ms: number }
  /** Something arrived; `answer` if it is the answer to a question. */
  | { readonly type: "message"; readonly wire: number; readonly answer: boolean }
  | { readonly type: "closed"; readonly wire: number; readonly end: End; readonly online: boolean }
  | { readonly type: "draining"; readonly wire: number; readonly afterMs: number }
  /** A request to the same server was answered, or not, and took `ms`. */
  | { readonly type: "probed"; readonly reachable: boolean; readonly ms: number }
  /** A person does something on the page. */
  | { readonly type: "touched" }
  /** The application's own request was answered, and took `ms`. */
  | { readonly type: "reached"; readonly ms: number }
  /** A request got no answer, and the browser believes that it has no network. */
  | { readonly type: "unreachable" }
  /** A deadline may have passed. */
  | { readonly type: "tick" };

/** A task for the supervisor. Effects are done in order. */
export type Effect =
  | { readonly type: "open"; readonly wire: number; readonly transport: Transport; readonly fresh: boolean }
  /** Subscribe everything on this wire, each after its cursor. */
  | { readonly type: "adopt"; readonly wire: number }
  | { readonly type: "close"; readonly wire: number; readonly code: number }
  | { readonly type: "ask"; readonly wire: number }
  | { readonly type: "probe" }
  | { readonly type: "unauthorized" }
  | { readonly type: "defect"; readonly end: End };

export interface Step {
  readonly machine: Machine;
  readonly effects: readonly Effect[];
}

/** A connection that nobody has asked for yet. `first` is the transport to begin with, if it is one of `transports`. */
export function initial(transports: readonly Transport[], now: number, first?: Transport): Machine {
  const [best] = transports;
  if (!best) throw new TypeError("createTandem needs at least one transport.");
  const transport = first && transports.includes(first) ? first : best;
  return {
    transports, state: "idle", transport, since: now,
    wires: 0, wire: undefined, connectedAt: undefined, next: undefined, nextTransport: best, reason: undefined, suspended: false, lost: false, lag: 0, late: false, stale: false,
    attempt: 0, failures: 0, refusals: 0, defects: 0, slowed: 0, blocked: 0, brief: 0, climbs: 0,
    awayAt: now, askedAt: Infinity, openBy: Infinity, nextBy: Infinity, retryAt: Infinity, askAt: Infinity, answerBy: Infinity, lostAt: Infinity, drainAt: Infinity, climbAt: Infinity,
  };
}

/** The next state, and what to do. Pure: the clock and the randomness, from 0 to 1, are given. */
export function step(machine: Machine, event: Event, now: number, random: () => number = Math.random): Step {
  const transition = new Transition({ ...machine }, now, random);
  transition.take(event);
  if (transition.machine.state !== machine.state) transition.machine.since = now;
  return { machine: transition.machine, effects: transition.effects };
}

/** When the next `tick` is due; Infinity for never. */
export function dueAt(m: Machine): number {
  return Math.min(m.openBy, m.nextBy, m.retryAt, m.askAt, m.answerBy, m.lostAt, m.drainAt, m.climbAt);
}

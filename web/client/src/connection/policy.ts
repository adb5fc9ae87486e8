import type { Transport } from "./status.js";

/** How a wire ended: a close code of the protocol, or one that stands for what happened to a stream or a request. */
export interface End {
  readonly code: number;
  /** The server's words, if it has found a fault of the client. */
  readonly reason?: string | undefined;
  /** How long to wait, if the server said so. */
  readonly retryAfterMs?: number | undefined;
}

/** The meaning of the end of a wire for the next attempt. */
export type Kind = "refused" | "slow" | "defect" | "restart" | "removed" | "network";

/** Stands for the answer to a person who was removed from the organization. The server closes no socket with it. */
export const REMOVED = 4999;

const codes: Readonly<Record<number, Kind>> = {
  [REMOVED]: "removed",
  4403: "refused",
  1013: "slow",
  1012: "restart",
  1002: "defect", 1003: "defect", 1007: "defect", 1009: "defect",
  4400: "defect", 4401: "defect", 4406: "defect", 4409: "defect", 4429: "defect",
};

export function kindOf(end: End): Kind {
  return codes[end.code] ?? "network";
}

/** The client ends a connection with this code: the server then keeps its presence for a while, unlike with 1000. */
export const LEFT = 4499;
/** The client ends a connection for good. */
export const DONE = 1000;

/** How long an attempt may take until the server accepts it, or a request finds out whether the network is slow. */
export const OPENING_MS = 8_000;
/** How long an attempt beside a connection may take, which nobody waits for. */
export const NEXT_MS = 32_000;
/** A request that takes longer shows that the network is slow, and not that it blocks a transport. */
export const LONG_REQUEST_MS = OPENING_MS / 5;
/** How long a connection has to last until the failures before it are forgotten. */
export const STABLE_MS = 30_000;
/** How long the connection may be away before anything is shown. */
export const LOST_MS = 5_000;
/** How long an attempt waits while the network is away, unless something wakes the client: less in the first minute. */
const OFFLINE_MS = 30_000;
const SOON_MS = 8_000;
const MINUTE_MS = 60_000;

/** How long a connection may be silent before it is asked. */
export const SILENCE_MS = { ws: 12_000, sse: 15_000, poll: Infinity } as const;
/** How long the answer may take at least, and at most. */
const ANSWER_MS = { ws: 2_000, sse: 5_000, poll: Infinity } as const;
const LONGEST_ANSWER_MS = 15_000;
/** Answers that take longer than this are late. */
export const LATE_MS = 2_000;

const SLOW_MS = [2_000, 30_000, 60_000, 300_000] as const;
const CLIMB_MS = [30_000, 120_000, 300_000, 900_000] as const;

/** The wait before the next attempt after `failures` in a row: with full jitter, so that clients do not come in step. */
export function backoff(failures: number, random: number): number {
  return Math.min(30_000, 500 * 2 ** failures) * random;
}

/** The wait before the next attempt of a client that is offline, and has been away for some time. */
export function offlineWait(away: number, failures: number, random: number): number {
  return away < MINUTE_MS ? Math.min(SOON_MS, 1_000 + backoff(failures, random)) : OFFLINE_MS;
}

/** How much longer an attempt may take after `failures` in a row: on a slow network the first one may have been too short. */
export function extraTime(failures: number): number {
  return OPENING_MS * 2 ** Math.min(failures, 2);
}

/** How long an answer may take where the last one took `lag`: less is normal, and more is a dead connection. */
export function patience(transport: Transport, lag: number): number {
  return Math.max(ANSWER_MS[transport], Math.min(3 * lag, LONGEST_ANSWER_MS));
}

/** The wait after the server said that there is too much, for the nth time in a row. */
export function slowWait(times: number): number {
  return SLOW_MS[Math.min(times, SLOW_MS.length - 1)] ?? 300_000;
}

/** The wait before a better transport is tried again, for the nth time in a row. */
export function climbWait(times: number): number {
  return CLIMB_MS[Math.min(times, CLIMB_MS.length - 1)] ?? 900_000;
}

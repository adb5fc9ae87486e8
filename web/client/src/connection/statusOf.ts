import type { Machine } from "./machine.js";
import type { Clock } from "./clock.js";
import { kindOf, LATE_MS, type Kind } from "./policy.js";
import type { ConnectionStatus } from "./status.js";

/** Makes the public status of the machine's state, whose times are those of the clock. */
export function statusOf(m: Machine, catchingUp: boolean, clock: Clock): ConnectionStatus {
  const kind = m.reason && kindOf(m.reason);
  const connected = m.state === "connected" || m.state === "draining";
  return {
    state: m.state,
    transport: m.transport,
    since: clock.date(m.since),
    attempt: m.failures,
    nextAttemptAt: Number.isFinite(m.retryAt) ? clock.date(m.retryAt) : undefined,
    catchingUp: connected && catchingUp,
    lost: m.lost,
    slow: m.transport === "poll" || m.lag > LATE_MS,
    pending: 0,
    reason: m.reason && kind && !connected ? { code: String(m.reason.code), text: (kind === "defect" && m.reason.reason) || texts[kind] } : undefined,
  };
}

/** The kinds of ends as text for people. */
const texts: Readonly<Record<Kind, string>> = {
  refused: "The sign-in has expired.",
  slow: "The server has too much to do.",
  removed: "You are no longer a member.",
  restart: "The server restarts.",
  defect: "The connection was ended because of an error.",
  network: "The server can't be reached.",
};

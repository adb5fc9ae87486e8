import type { Effect, Machine } from "./machine.js";
import { climbWait, DONE, LEFT, LOST_MS, NEXT_MS, OPENING_MS, patience, SILENCE_MS, type End } from "./policy.js";
import type { ConnectionState, Transport } from "./status.js";

/** The time of what is not due. */
export const NEVER = Infinity;

/** The part of the machine that opens and closes wires, and asks the one in use. It changes its own copy of the state and collects the effects. */
export class Wires {
  readonly effects: Effect[] = [];

  constructor(readonly machine: Machine, protected readonly now: number, protected readonly random: () => number) {}

  protected open(state: ConnectionState): void {
    const m = this.machine;
    m.state = state;
    m.wire = ++m.wires;
    m.retryAt = NEVER;
    m.late = false;
    m.openBy = this.now + OPENING_MS;
    this.effects.push({ type: "open", wire: m.wire, transport: m.transport, fresh: m.stale });
  }

  /** Opens a wire beside the one in use. */
  protected openNext(transport: Transport): void {
    const m = this.machine;
    m.next = ++m.wires;
    m.nextTransport = transport;
    m.nextBy = this.now + NEXT_MS;
    this.effects.push({ type: "open", wire: m.next, transport, fresh: m.stale });
  }

  protected opened(wire: number, ms: number): void {
    const m = this.machine;
    if (wire !== m.wire && wire !== m.next) return;
    if (wire === m.wire && m.connectedAt !== undefined) return;
    const former = wire === m.next ? m.wire : undefined;
    if (wire === m.next) this.promote();
    m.lag = ms;
    this.effects.push({ type: "adopt", wire });
    if (former) this.effects.push({ type: "close", wire: former, code: LEFT });
    this.connected();
  }

  private connected(): void {
    const m = this.machine;
    Object.assign(m, { state: "connected", connectedAt: this.now, reason: undefined, stale: false, failures: 0, blocked: 0, lost: false });
    this.settle();
    m.lostAt = m.askedAt = NEVER;
    m.askAt = this.now + SILENCE_MS[m.transport];
    m.climbAt = m.transport === m.transports[0] ? NEVER : this.now + climbWait(m.climbs);
    if (m.climbAt === NEVER) m.climbs = 0;
  }

  /** Makes the wire beside the one in use the one in use. */
  protected promote(): void {
    const m = this.machine;
    this.settle();
    m.wire = m.next;
    m.transport = m.nextTransport;
    m.openBy = this.now + OPENING_MS;
    m.late = false;
    m.next = m.connectedAt = undefined;
  }

  /** Ends everything; nothing is tried again until `connect`, which begins with the best transport, and never in the state `closed`. */
  protected stop(state: "idle" | "closed" | "unauthorized"): void {
    const m = this.machine;
    if (m.state === "closed") return;
    this.abandon(DONE);
    Object.assign(m, { state, transport: m.transports[0], climbs: 0, suspended: false, lost: false, attempt: 0, failures: 0, blocked: 0, brief: 0, lostAt: NEVER, retryAt: NEVER });
  }

  protected unauthorized(end: End): void {
    if (this.isOver()) return;
    this.stop("unauthorized");
    this.machine.reason = end;
    this.effects.push({ type: "unauthorized" });
  }

  /** Whether nothing is tried until the application connects again. */
  protected isOver(): boolean {
    return ["idle", "closed", "unauthorized"].includes(this.machine.state);
  }

  /** Closes both wires. */
  protected abandon(code: number): void {
    const m = this.machine;
    for (const wire of [m.next, m.wire]) if (wire) this.effects.push({ type: "close", wire, code });
    m.wire = m.next = m.connectedAt = undefined;
    this.settle();
  }

  /** Makes nothing due on the wires. */
  protected settle(): void {
    const m = this.machine;
    m.openBy = m.nextBy = m.askAt = m.answerBy = m.drainAt = m.climbAt = NEVER;
  }

  /** It is not connected from now on. */
  protected away(): void {
    this.machine.awayAt = this.now;
    this.machine.lostAt = this.now + LOST_MS;
  }

  /** Asks the other side for a sign of life, which may take longer where answers took `lag`. */
  protected ask(lag = this.machine.lag): void {
    const m = this.machine;
    if (!m.wire || m.answerBy !== NEVER) return;
    this.effects.push({ type: "ask", wire: m.wire });
    m.answerBy = this.now + patience(m.transport, lag);
    m.askedAt = Math.min(m.askedAt, this.now);
    m.askAt = NEVER;
  }

  /** Takes a message, which shows that the connection lives. Only an answer shows how long the way is. */
  protected heard(wire: number, answer: boolean): void {
    const m = this.machine;
    if (wire !== m.wire || m.connectedAt === undefined) return;
    if (answer && m.askedAt !== NEVER) [m.lag, m.askedAt] = [this.now - m.askedAt, NEVER];
    m.answerBy = NEVER;
    m.askAt = this.now + SILENCE_MS[m.transport];
  }
}

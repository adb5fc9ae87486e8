import type { Event } from "./machine.js";
import { LATE_MS, LEFT } from "./policy.js";
import { Recovery } from "./recovery.js";
import { NEVER } from "./wires.js";

/** One step of the machine: what an event does to it. */
export class Transition extends Recovery {
  take(event: Event): void {
    switch (event.type) {
      case "connect": return this.connect();
      case "disconnect": return this.stop("idle");
      case "removed": return this.stop("closed");
      case "refused": return this.unauthorized({ code: 4403 });
      case "suspend": return this.suspend();
      case "wake": return this.wake(event.changed);
      case "opened": return this.opened(event.wire, event.ms);
      case "message": return this.heard(event.wire, event.answer);
      case "closed": return this.closed(event.wire, event.end, event.online);
      case "draining": return this.drain(event.wire, event.afterMs);
      case "probed": return this.probed(event.reachable, event.ms);
      case "touched": return this.hasten();
      case "reached": return this.reached(event.ms);
      case "unreachable": return this.unreachable();
      case "tick": return this.tick();
    }
  }

  private connect(): void {
    const m = this.machine;
    if (m.state !== "idle" && m.state !== "unauthorized") return this.wake(false);
    m.stale = m.state === "unauthorized";
    m.refusals = 0;
    this.away();
    this.open("connecting");
  }

  private drain(wire: number, afterMs: number): void {
    const m = this.machine;
    if (wire !== m.wire || m.state !== "connected") return;
    m.state = "draining";
    m.climbAt = NEVER;
    if (!m.next) m.drainAt = this.now + afterMs;
  }

  private suspend(): void {
    const m = this.machine;
    if (this.isOver() || m.suspended) return;
    this.abandon(LEFT);
    Object.assign(m, { state: "reconnecting", suspended: true, retryAt: NEVER, lostAt: NEVER });
  }

  private wake(changed: boolean): void {
    const m = this.machine;
    if (this.isOver()) return;
    if (m.connectedAt !== undefined) {
      this.ask();
      if (changed && m.transport !== m.transports[0] && !m.next && m.state === "connected") m.climbAt = this.now;
      return;
    }
    if (m.wire) return;
    const [best] = m.transports;
    if (changed && best) m.transport = best;
    m.attempt = m.failures = 0;
    if (m.suspended) this.away();
    m.suspended = false;
    this.open(m.state);
  }

  /** A request that took long may mean that the way has become long: the connection is asked, and gets the time for it. */
  private reached(ms: number): void {
    if (ms > LATE_MS && this.machine.connectedAt !== undefined) this.ask(ms);
    this.hasten();
  }

  /** Both say that there is no network, though an open socket may not know it yet. Another attempt shows whether that is so. */
  private unreachable(): void {
    const { wire, connectedAt } = this.machine;
    if (wire && connectedAt !== undefined) this.give(wire, false);
  }

  private tick(): void {
    const m = this.machine;
    if (m.lostAt <= this.now) [m.lost, m.lostAt] = [true, NEVER];
    if (m.next && m.nextBy <= this.now) this.give(m.next);
    if (m.wire && m.openBy <= this.now) this.overdue(m.wire);
    if (m.wire && m.answerBy <= this.now) this.give(m.wire);
    if (m.askAt <= this.now) this.ask();
    if (m.retryAt <= this.now) this.open(m.state);
    if (m.drainAt <= this.now) [m.drainAt] = [NEVER, this.openNext(m.transport)];
    if (m.climbAt <= this.now) this.climb();
  }

  /** Tries the transports above this one in turn, the best one first. */
  private climb(): void {
    const m = this.machine;
    m.climbAt = NEVER;
    const better = m.transports.slice(0, m.transports.indexOf(m.transport));
    const transport = better[m.climbs % better.length];
    if (transport) this.openNext(transport);
  }
}

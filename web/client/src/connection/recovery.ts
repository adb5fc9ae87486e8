import { backoff, climbWait, kindOf, LEFT, LONG_REQUEST_MS, offlineWait, slowWait, extraTime, STABLE_MS, type End } from "./policy.js";
import type { ConnectionState, Transport } from "./status.js";
import { NEVER, Wires } from "./wires.js";

/** The part of the machine that decides what follows the end of a wire: another attempt, another transport, or nothing. */
export class Recovery extends Wires {
  protected closed(wire: number, end: End, online: boolean): void {
    const m = this.machine;
    if (wire === m.next) return this.nextFailed(end);
    if (wire !== m.wire) return;
    const lasted = m.connectedAt === undefined ? -1 : this.now - m.connectedAt;
    if (lasted >= STABLE_MS) Object.assign(m, { attempt: 0, refusals: 0, defects: 0, slowed: 0, brief: 0 });
    m.wire = m.connectedAt = undefined;
    this.settle();
    m.reason = end;
    if (lasted < 0) m.failures++;
    else this.away();
    if (m.next) {
      this.promote();
      m.state = "reconnecting";
      return;
    }
    this.failed(end, lasted, online);
  }

  /** A wire beside the one in use was not accepted. The one in use goes on. */
  private nextFailed(end: End): void {
    const m = this.machine;
    m.stale ||= kindOf(end) === "refused";
    m.next = undefined;
    m.nextBy = NEVER;
    if (m.state === "draining") m.drainAt = this.now + 1_000;
    else m.climbAt = this.now + climbWait(++m.climbs);
  }

  /** `lasted` is how long it was connected; -1 if the server did not accept it. */
  private failed(end: End, lasted: number, online: boolean): void {
    const m = this.machine;
    switch (kindOf(end)) {
      case "refused": return this.refusedBy(end, lasted);
      case "slow": return this.retryIn(end.retryAfterMs ?? slowWait(m.slowed++));
      case "restart": return this.retryIn(3_000 * this.random());
      case "defect": return this.defect(end);
      case "removed": return this.stop("closed");
      case "network": return this.broken(lasted, online);
    }
  }

  /** A fresh token is tried at once; a second refusal in a row is the person's to solve. */
  private refusedBy(end: End, lasted: number): void {
    const m = this.machine;
    m.refusals = lasted >= 1_000 ? 1 : m.refusals + 1;
    if (m.refusals >= 2) return this.unauthorized(end);
    m.stale = true;
    this.open("connecting");
  }

  private defect(end: End): void {
    const m = this.machine;
    this.effects.push({ type: "defect", end });
    if (++m.defects >= 2 && this.lower()) return this.descend();
    this.retryIn(backoff(m.attempt++, this.random()));
  }

  private broken(lasted: number, online: boolean): void {
    const m = this.machine;
    if (lasted >= STABLE_MS) return this.retryIn(500 * this.random());
    if (lasted < 0 ? this.isBlocked() : ++m.brief >= 3 && this.lower()) return this.descend();
    if (lasted < 0 && !m.late) this.probe();
    const failures = m.attempt++;
    if (m.failures < 3 && online) return this.retryIn(backoff(failures, this.random()));
    this.retryIn(offlineWait(this.now - m.awayAt, failures, this.random()), "offline");
  }

  private retryIn(ms: number, state: ConnectionState = "reconnecting"): void {
    this.machine.state = state;
    this.machine.retryAt = this.now + ms;
  }

  /** The attempt takes long. If there is another transport, a request finds out whether the network is slow or this one is blocked. */
  protected overdue(wire: number): void {
    const m = this.machine;
    if (m.late || !this.lower()) return this.give(wire);
    m.late = true;
    m.openBy = this.now + extraTime(m.failures);
    this.probe();
  }

  private probe(): void {
    if (this.lower()) this.effects.push({ type: "probe" });
  }

  /** Requests are answered and this transport is not: after two such attempts it steps down. */
  protected probed(reachable: boolean, ms: number): void {
    const m = this.machine;
    if (this.isOver() || m.connectedAt !== undefined) return;
    if (!reachable) {
      m.blocked = 0;
      return;
    }
    m.blocked++;
    const late = m.late && m.wire;
    if (late && ms > LONG_REQUEST_MS) {
      m.openBy = Math.max(m.openBy, this.now + 2 * ms);
      return;
    }
    if (late) return this.give(late);
    if (m.wire) return; // where requests are slow, the next attempt has begun
    if (this.isBlocked()) return this.descend();
    this.hasten();
  }

  /** Gives a wire up that does not answer. */
  protected give(wire: number, online = true): void {
    this.effects.push({ type: "close", wire, code: LEFT });
    this.closed(wire, { code: 1006 }, online);
  }

  /** The network is there: the next attempt need not wait for long. Only the server's own wish is kept. */
  protected hasten(): void {
    const m = this.machine;
    if (m.retryAt === NEVER || (m.reason && kindOf(m.reason) === "slow")) return;
    m.retryAt = Math.min(m.retryAt, this.now + 1_000);
  }

  private isBlocked(): boolean {
    return this.machine.blocked >= 2 && this.lower() !== undefined;
  }

  /** The next transport to step down to. */
  private lower(): Transport | undefined {
    const { transports, transport } = this.machine;
    return transports[transports.indexOf(transport) + 1];
  }

  private descend(): void {
    const m = this.machine;
    m.transport = this.lower() ?? m.transport;
    Object.assign(m, { attempt: 0, defects: 0, blocked: 0, brief: 0, climbs: 0 });
    this.open("reconnecting");
  }
}

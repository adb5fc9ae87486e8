import { callSafely, State } from "../state.js";
import { Follower, type FollowerHost } from "./follower.js";
import type { Following } from "./link.js";
import { backoff } from "./policy.js";
import type { Wire } from "./wire.js";

const QUIET_MS = 500;
const RESYNC_JITTER_MS = 2_000;
const CALM_MS = 60_000;

/** All subscriptions of a tab. They move together from wire to wire, and begin together when the log was replaced. */
export class Followers implements FollowerHost {
  /** Whether what was missed is still coming. */
  readonly catchingUp = new State(false);
  private readonly all = new Set<Follower>();
  /** The followers that begin again when the waiting time is over. */
  private readonly voided = new Set<Follower>();
  private readonly listeners = new Set<() => void>();
  private wire: Wire | undefined;
  private asOf: string | undefined;
  private newest = "";
  private quiet: ReturnType<typeof setTimeout> | undefined;
  private reading: Promise<string> | undefined;
  private resyncing: ReturnType<typeof setTimeout> | undefined;
  private resyncs = 0;
  private resyncedAt = -Infinity;

  constructor(private readonly readPosition: () => Promise<string>) {}

  follow(following: Following<unknown>): () => void {
    const follower = new Follower(following, this);
    this.all.add(follower);
    // After this task, so that what begins, ends and begins again in one, as in React's StrictMode, is one subscription.
    queueMicrotask(() => {
      if (this.wire && this.all.has(follower)) follower.adopt(this.wire, undefined);
    });
    return () => follower.stop();
  }

  onResync(listener: () => void): () => void {
    const entry = () => listener();
    this.listeners.add(entry);
    return () => void this.listeners.delete(entry);
  }

  adopt(wire: Wire, asOf: string | undefined): void {
    this.wire = wire;
    this.asOf = asOf;
    const missed = asOf === undefined || asOf > this.newest;
    this.catchingUp.set(missed && this.all.size > 0);
    this.waitForQuiet();
    for (const follower of [...this.all]) callSafely(() => follower.adopt(wire, asOf));
  }

  /** A wire is gone. It is ignored if the subscriptions have moved on. */
  release(wire: Wire): void {
    if (wire !== this.wire) return;
    this.wire = undefined;
    this.catchingUp.set(false);
    clearTimeout(this.quiet);
    for (const follower of [...this.all]) follower.release();
  }

  /** All cursors are void. The waiting time is random, so that the clients of a restored server do not come at once. */
  resync(cause: Follower): void {
    if (this.resyncing !== undefined) return this.void(cause);
    for (const follower of this.all) this.void(follower);
    this.newest = "";
    this.resyncs = Date.now() - this.resyncedAt < CALM_MS ? this.resyncs + 1 : 0;
    this.resyncedAt = Date.now();
    const wait = RESYNC_JITTER_MS * Math.random() + (this.resyncs && backoff(this.resyncs + 1, 1));
    for (const listener of [...this.listeners]) callSafely(listener);
    this.resyncing = setTimeout(() => {
      this.resyncing = undefined;
      for (const follower of this.voided) void follower.restart();
      this.voided.clear();
    }, wait);
  }

  private void(follower: Follower): void {
    follower.void();
    this.voided.add(follower);
  }

  /** Several that ask at once share one query. */
  position(): Promise<string> {
    return (this.reading ??= this.readPosition().finally(() => (this.reading = undefined)));
  }

  moved(cursor: string | undefined): void {
    if (cursor !== undefined && cursor > this.newest) this.newest = cursor;
    if (this.catchingUp.get()) this.waitForQuiet();
  }

  left(follower: Follower): void {
    this.all.delete(follower);
    this.voided.delete(follower);
  }

  /** The server does not say when a subscription has sent what was missed; when nothing more comes for a moment, it has. */
  private waitForQuiet(): void {
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => {
      if (this.asOf !== undefined && this.asOf > this.newest) this.newest = this.asOf;
      this.catchingUp.set(false);
    }, QUIET_MS);
  }
}

import { State } from "../../state.js";
import type { Audience, Connection } from "../connection.js";
import type { SessionEvent } from "../link.js";
import type { Event } from "../machine.js";
import type { ConnectionStatus } from "../status.js";
import type { Wire } from "../wire.js";
import type { TabBrowser } from "./browser.js";
import type { Leader } from "./leader.js";
import type { Membership, MembershipHost } from "./membership.js";

/** How long a tab has a connection of its own before it asks again for its person. */
const IDENTIFY_AGAIN_MS = 30_000;

/** The parts of a connection that the tabs of a browser share. */
export interface Sharing {
  readonly browser: TabBrowser;
  /** Names the person and the server: only tabs with the same name share. Rejects if the server can't be asked. */
  identify(): Promise<string>;
  /** The subscriptions of this tab. */
  readonly followers: Audience;
  /** Makes this tab's own connection. Its wires carry the audience's subscriptions. */
  connection(audience: Audience, onSession: (event: SessionEvent) => void): Connection;
  onSession(event: SessionEvent): void;
}

/**
 * The connection of a tab that shares it with the other tabs of its person. One tab leads and is connected; the others
 * subscribe through it. While the person is unknown, as without a network, and where the browser has no locks, the tab
 * has a connection of its own.
 */
export class SharedConnection implements Connection, MembershipHost {
  readonly status: State<ConnectionStatus>;
  readonly leading = new State(false);
  private readonly own: Connection;
  private readonly ends: (() => void)[];
  private membership: Membership | undefined;
  private leader: Leader | undefined;
  private carrying: { readonly wire: Wire; readonly asOf: string | undefined } | undefined;
  /** The state of the leader's connection, while another tab leads. */
  private followed: ConnectionStatus | undefined;
  private key: string | undefined;
  private wanted = false;
  private suspended = false;
  private shareable = true;
  private connected = false;
  private entries = 0;

  constructor(private readonly sharing: Sharing) {
    const { followers } = sharing;
    this.own = sharing.connection({
      catchingUp: followers.catchingUp,
      adopt: (wire, asOf) => this.adopt(wire, asOf),
      release: (wire) => this.release(wire),
    }, (event) => {
      sharing.onSession(event);
      this.leader?.announce(event);
    });
    this.status = new State(this.own.status.get());
    this.ends = [this.own.status.subscribe(() => this.changed()), followers.catchingUp.subscribe(() => this.publish())];
  }

  send(event: Event): void {
    switch (event.type) {
      case "connect": return this.connect();
      case "disconnect": case "removed": return this.stop(event);
      case "suspend": return this.suspend();
      case "wake": return this.wake(event);
      // The tab's own credentials were refused, so its own connection has to find out what that means.
      case "refused": return this.leader || !this.membership ? this.own.send(event) : this.alone();
      default: return this.membership && !this.leader ? this.membership.forward(event) : this.own.send(event);
    }
  }

  dispose(): void {
    this.stop({ type: "removed" });
    for (const end of this.ends) end();
    this.own.dispose();
  }

  /** Whether a person looks at another tab, which uses the connection of this one. */
  isWatched(): boolean {
    return this.leader?.isWatched() ?? false;
  }

  leads(leader: Leader): void {
    this.leader = leader;
    this.followed = undefined;
    if (this.carrying) leader.adopt(this.carrying.wire, this.carrying.asOf);
    this.begin();
    this.leading.set(true);
    this.publish();
  }

  robbed(): void {
    this.leader = undefined;
    this.leading.set(false);
    this.own.send({ type: "suspend" });
  }

  follows(status: ConnectionStatus): void {
    this.followed = status;
    if (!this.carrying) this.own.send({ type: "suspend" });
    this.publish();
  }

  up(wire: Wire, asOf: string | undefined): void {
    this.sharing.followers.adopt(wire, asOf);
    this.own.send({ type: "suspend" });
  }

  down(wire: Wire): void {
    this.sharing.followers.release(wire);
  }

  session(event: SessionEvent): void {
    this.sharing.onSession(event);
  }

  refused(): void {
    this.shareable = false;
    this.alone();
    this.leading.set(true);
  }

  private connect(): void {
    if (this.wanted) return this.suspended ? undefined : this.wake({ type: "wake", changed: false });
    this.wanted = true;
    if (this.shareable) void this.enter();
    else this.begin();
  }

  /** Joins the tabs of the person. Without knowing the person, or while the code of that can't be loaded, it connects by itself. */
  private async enter(): Promise<void> {
    const entry = ++this.entries;
    this.publish();
    let code: typeof import("./membership.js");
    try {
      [this.key, code] = await Promise.all([this.key ?? this.sharing.identify(), import("./membership.js")]);
    } catch {
      if (entry !== this.entries) return;
      setTimeout(() => entry === this.entries && void this.enter(), IDENTIFY_AGAIN_MS);
      return this.begin();
    }
    if (entry !== this.entries) return;
    this.membership = new code.Membership(this.sharing.browser, this.key, this);
    this.publish();
  }

  /** Connects this tab itself, from whatever state. */
  private begin(): void {
    this.own.send({ type: "connect" });
    this.own.send({ type: "wake", changed: false });
  }

  private alone(): void {
    this.leave(false);
    this.begin();
  }

  private leave(bye: boolean): void {
    this.entries++;
    this.membership?.leave(bye);
    this.membership = this.leader = this.followed = undefined;
    this.leading.set(false);
  }

  /** The next sign-in may be another person's. */
  private forget(): void {
    this.wanted = false;
    this.key = undefined;
  }

  /** Ends the connection of this tab. If other tabs use it, their presence has to outlive it. */
  private stop(event: Event): void {
    this.forget();
    if (this.leader?.serves) this.own.send({ type: "suspend" });
    this.own.send(event);
    this.leave(true);
    this.publish();
  }

  private suspend(): void {
    this.suspended = true;
    this.own.send({ type: "suspend" });
    this.leave(false);
  }

  private wake(event: Event): void {
    const { suspended } = this;
    this.suspended = false;
    if (suspended && this.wanted && this.shareable) void this.enter();
    else if (this.membership && !this.leader) this.membership.forward(event);
    else this.own.send(event);
  }

  private adopt(wire: Wire, asOf: string | undefined): void {
    this.carrying = { wire, asOf };
    this.sharing.followers.adopt(wire, asOf);
    this.leader?.adopt(wire, asOf);
  }

  private release(wire: Wire): void {
    if (this.carrying?.wire === wire) this.carrying = undefined;
    this.sharing.followers.release(wire);
    this.leader?.release(wire);
  }

  /** A connection that has ended for good leaves the lead to a tab whose credentials may be better. */
  private changed(): void {
    const { state } = this.own.status.get();
    if (state === "unauthorized" || state === "closed") {
      this.forget();
      this.leave(true);
    }
    const connected = state === "connected";
    if (connected && !this.connected && this.shareable && !this.membership) void this.enter();
    this.connected = connected;
    this.publish();
  }

  private publish(): void {
    const before = this.status.get();
    const next = { ...this.present(), pending: before.pending };
    if (next.state === before.state) Object.assign(next, { since: before.since });
    this.status.update(next);
  }

  private present(): ConnectionStatus {
    const own = this.own.status.get();
    const catchingUp = this.sharing.followers.catchingUp.get();
    if (this.followed) return { ...this.followed, catchingUp };
    // It waits for its part among the tabs.
    if (this.wanted && own.state === "idle") return { ...own, state: "connecting" };
    return own;
  }
}

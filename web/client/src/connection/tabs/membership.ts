import type { Event } from "../machine.js";
import type { SessionEvent } from "../link.js";
import type { ConnectionStatus } from "../status.js";
import type { Wire } from "../wire.js";
import type { Channel, TabBrowser } from "./browser.js";
import { Leader, type LeaderHost } from "./leader.js";
import { requestLock } from "./lock.js";
import type { Answer, FromLeader, Lead, ToLeader } from "./messages.js";
import { TabWire } from "./tabWire.js";

/** How often a visible tab asks a silent leader, and how many questions may stay without an answer: 1.5 s in all. */
const ASK_MS = 500;
const PATIENCE = 3;
/** The tab tells the leader each time it has taken this many answers. */
const TOLD_AFTER = 250;

/** The tab, as it learns of its part among the tabs. */
export interface MembershipHost extends LeaderHost {
  /** This tab has the connection now. */
  leads(leader: Leader): void;
  /** Another tab has taken the connection. This one must end its own. */
  robbed(): void;
  /** Another tab has the connection, in this state. */
  follows(status: ConnectionStatus): void;
  up(wire: Wire, asOf: string | undefined): void;
  down(wire: Wire): void;
  session(event: SessionEvent): void;
  /** The browser gives no locks to this page. */
  refused(): void;
}

/** One stay of a tab among the tabs of its person, which have one connection: from joining until leaving. */
export class Membership {
  private readonly id = crypto.randomUUID();
  private readonly all: Channel;
  private readonly own: Channel;
  private readonly ends: (() => void)[] = [];
  private giveUp = () => {};
  private leader: Leader | undefined;
  private wire: TabWire | undefined;
  private term = 0;
  private unanswered = 0;
  private taken = 0;

  /** `key` names the person, so that tabs of different people have nothing to do with each other. */
  constructor(private readonly browser: TabBrowser, private readonly key: string, private readonly host: MembershipHost) {
    this.all = browser.channel(key);
    this.own = browser.channel(`${key}:${this.id}`);
    this.all.onmessage = ({ data }) => this.hear(data as ToLeader | Lead);
    this.own.onmessage = ({ data }) => this.receive(data as FromLeader);
    // The leader notices the end of a tab by this lock, so nothing is asked of it before.
    this.ends.push(requestLock(browser, `${key}:${this.id}`, { held: () => this.begin(), refused: () => host.refused() }));
  }

  /** Tells the leader of something that matters to the connection. */
  forward(event: Event): void {
    this.post({ type: "event", event });
  }

  /** Leaves. With `bye`, its subscriptions end at once; otherwise they last until a reload could have begun them again. */
  leave(bye: boolean): void {
    if (bye && !this.leader) this.post({ type: "bye" });
    this.drop();
    this.leader?.end();
    this.leader = undefined;
    this.giveUp();
    for (const end of this.ends) end();
    for (const channel of [this.all, this.own]) {
      channel.onmessage = null;
      channel.close();
    }
  }

  private begin(): void {
    this.queue(false);
    this.post({ type: "hello" });
    const timer = setInterval(() => this.ask(), ASK_MS);
    this.ends.push(() => clearInterval(timer), this.browser.onVisible(() => this.ask()));
  }

  /** Waits until the connection is this tab's, or takes it. */
  private queue(steal: boolean): void {
    this.giveUp();
    this.giveUp = requestLock(this.browser, this.key, { held: () => this.lead(), robbed: () => this.robbed(), refused: () => this.host.refused() }, steal);
  }

  private lead(): void {
    this.drop();
    this.term = Math.max(Date.now(), this.term + 1);
    this.leader = new Leader(this.browser, this.key, this.term, this.host);
    this.all.postMessage({ type: "lead", term: this.term } satisfies Lead);
    this.host.leads(this.leader);
  }

  private robbed(): void {
    this.leader?.end();
    this.leader = undefined;
    this.host.robbed();
    this.queue(false);
    this.post({ type: "hello" });
  }

  private post(message: Unsigned): void {
    this.all.postMessage({ ...message, tab: this.id });
  }

  /** A frozen leader keeps its lock, so a visible tab that hears nothing takes it. The ticks of a tab that was busy itself come once. */
  private ask(): void {
    if (this.leader) return;
    if (!this.browser.visible()) this.unanswered = 0;
    else if (++this.unanswered > PATIENCE) this.steal();
    else if (this.unanswered > 1) this.post({ type: "ask" });
  }

  private steal(): void {
    this.unanswered = 0;
    this.queue(true);
  }

  private hear(message: ToLeader | Lead): void {
    if (message.type !== "lead") return this.leader?.take(message);
    if (this.leader || message.term <= this.term) return;
    this.heard(message.term);
    this.post({ type: "hello" });
  }

  /** Notes that the leader of a term runs. Messages of former leaders do not count from then on. */
  private heard(term: number): void {
    this.unanswered = 0;
    if (term > this.term) this.drop();
    this.term = term;
  }

  private receive(message: FromLeader): void {
    if (this.leader || message.term < this.term) return;
    this.heard(message.term);
    switch (message.type) {
      case "here": return;
      case "status": return this.host.follows(message.status);
      case "session": return this.host.session(message.event);
      case "down": return this.drop();
      case "up": return this.up(message);
      default: return this.take(message);
    }
  }

  private take(answer: Answer): void {
    this.wire?.take(answer);
    if (++this.taken % TOLD_AFTER === 0) this.post({ type: "took", count: TOLD_AFTER });
  }

  private up({ wire, transport, asOf }: FromLeader & { type: "up" }): void {
    if (this.wire?.wire === wire) return;
    const former = this.wire;
    this.wire = new TabWire(transport, wire, (message) => this.post(message));
    this.host.up(this.wire, asOf);
    former?.close();
  }

  private drop(): void {
    const { wire } = this;
    this.wire = undefined;
    if (!wire) return;
    wire.close();
    this.host.down(wire);
  }
}

type Unsigned = ToLeader extends infer M ? (M extends ToLeader ? Omit<M, "tab"> : never) : never;

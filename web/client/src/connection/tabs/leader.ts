import type { SessionEvent } from "../link.js";
import type { Event } from "../machine.js";
import type { ConnectionStatus } from "../status.js";
import type { ReadableState } from "../../state.js";
import type { Wire } from "../wire.js";
import type { TabBrowser } from "./browser.js";
import { requestLock } from "./lock.js";
import type { ToLeader, ToTab } from "./messages.js";
import { ServedTab } from "./servedTab.js";

/** How long the subscriptions of a tab that is gone last: a reload is then not seen as a leaving. */
const GRACE_MS = 5_000;

/** How long a tab counts as visible after a question. It asks each second while nothing comes. */
const WATCHED_MS = 3_000;

/** The connection behind a leader. */
export interface LeaderHost {
  readonly status: ReadableState<ConnectionStatus>;
  send(event: Event): void;
}

/** The leading tab of a browser, which has the connection, as it serves all other tabs. */
export class Leader {
  private readonly tabs = new Map<string, ServedTab>();
  private readonly unwatch: () => void;
  private wire: Wire | undefined;
  private asOf: string | undefined;
  /** The number of the present wire, so that messages about former ones can be told apart. */
  private number = 0;
  private askedAt = -Infinity;

  /** `key` names the locks and channels of the tabs. */
  constructor(private readonly browser: TabBrowser, private readonly key: string, private readonly term: number, private readonly host: LeaderHost) {
    this.unwatch = host.status.subscribe(() => this.tell({ type: "status", status: host.status.get() }));
  }

  /** Whether a visible tab has asked lately. */
  isWatched(): boolean {
    return Date.now() - this.askedAt < WATCHED_MS;
  }

  adopt(wire: Wire, asOf: string | undefined): void {
    this.wire = wire;
    this.asOf = asOf;
    this.number++;
    for (const tab of this.tabs.values()) {
      tab.forget();
      this.up(tab);
    }
  }

  /** A wire is gone. It is ignored if the subscriptions have moved on. */
  release(wire: Wire): void {
    if (wire !== this.wire) return;
    this.wire = undefined;
    for (const tab of this.tabs.values()) tab.forget();
    this.tell({ type: "down" });
  }

  announce(event: SessionEvent): void {
    this.tell({ type: "session", event });
  }

  take(message: ToLeader): void {
    const tab = this.tabs.get(message.tab);
    if (!tab || message.type === "hello") return this.greet(tab ?? this.welcome(message.tab));
    switch (message.type) {
      case "bye": return this.drop(message.tab);
      case "event": return this.host.send(message.event);
      case "took": return tab.took(message.count);
      case "unsubscribe": return tab.unsubscribe(message.id);
      case "subscribe":
        if (this.wire && message.wire === this.number) tab.subscribe(this.wire, message.id, message.operation);
        return;
      case "ask":
        this.askedAt = Date.now();
        tab.post({ type: "here" });
        // The timers of a hidden tab are late, the messages of a visible one are not.
        return this.host.send({ type: "tick" });
    }
  }

  /** Whether it serves any other tab. */
  get serves(): boolean {
    return this.tabs.size > 0;
  }

  end(): void {
    this.unwatch();
    this.tell({ type: "down" });
    for (const tab of this.tabs.values()) tab.close();
    this.tabs.clear();
  }

  private welcome(id: string): ServedTab {
    // The tab holds this lock while it lives.
    const unwatch = requestLock(this.browser, `${this.key}:${id}`, {
      held: () => {
        unwatch();
        setTimeout(() => this.drop(id), GRACE_MS);
      },
    });
    const tab = new ServedTab(this.browser.channel(`${this.key}:${id}`), this.term, () => unwatch(), () => this.drop(id));
    this.tabs.set(id, tab);
    return tab;
  }

  private greet(tab: ServedTab): void {
    tab.post({ type: "status", status: this.host.status.get() });
    this.up(tab);
  }

  private up(tab: ServedTab): void {
    if (this.wire) tab.post({ type: "up", wire: this.number, transport: this.wire.transport, asOf: this.asOf });
  }

  private drop(id: string): void {
    const tab = this.tabs.get(id);
    this.tabs.delete(id);
    tab?.unsubscribeAll();
    // If it still runs, or will, it begins again.
    tab?.post({ type: "down" });
    tab?.close();
  }

  private tell(message: ToTab): void {
    for (const tab of this.tabs.values()) tab.post(message);
  }
}

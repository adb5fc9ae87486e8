import { State, type LiveRoom } from "@tandem/client";
import type { Messages } from "../messages/messages.js";

/** How soon a screen reader speaks: after what it is saying, or at once. */
export type Urgency = "polite" | "assertive";

/** A place for announcements and toasts: the page, or a modal dialog, which makes everything outside of it inert. */
export interface Host {
  readonly element: HTMLElement;
  /** Announces a text, and with `visible` shows it for a while, too. */
  say(text: string, urgency: Urgency, visible: boolean): void;
}

/** How long the names of people who join are gathered into one announcement. */
const gatherFor = 3_000;

/** Announces to screen readers, always in the topmost host. Nobody's typing is announced. */
export class Announcer {
  private hosts: readonly Host[] = [];
  private readonly rooms = new Map<string, { users: number; end: () => void }>();
  private names: string[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private lastJoin = -Infinity;
  /** The element of the topmost host, where toasts belong. */
  readonly top = new State<HTMLElement | undefined>(undefined);

  constructor(private readonly messages: () => Messages) {}

  readonly say = (text: string, urgency: Urgency = "polite"): void => this.hosts.at(-1)?.say(text, urgency, false);

  /** Announces a text, and shows it for a while. */
  readonly show = (text: string): void => this.hosts.at(-1)?.say(text, "polite", true);

  /** Makes a host the topmost one, until the returned function is called. */
  readonly add = (host: Host): (() => void) => {
    this.setHosts([...this.hosts, host]);
    return () => this.setHosts(this.hosts.filter((each) => each !== host));
  };

  /** Announces people who join a room, once for all who ask for the same room. */
  readonly watch = (id: string, room: LiveRoom): (() => void) => {
    const watched = this.rooms.get(id) ?? { users: 0, end: this.follow(room) };
    watched.users++;
    this.rooms.set(id, watched);
    return () => {
      if (--watched.users > 0) return;
      watched.end();
      this.rooms.delete(id);
    };
  };

  private setHosts(hosts: readonly Host[]): void {
    this.hosts = hosts;
    this.top.set(hosts.at(-1)?.element);
  }

  private follow(room: LiveRoom): () => void {
    let known: Set<string> | undefined;
    const look = () => {
      const { users, currentUser, stale } = room.get();
      // Before the first snapshot one's own presence is missing: people who come with it were there before.
      if (stale || !currentUser) return void (known = undefined);
      const before = known;
      known = new Set(users.map((each) => each.key));
      for (const each of users) if (before && !before.has(each.key) && !each.isSelf) this.joined(each.user.name);
    };
    const end = room.subscribe(look);
    look();
    return end;
  }

  private joined(name: string): void {
    this.names.push(name || this.messages().somebody());
    if (this.timer !== undefined) return;
    const wait = Math.max(0, this.lastJoin + gatherFor - Date.now());
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.lastJoin = Date.now();
      this.say(this.messages().joined(this.names.splice(0)));
    }, wait);
  }
}

import { Unavailable } from "../errors.js";
import { callSafely, State } from "../state.js";
import type { Audience, Connection } from "./connection.js";
import { Clock } from "./clock.js";
import type { Credentials } from "./credentials.js";
import type { Http } from "./http.js";
import { dueAt, initial, step, type Effect, type Event, type Machine } from "./machine.js";
import type { End } from "./policy.js";
import { Session, type SessionHost } from "./session.js";
import type { ConnectionStatus, Transport } from "./status.js";
import { statusOf } from "./statusOf.js";
import { wireOf } from "./transports.js";
import type { Platform, Wire } from "./wire.js";

/** The parts that a connection uses, and the listeners that it calls. */
export interface Surroundings {
  readonly url: string;
  readonly platform: Platform;
  readonly credentials: Credentials;
  readonly http: Http;
  readonly followers: Audience;
  readonly transports: readonly Transport[];
  /** The transport that worked here last. */
  readonly first?: Transport | undefined;
  /** Whether the browser believes that it has a network. It may be wrong. */
  online(): boolean;
  readonly onSession: SessionHost["onAccess"];
  onConnected(transport: Transport): void;
  onUnauthorized(): void;
  onDefect(end: End): void;
}

/** The time by which a timer may be late before the device must have slept. */
const SLEPT_MS = 5_000;

interface Entry {
  wire: Wire | undefined;
  asOf: string | undefined;
  session: Session | undefined;
}

/** Does what the machine decides, and tells it what happens. It has the only connection of a tab, or of a browser. */
export class Supervisor implements Connection {
  readonly status: State<ConnectionStatus>;
  readonly leading = new State(true);
  private readonly clock = new Clock();
  private machine: Machine;
  private readonly entries = new Map<number, Entry>();
  private readonly queue: Event[] = [];
  private heardAt = -Infinity;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly unfollow: () => void;

  constructor(private readonly around: Surroundings) {
    this.machine = initial(around.transports, this.clock.now(), around.first);
    this.status = new State(statusOf(this.machine, around.followers.catchingUp.get(), this.clock));
    this.unfollow = around.followers.catchingUp.subscribe(() => this.publish());
  }

  /** Takes an event. Effects may bring further events; those are taken when the present one is done. An effect that fails stops no other. */
  send(event: Event): void {
    this.queue.push(event);
    if (this.queue.length > 1) return;
    for (let next = this.queue[0]; next; this.queue.shift(), next = this.queue[0]) {
      const { machine, effects } = step(this.machine, next, this.clock.now());
      this.machine = machine;
      for (const effect of effects) callSafely(() => this.perform(effect));
    }
    this.schedule();
    this.publish();
  }

  /** Ends everything for good. */
  dispose(): void {
    this.send({ type: "removed" });
    this.unfollow();
    clearTimeout(this.timer);
  }

  private publish(): void {
    this.status.update(statusOf(this.machine, this.around.followers.catchingUp.get(), this.clock));
  }

  private schedule(): void {
    clearTimeout(this.timer);
    const due = dueAt(this.machine);
    if (due === Infinity) return;
    this.timer = setTimeout(() => {
      if (this.clock.now() - due > SLEPT_MS) this.send({ type: "wake", changed: true });
      this.send({ type: "tick" });
    }, Math.max(0, due - this.clock.now()));
  }

  private perform(effect: Effect): void {
    const { around } = this;
    switch (effect.type) {
      case "open": return void this.open(effect.wire, effect.transport, effect.fresh);
      case "adopt": return this.adopt(effect.wire);
      case "close": return this.close(effect.wire, effect.code);
      case "ask": return this.entries.get(effect.wire)?.wire?.ask();
      case "probe": return void this.probe();
      case "unauthorized": return around.onUnauthorized();
      case "defect": return around.onDefect(effect.end);
    }
  }

  private async open(number: number, transport: Transport, fresh: boolean): Promise<void> {
    const entry: Entry = { wire: undefined, asOf: undefined, session: undefined };
    this.entries.set(number, entry);
    const current = () => this.entries.get(number) === entry;
    const closed = (end: End) => {
      if (!current()) return;
      this.forget(number);
      this.send({ type: "closed", wire: number, end, online: this.around.online() });
    };
    try {
      const { url, platform, credentials, http } = this.around;
      const [token, Wire] = await Promise.all([credentials.token(fresh), wireOf(transport)]);
      if (!current()) return;
      entry.wire = new Wire({ url, platform, token, execute: http.execute.bind(http) }, {
        opened: (asOf, ms) => {
          entry.asOf = asOf;
          this.send({ type: "opened", wire: number, ms });
        },
        heard: (answer) => this.heard(number, answer),
        closed,
      });
    } catch {
      closed({ code: 1006 }); // it has no token, or can't load the code
    }
  }

  /** A message moves nothing but the time of the next question, so one in a second is enough, unless there was a question. */
  private heard(wire: number, answer: boolean): void {
    const now = this.clock.now();
    if (!answer && this.machine.answerBy === Infinity && now - this.heardAt < 1_000) return;
    this.heardAt = now;
    this.send({ type: "message", wire, answer });
  }

  private adopt(number: number): void {
    const entry = this.entries.get(number);
    if (!entry?.wire) return;
    const { followers, credentials } = this.around;
    followers.adopt(entry.wire, entry.asOf);
    entry.session = new Session(entry.wire, credentials, {
      onAccess: this.around.onSession,
      onDraining: (afterMs) => this.send({ type: "draining", wire: number, afterMs }),
      onRemoved: () => this.send({ type: "removed" }),
    });
    this.around.onConnected(entry.wire.transport);
  }

  private close(number: number, code: number): void {
    const wire = this.entries.get(number)?.wire;
    this.forget(number);
    wire?.close(code);
  }

  /** From here on nothing of this wire counts. */
  private forget(number: number): void {
    const entry = this.entries.get(number);
    this.entries.delete(number);
    entry?.session?.end();
    if (entry?.wire) this.around.followers.release(entry.wire);
  }

  private async probe(): Promise<void> {
    const begunAt = this.clock.now();
    let reachable = true;
    try {
      await this.around.http.execute({ query: "{__typename}" });
    } catch (error) {
      reachable = !(error instanceof Unavailable);
    }
    this.send({ type: "probed", reachable, ms: this.clock.now() - begunAt });
  }
}

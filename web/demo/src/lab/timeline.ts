import { State, type ReadableState, type Tandem, type TandemData } from "@tandem/client";
import type { Meter } from "./meter.js";

/** A stretch of time in which the connection was in one state. */
export interface Stretch {
  readonly kind: "live" | "away" | "catching-up";
  readonly from: number;
  /** Undefined while it lasts. */
  readonly to: number | undefined;
  readonly transport: string;
  /** The events that were resumed, and the edits that were sent, when it began. */
  readonly resumed: number;
  readonly sent: number;
}

/** How many stretches are kept. */
const most = 24;

/** The states of a connection over time. */
export class Timeline implements ReadableState<readonly Stretch[]> {
  private readonly state = new State<readonly Stretch[]>([]);
  private waiting = 0;
  private resumedBefore = 0;
  private readonly ends: (() => void)[];
  readonly get = this.state.get;
  readonly subscribe = this.state.subscribe;

  constructor(private readonly tandem: Tandem & TandemData, private readonly meter: Meter) {
    this.ends = [tandem.status.subscribe(() => this.look()), tandem.outbox.subscribe(() => this.look()), meter.subscribe(() => this.look())];
    this.look();
  }

  end(): void {
    for (const end of this.ends) end();
  }

  private look(): void {
    const { state, catchingUp, transport } = this.tandem.status.get();
    const kind = state !== "connected" && state !== "draining" ? "away" : catchingUp ? "catching-up" : "live";
    const all = this.state.get();
    const last = all.at(-1);
    const { resumed } = this.meter.get();
    if (kind === "away" && last?.kind !== "away") this.waiting = 0;
    if (kind === "away") this.waiting = Math.max(this.waiting, this.tandem.outbox.get().waiting);
    if (last?.kind === kind && last.transport === transport) return this.settle(all, last, resumed);
    if (kind === "away" && last?.kind !== "away") this.resumedBefore = resumed;
    const now = Date.now();
    const ended = last ? [...all.slice(0, -1), { ...last, to: now }] : all;
    this.state.set([...ended, { kind, from: now, to: undefined, transport, resumed: 0, sent: 0 } satisfies Stretch].slice(-most));
    this.look();
  }

  /** Events and answers that come a little after the recovery belong to it. */
  private settle(all: readonly Stretch[], last: Stretch, resumed: number): void {
    if (last.kind !== "live" || all.length < 2) return;
    const sent = Math.max(last.sent, this.waiting - this.tandem.outbox.get().waiting);
    const came = resumed - this.resumedBefore;
    // A change of the transport is not a recovery.
    if (all.at(-2)?.kind === "live") return;
    if (sent === last.sent && came === last.resumed) return;
    this.state.set([...all.slice(0, -1), { ...last, sent, resumed: came }]);
  }
}

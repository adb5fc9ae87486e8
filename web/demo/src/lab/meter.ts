import { request, State, type ReadableState, type Tandem } from "@tandem/client";
import { ChangesSinceDocument, LabChangesDocument, LabPositionDocument, type LabChangesSubscription } from "../documents/documents.js";

/** The counts of a client's events, compared with the changes that the server has. */
export interface Counts {
  /** The position of the last event. */
  readonly cursor: string;
  readonly received: number;
  /** Of those, the events that came while the client caught up after an outage. */
  readonly resumed: number;
  readonly lost: number;
  readonly doubled: number;
  /** How many changes of the server were compared. */
  readonly compared: number;
  readonly comparedAt: Date | undefined;
}

type Change = Pick<NonNullable<LabChangesSubscription["entityChanged"]>, "cursor" | "entityId" | "version">;

/** How long an event may be on its way, in milliseconds, before a change that the server has counts as lost. */
const patience = 3_000;
const pageSize = 100;
/** How many compared changes are remembered, to notice events that come again. */
const remembered = 1_000;
/** How many events wait for the comparison with the server until it is made without an outage. */
const mostWaiting = 5_000;

/** Follows all changes of a client as any subscription does, and compares what came with the server's own list. */
export class Meter implements ReadableState<Counts> {
  private readonly state = new State<Counts>({ cursor: "", received: 0, resumed: 0, lost: 0, doubled: 0, compared: 0, comparedAt: undefined });
  private readonly seen = new Map<string, number>();
  /** The names of the changes that were compared last, the oldest first. */
  private readonly known: string[] = [];
  private readonly ending = new AbortController();
  private comparing = false;
  private comparedUpTo = "";
  private catchingUp = false;
  readonly get = this.state.get;
  readonly subscribe = this.state.subscribe;

  constructor(private readonly tandem: Tandem) {
    void this.begin();
  }

  end(): void {
    this.ending.abort();
  }

  private async begin(): Promise<void> {
    // Without an answer there is nothing to compare with yet.
    const after = await this.position();
    if (after === undefined) return;
    this.comparedUpTo = after;
    this.state.set({ ...this.get(), cursor: after });
    const stop = this.tandem.link.follow<LabChangesSubscription>({
      query: LabChangesDocument, after, next: ({ entityChanged }) => this.take(entityChanged), ended: () => {},
      resync: async () => (this.comparedUpTo = (await this.position()) ?? this.comparedUpTo),
    });
    const unwatch = this.tandem.status.subscribe(() => this.watch());
    this.ending.signal.addEventListener("abort", () => [stop, unwatch].forEach((end) => end()));
  }

  private async position(): Promise<string | undefined> {
    while (!this.ending.signal.aborted) {
      try {
        return (await request(this.tandem.link, LabPositionDocument, {})).customers.asOf;
      } catch {
        await pause(1_000);
      }
    }
    return undefined;
  }

  private take(change: Change): void {
    const name = nameOf(change);
    const before = this.seen.get(name) ?? 0;
    this.seen.set(name, before + 1);
    const counts = this.get();
    this.state.set({
      ...counts, cursor: change.cursor, received: counts.received + 1, resumed: counts.resumed + (this.catchingUp ? 1 : 0), doubled: counts.doubled + (before > 0 ? 1 : 0),
    });
    if (this.seen.size > mostWaiting) void this.compare();
  }

  private watch(): void {
    const { state, catchingUp } = this.tandem.status.get();
    const was = this.catchingUp;
    this.catchingUp = catchingUp || state !== "connected";
    if (was && !this.catchingUp) void this.compare();
  }

  /** Compares the events with the changes that the server has had since the last comparison. */
  async compare(): Promise<void> {
    if (this.comparing || !this.comparedUpTo) return;
    this.comparing = true;
    try {
      for (let more = true; more && !this.ending.signal.aborted; ) more = await this.comparePage();
    } catch {
      // The connection is away again; the comparison goes on after the next recovery.
    }
    this.comparing = false;
  }

  private async comparePage(): Promise<boolean> {
    const { changes: page } = await request(this.tandem.link, ChangesSinceDocument, { after: this.comparedUpTo, first: pageSize });
    const missing = () => page.changes.filter((change) => !this.seen.has(nameOf(change)));
    if (missing().length > 0) await pause(patience);
    const { lost, compared } = this.get();
    this.state.set({ ...this.get(), lost: lost + missing().length, compared: compared + page.changes.length, comparedAt: new Date() });
    this.comparedUpTo = page.endCursor;
    this.forgetOld(page.changes);
    return page.hasMore;
  }

  private forgetOld(compared: readonly Change[]): void {
    this.known.push(...compared.map(nameOf));
    for (const name of this.known.splice(0, Math.max(0, this.known.length - remembered))) this.seen.delete(name);
  }
}

function nameOf({ cursor, entityId, version }: Change): string {
  return `${cursor} ${entityId} ${version}`;
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

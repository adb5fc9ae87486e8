import type { ListState } from "./live.js";
import { positionOf } from "./page.js";
import { persist } from "./persist.js";
import { atEnd, Growing } from "./shared.js";

/** A page of a feed, the newest first. */
export interface FeedPage<Raw> {
  readonly nodes: readonly Raw[];
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
}

/** The items of a feed have positions in the log. */
interface Positioned {
  readonly id: string;
  readonly cursor: string;
}

/** The number of items that a feed keeps of those that came in while nobody asked for older ones. */
const mostNew = 500;

/** A feed: its past is read by pages, and what is new comes in at the top. */
export abstract class SharedFeed<Raw extends Positioned, Item, State extends ListState<Item>> extends Growing<State> {
  /** The items that were read, the newest first. */
  protected known: readonly Raw[] = [];
  private hidden = 0;
  /** New items beyond those that wait. They are read when the waiting ones are shown. */
  private left = 0;
  /** How many items were read by pages. */
  private asked = 0;
  private end: FeedPage<Raw>["pageInfo"] = { endCursor: null, hasNextPage: false };
  /** How many readings of the newest page have begun, and which of them is shown. A reading that ends after a later one is not shown. */
  private readings = 0;
  private shownReading = 0;
  /** Whether the known items are of a log that was replaced. Their cursors mean nothing in the new one. */
  private replaced = false;

  showNew(): void {
    this.hidden = 0;
    if (this.left > 0) {
      this.left = 0;
      this.status = "stale";
      void this.reload();
    }
    this.render();
  }

  protected start(signal: AbortSignal): void {
    const { link } = this.core;
    this.signal = signal;
    atEnd(signal,
      link.status.subscribe(() => this.render()),
      link.onResync(() => this.voidAll()),
      link.onSession(() => {
        this.status = "stale"; // pages that were read before may show what the person may not see any more
        void this.reload();
      }),
    );
    void this.open(signal);
  }

  /** The subscription to what is new. Its only field is the item. */
  protected abstract readonly subscription: { readonly query: string; readonly variables: Readonly<Record<string, unknown>> };

  /** Reads a page of the past. */
  protected abstract readPage(after: string | null): Promise<FeedPage<Raw>>;

  /** Takes an item that is new, before it is shown. */
  protected abstract arrived(item: Raw): void;

  /** Takes the newest page, with the items that came after it was read, before they are shown. */
  protected abstract taken(page: FeedPage<Raw>, since: readonly Raw[]): void;

  /** Some items are no longer known. */
  protected abstract dropped(): void;

  /** Makes the state from what all feeds have. */
  protected abstract stateOf(shown: readonly Raw[], common: Omit<ListState<Item>, "items" | "totalCount" | "totalCountIsExact">): State;

  protected get hasMore(): boolean {
    return this.end.hasNextPage;
  }

  protected render(): void {
    this.show(this.stateOf(this.known.slice(this.hidden), {
      status: this.shownStatus, hasMore: this.hasMore,
      loadingMore: this.loadingMore, newCount: this.hidden + this.left, error: this.error,
    }));
  }

  private async open(signal: AbortSignal): Promise<void> {
    const after = await this.read(signal).catch((error: unknown) => this.fail(error));
    if (after === undefined || signal.aborted) return;
    atEnd(signal, this.core.link.follow<Readonly<Record<string, Raw>>>({
      ...this.subscription, after,
      next: (data) => this.next(Object.values(data)[0] as Raw), resync: () => this.read(signal), ended: (reason) => this.fail(reason),
    }));
  }

  /** Reads the newest page, and before it the position from which to follow: the newest item may be too old for that. */
  protected async read(signal: AbortSignal): Promise<string> {
    const { link } = this.core;
    const reading = ++this.readings;
    const asOf = await persist(link, () => positionOf(link), signal);
    const page = await this.page(signal, null);
    if (reading < this.shownReading) return asOf;
    this.shownReading = reading;
    this.take(page, asOf);
    return asOf;
  }

  /** Shows the newest page, below the items that came while it was read. */
  private take(page: FeedPage<Raw>, asOf: string): void {
    const ids = new Set(page.nodes.map(({ id }) => id));
    const since = this.replaced ? [] : this.known.filter(({ id, cursor }) => cursor > asOf && !ids.has(id));
    const last = page.nodes.at(-1);
    // Pages that were read before stay, if they go on where this one ends.
    const older = last && this.status !== "stale" ? this.known.findIndex(({ id }) => id === last.id) : -1;
    if (older < 0) [this.end, this.asked] = [page.pageInfo, page.nodes.length];
    this.known = [...since, ...page.nodes, ...(older < 0 ? [] : this.known.slice(older + 1))];
    this.hidden = Math.min(this.hidden, this.known.length);
    this.replaced = false;
    this.taken(page, since);
    this.dropped();
    this.become("live");
  }

  /** Reads the page after the last one. If the end of the feed has moved meanwhile, it reads the page after the new end. */
  protected async readMore(): Promise<void> {
    for (let { end } = this; end.hasNextPage; end = this.end) {
      const page = await this.page(this.signal, end.endCursor);
      if (end !== this.end) continue;
      this.known = [...this.known, ...this.unknownOf(page.nodes)];
      this.asked = this.known.length;
      this.end = page.pageInfo;
      return;
    }
  }

  /** The log was replaced: what is known is shown until a reading that begins now is there. */
  private voidAll(): void {
    this.shownReading = this.readings + 1;
    this.replaced = true;
    this.become("stale");
  }

  private page(signal: AbortSignal, after: string | null): Promise<FeedPage<Raw>> {
    return persist(this.core.link, () => this.readPage(after), signal);
  }

  private next(item: Raw): void {
    if (this.unknownOf([item]).length === 0) return;
    if (this.held && this.hidden === mostNew) this.left++;
    else this.known = [item, ...this.known];
    if (this.held) this.hidden = Math.min(mostNew, this.hidden + 1);
    else this.trim();
    this.arrived(item);
    this.render();
  }

  /** Drops the oldest items, which can be read again, so that a feed that is open for a day does not grow. */
  private trim(): void {
    const most = this.asked + mostNew;
    if (this.known.length <= most || this.loadingMore) return;
    this.known = this.known.slice(0, most);
    this.end = { endCursor: this.known.at(-1)?.cursor ?? null, hasNextPage: true };
    this.dropped();
  }

  private unknownOf(items: readonly Raw[]): readonly Raw[] {
    const ids = new Set(this.known.map(({ id }) => id));
    return items.filter(({ id }) => !ids.has(id));
  }
}

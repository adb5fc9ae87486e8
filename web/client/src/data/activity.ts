import { request } from "../connection/link.js";
import type { Core, PersonFields } from "./core.js";
import { personSelection } from "./documents.js";
import type { ActivityItem, ActivityQuery, ListState, LiveList } from "./live.js";
import { givenFields, lower, personOf, shown, typeNamed } from "./mapping.js";
import { positionOf } from "./page.js";
import { atEnd, Growing, nothing } from "./shared.js";

interface Event {
  readonly id: string;
  readonly cursor: string;
  readonly type: string;
  readonly entityType: string;
  readonly entityId: string;
  readonly entity: { readonly displayName: string } | null;
  readonly actor: PersonFields | null;
  readonly timestamp: string;
  readonly changes: readonly {
    readonly field: string;
    readonly oldValue: unknown;
    readonly newValue: unknown;
    readonly oldText: string | null;
    readonly newText: string | null;
  }[];
  readonly comment: { readonly body: string } | null;
}

/** A page of the feed, the newest first. */
interface Page {
  readonly nodes: readonly Event[];
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
}

const event = `id cursor type entityType entityId timestamp entity { displayName } actor { ${personSelection} }
  changes { field oldValue newValue oldText newText } comment { body }`;
const page = `query Activity($feed: ActivityFeedInput, $filter: ActivityFilter, $first: Int, $after: Cursor) {
  activity(feed: $feed, filter: $filter, first: $first, after: $after) { pageInfo { endCursor hasNextPage } nodes { ${event} } }
}`;
const news = `subscription NewActivity($feed: ActivityFeedInput, $filter: ActivityFilter, $after: Cursor) {
  activity(feed: $feed, filter: $filter, after: $after) { ${event} }
}`;

/** The number of items that a feed keeps of those that came in while nobody asked for older ones. */
const mostNew = 500;

/** The activity of everybody, of one person, or of one customer: its past is read by pages, and what is new comes in at the top. */
export class SharedActivity extends Growing<ListState<ActivityItem>> implements LiveList<ActivityItem> {
  /** The items that were read, the newest first. */
  private known: readonly Event[] = [];
  private hidden = 0;
  /** New items beyond those that wait. They are read when the waiting ones are shown. */
  private left = 0;
  /** How many items were read by pages. */
  private asked = 0;
  private end: Page["pageInfo"] = { endCursor: null, hasNextPage: false };
  /** How many readings of the newest page have begun, and which of them is shown. A reading that ends after a later one is not shown. */
  private readings = 0;
  private shownReading = 0;
  /** Whether the known items are of a log that was replaced. Their cursors mean nothing in the new one. */
  private replaced = false;
  private readonly variables: Readonly<Record<string, unknown>>;
  private readonly first: number;
  private readonly shownItems = new WeakMap<Event, ActivityItem>();

  constructor(core: Core, { feed, filter, pageSize = 25 }: ActivityQuery) {
    super(core, nothing);
    this.variables = { feed: feed && { type: feed.type.toUpperCase(), entityId: feed.id }, filter: filter && givenFields(filter) };
    this.first = Math.min(pageSize, 100);
  }

  override showNew(): void {
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

  protected get hasMore(): boolean {
    return this.end.hasNextPage;
  }

  protected render(): void {
    this.show({
      status: this.shownStatus, items: this.known.slice(this.hidden).map((each) => this.item(each)), totalCount: undefined, totalCountIsExact: true,
      hasMore: this.hasMore, loadingMore: this.loadingMore, newCount: this.hidden + this.left, error: this.error,
    });
  }

  private async open(signal: AbortSignal): Promise<void> {
    const after = await this.read(signal).catch((error: unknown) => this.fail(error));
    if (after === undefined || signal.aborted) return;
    atEnd(signal, this.core.link.follow<{ activity: Event }>({
      query: news, variables: this.variables, after,
      next: ({ activity }) => this.next(activity), resync: () => this.read(signal), ended: (reason) => this.fail(reason),
    }));
  }

  /** Reads the newest page, and before it the position from which to follow: the newest item may be too old for that. */
  protected async read(signal: AbortSignal): Promise<string> {
    const { link } = this.core;
    const reading = ++this.readings;
    const asOf = await this.persist(() => positionOf(link), signal);
    const page = await this.page(signal, null);
    if (reading < this.shownReading) return asOf;
    this.shownReading = reading;
    this.take(page, asOf);
    return asOf;
  }

  /** Shows the newest page, below the items that came while it was read. */
  private take(page: Page, asOf: string): void {
    const ids = new Set(page.nodes.map(({ id }) => id));
    const since = this.replaced ? [] : this.known.filter(({ id, cursor }) => cursor > asOf && !ids.has(id));
    const last = page.nodes.at(-1);
    // Pages that were read before stay, if they go on where this one ends.
    const older = last && this.status !== "stale" ? this.known.findIndex(({ id }) => id === last.id) : -1;
    if (older < 0) [this.end, this.asked] = [page.pageInfo, page.nodes.length];
    this.known = [...since, ...page.nodes, ...(older < 0 ? [] : this.known.slice(older + 1))];
    this.hidden = Math.min(this.hidden, this.known.length);
    this.replaced = false;
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

  private page(signal: AbortSignal, after: string | null): Promise<Page> {
    const { link } = this.core;
    const variables = { ...this.variables, first: this.first, after };
    return this.persist(async () => (await request<{ activity: Page }, Record<string, unknown>>(link, page, variables)).activity, signal);
  }

  private next(item: Event): void {
    if (this.unknownOf([item]).length === 0) return;
    if (this.held && this.hidden === mostNew) this.left++;
    else this.known = [item, ...this.known];
    if (this.held) this.hidden = Math.min(mostNew, this.hidden + 1);
    else this.trim();
    this.render();
  }

  /** Drops the oldest items, which can be read again, so that a feed that is open for a day does not grow. */
  private trim(): void {
    const most = this.asked + mostNew;
    if (this.known.length <= most || this.loadingMore) return;
    this.known = this.known.slice(0, most);
    this.end = { endCursor: this.known.at(-1)?.cursor ?? null, hasNextPage: true };
  }

  private unknownOf(items: readonly Event[]): readonly Event[] {
    const ids = new Set(this.known.map(({ id }) => id));
    return items.filter(({ id }) => !ids.has(id));
  }

  private item(raw: Event): ActivityItem {
    const known = this.shownItems.get(raw);
    if (known) return known;
    const { id, cursor, type, actor, timestamp, entityType, entityId, entity, changes, comment } = raw;
    const item: ActivityItem = {
      id,
      cursor,
      type: lower(type),
      actor: personOf(actor),
      at: new Date(timestamp),
      entityType: typeNamed(entityType),
      entityId,
      entityName: entity?.displayName,
      text: comment?.body,
      changes: changes.map(({ field, oldValue, newValue, oldText, newText }) => ({
        field,
        oldValue: shown(field, oldValue),
        newValue: shown(field, newValue),
        oldText: oldText ?? "",
        newText: newText ?? "",
      })),
    };
    this.shownItems.set(raw, item);
    return item;
  }
}

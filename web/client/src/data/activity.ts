import { request } from "../connection/link.js";
import type { Core, PersonFields } from "./core.js";
import { personSelection } from "./documents.js";
import { SharedFeed, type FeedPage } from "./feed.js";
import type { ActivityItem, ActivityQuery, ListState, LiveList } from "./live.js";
import { givenFields, lower, personOf, shown, typeNamed } from "./mapping.js";
import { nothing } from "./shared.js";

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

const event = `id cursor type entityType entityId timestamp entity { displayName } actor { ${personSelection} }
  changes { field oldValue newValue oldText newText } comment { body }`;
const page = `query Activity($feed: ActivityFeedInput, $filter: ActivityFilter, $first: Int, $after: Cursor) {
  activity(feed: $feed, filter: $filter, first: $first, after: $after) { pageInfo { endCursor hasNextPage } nodes { ${event} } }
}`;
const news = `subscription NewActivity($feed: ActivityFeedInput, $filter: ActivityFilter, $after: Cursor) {
  activity(feed: $feed, filter: $filter, after: $after) { ${event} }
}`;

/** The activity of everybody, of one person, or of one customer. */
export class SharedActivity extends SharedFeed<Event, ActivityItem, ListState<ActivityItem>> implements LiveList<ActivityItem> {
  protected readonly subscription;
  private readonly first: number;
  private readonly shownItems = new WeakMap<Event, ActivityItem>();

  constructor(core: Core, { feed, filter, pageSize = 25 }: ActivityQuery) {
    super(core, nothing);
    const variables = { feed: feed && { type: feed.type.toUpperCase(), entityId: feed.id }, filter: filter && givenFields(filter) };
    this.subscription = { query: news, variables };
    this.first = Math.min(pageSize, 100);
  }

  protected async readPage(after: string | null): Promise<FeedPage<Event>> {
    const variables = { ...this.subscription.variables, first: this.first, after };
    return (await request<{ activity: FeedPage<Event> }, Record<string, unknown>>(this.core.link, page, variables)).activity;
  }

  protected arrived(): void {
    // An activity needs nothing beyond its place in the feed.
  }

  protected taken(): void {
    // Nothing is counted.
  }

  protected dropped(): void {
    // Nothing is kept of an activity apart from itself.
  }

  protected stateOf(
    events: readonly Event[],
    common: Omit<ListState<ActivityItem>, "items" | "totalCount" | "totalCountIsExact">,
  ): ListState<ActivityItem> {
    return { ...common, items: events.map((each) => this.item(each)), totalCount: undefined, totalCountIsExact: true };
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

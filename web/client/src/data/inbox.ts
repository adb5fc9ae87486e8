import { request } from "../connection/link.js";
import type { Core, PersonFields } from "./core.js";
import { personSelection } from "./documents.js";
import { SharedFeed, type FeedPage } from "./feed.js";
import type { InboxState, ListState, LiveInbox, NotificationItem } from "./live.js";
import { lower, personOf, typeNamed } from "./mapping.js";
import { nothing } from "./shared.js";

type Page = FeedPage<Notification> & { readonly unreadCount: number };

interface Notification {
  readonly id: string;
  readonly cursor: string;
  readonly kind: string;
  readonly title: string;
  readonly body: string;
  readonly entityType: string | null;
  readonly entityId: string | null;
  readonly entity: { readonly displayName: string } | null;
  readonly actor: PersonFields | null;
  readonly createdAt: string;
  readonly readAt: string | null;
}

const fields = `id cursor kind title body entityType entityId entity { displayName } createdAt readAt actor { ${personSelection} }`;
const page = `query Notifications($after: Cursor) {
  notifications(first: 25, after: $after) { unreadCount pageInfo { endCursor hasNextPage } nodes { ${fields} } }
}`;
const news = `subscription NewNotifications($after: Cursor) { notificationReceived(after: $after) { ${fields} } }`;
const openConflicts = "query OpenConflicts { conflicts(open: true, first: 100) { nodes { id entityId } } }";
const markRead = "mutation MarkRead($ids: [ID!], $upTo: Cursor) { markNotificationsRead(ids: $ids, upTo: $upTo) }";

/** The notifications of the person. */
export class SharedInbox extends SharedFeed<Notification, NotificationItem, InboxState> implements LiveInbox {
  protected readonly subscription = { query: news, variables: {} };
  private unread = 0;
  private readonly fresh = new Set<string>();
  /** The ids of those that were marked as read here. */
  private readonly marked = new Set<string>();
  /** The newest open conflict of each entity. */
  private conflicts: ReadonlyMap<string, string> = new Map();

  constructor(core: Core) {
    super(core, { ...nothing, unread: 0 });
  }

  /** Shows them as read at once. If the server can't be told, they are unread again. */
  async markRead(which: { readonly ids: readonly string[] } | { readonly upTo: string }): Promise<void> {
    const upTo = "upTo" in which ? (this.known.find(({ id }) => id === which.upTo)?.cursor ?? which.upTo) : undefined;
    const marked = this.known.filter(
      (each) => this.isUnread(each) && ("ids" in which ? which.ids.includes(each.id) : each.cursor <= (upTo ?? "")),
    );
    for (const { id } of marked) this.marked.add(id);
    this.count(-marked.length);
    try {
      const variables = "ids" in which ? { ids: which.ids } : { upTo };
      const { markNotificationsRead: number } = await request<{ markNotificationsRead: number }, object>(
        this.core.link,
        markRead,
        variables,
      );
      this.count(marked.length - number);
    } catch (error) {
      for (const { id } of marked) this.marked.delete(id);
      this.count(marked.length);
      throw error;
    }
  }

  protected async readPage(after: string | null): Promise<Page> {
    const { notifications } = await request<{ notifications: Page }, object>(this.core.link, page, { after });
    await this.findConflicts(notifications.nodes);
    return notifications;
  }

  /** A notification that comes while the person is connected is fresh, and worth showing by itself. All others were missed. */
  protected arrived(item: Notification): void {
    const { state, catchingUp } = this.core.link.status.get();
    if (state === "connected" && !catchingUp) this.fresh.add(item.id);
    this.unread++;
    void this.findConflicts([item]).then(
      () => this.render(),
      () => undefined,
    );
  }

  /** The server has counted those of the page and the ones before. */
  protected taken({ unreadCount }: Page, since: readonly Notification[]): void {
    this.unread = unreadCount + since.filter((each) => this.isUnread(each)).length;
  }

  protected dropped(): void {
    const known = new Set(this.known.map(({ id }) => id));
    for (const ids of [this.fresh, this.marked]) for (const id of ids) if (!known.has(id)) ids.delete(id);
  }

  protected stateOf(
    shown: readonly Notification[],
    common: Omit<ListState<NotificationItem>, "items" | "totalCount" | "totalCountIsExact">,
  ): InboxState {
    return { ...common, items: shown.map((each) => this.item(each)), totalCount: undefined, totalCountIsExact: true, unread: this.unread };
  }

  private item(raw: Notification): NotificationItem {
    const { id, kind, title, body, entityType, entityId, entity, actor, createdAt } = raw;
    return {
      id,
      type: lower(kind),
      text: title,
      details: body,
      at: new Date(createdAt),
      read: !this.isUnread(raw),
      actor: personOf(actor),
      entityType: typeNamed(entityType),
      entityId: entityId ?? undefined,
      entityName: entity?.displayName,
      fresh: this.fresh.has(id),
      conflictId: kind === "CONFLICT" ? this.conflicts.get(entityId ?? "") : undefined,
    };
  }

  private isUnread({ id, readAt }: Notification): boolean {
    return readAt === null && !this.marked.has(id);
  }

  private count(by: number): void {
    this.unread = Math.max(0, this.unread + by);
    this.render();
  }

  /** A notification names an entity, and leads to the conflict over it that is still open. */
  private async findConflicts(among: readonly Notification[]): Promise<void> {
    if (!among.some(({ kind }) => kind === "CONFLICT")) return;
    const { conflicts } = await request<{ conflicts: { nodes: { id: string; entityId: string }[] } }, object>(
      this.core.link,
      openConflicts,
      {},
    );
    this.conflicts = new Map(conflicts.nodes.reverse().map(({ id, entityId }) => [entityId, id]));
  }
}

import { request } from "../connection/link.js";
import type { Core, PersonFields } from "./core.js";
import { personSelection } from "./documents.js";
import type { InboxState, LiveInbox, NotificationItem } from "./live.js";
import { lower, personOf, typeNamed } from "./mapping.js";
import { atEnd, Growing, nothing } from "./shared.js";

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
  readonly count: number;
  readonly actors: readonly PersonFields[];
  readonly updatedAt: string;
  readonly readAt: string | null;
  readonly snoozedUntil: string | null;
}

interface Page {
  readonly unreadCount: number;
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
  readonly nodes: readonly Notification[];
}

interface Change {
  readonly unreadCount: number;
  readonly changed: readonly Notification[];
  readonly removed: readonly string[];
}

const fields = `id cursor kind title body entityType entityId entity { displayName } updatedAt readAt snoozedUntil count actor { ${personSelection} } actors { ${personSelection} }`;
const page = `query Notifications($first: Int, $after: Cursor) {
  notifications(first: $first, after: $after) { unreadCount pageInfo { endCursor hasNextPage } nodes { ${fields} } }
}`;
const changes = `subscription InboxChanges { inboxChanged { unreadCount truncated removed changed { ${fields} } } }`;
const openConflicts = "query OpenConflicts { conflicts(open: true, first: 100) { nodes { id entityId } } }";
const markRead = "mutation MarkRead($ids: [ID!], $upTo: Cursor) { markNotificationsRead(ids: $ids, upTo: $upTo) }";
const markUnread = "mutation MarkUnread($ids: [ID!]!) { markNotificationsUnread(ids: $ids) }";
const snooze = "mutation Snooze($ids: [ID!]!, $until: DateTime!) { snoozeNotifications(ids: $ids, until: $until) }";

const pageSize = 25;
/** The most notifications that the server answers with at once. */
const mostAtOnce = 100;
/** The number of notifications that are kept beyond those that were read by pages. */
const mostNew = 500;
/** How far the clock of a device may be from that of the server. */
const skewMs = 60_000;

/**
 * The notifications of the person. `inboxChanged` reports what changed since the subscription began, on all tabs and devices.
 * The client reads them at each begin, and when a change does not list everything.
 */
export class SharedInbox extends Growing<InboxState> implements LiveInbox {
  /** The newest notifications, without a gap, in the order of the server; and older ones whose snoozes ended while the person was here. */
  private known: readonly Notification[] = [];
  /** How many were read by pages. */
  private asked = 0;
  private end: Page["pageInfo"] = { endCursor: null, hasNextPage: false };
  /** The unread ones as the server counts them. */
  private unread = 0;
  /** The ids of those that came, or whose snoozes ended, while the person was here. */
  private readonly fresh = new Set<string>();
  /** When the last snooze of each ended by itself. */
  private readonly ends = new Map<string, string>();
  /** The ids of those that are being marked as read: they are shown as read, and the server may count them as unread. */
  private readonly marking = new Set<string>();
  /** The newest open conflict of each entity. */
  private conflicts: ReadonlyMap<string, string> = new Map();
  /** For each page that is being read, the changes since its reading began. */
  private readonly underway = new Set<Change[]>();
  /** The reading that began last, and the one that begins after it. */
  private reading: Promise<unknown> = Promise.resolve();
  private waiting: Promise<void> | undefined;

  constructor(core: Core) {
    super(core, { ...nothing, unread: 0 });
  }

  /** Shows them as read at once. If the server can't be reached, they are unread again. */
  async markRead(which: { readonly ids: readonly string[] } | { readonly upTo: string }): Promise<void> {
    const upTo = "upTo" in which ? (this.known.find(({ id }) => id === which.upTo)?.cursor ?? which.upTo) : undefined;
    const isMeant = ({ id, cursor }: Notification) => ("ids" in which ? which.ids.includes(id) : cursor <= (upTo ?? ""));
    const ids = new Set(this.known.filter((each) => this.isUnread(each) && isMeant(each)).map(({ id }) => id));
    for (const id of ids) this.marking.add(id);
    this.render();
    try {
      const variables = "ids" in which ? { ids: which.ids } : { upTo };
      const { markNotificationsRead: number } = await request<{ markNotificationsRead: number }, object>(this.core.link, markRead, variables);
      this.marked(ids);
      if (number > ids.size) await this.reload(); // there were some that are not known here
    } finally {
      for (const id of ids) this.marking.delete(id);
      this.render();
    }
  }

  markUnread(ids: readonly string[]): Promise<void> {
    return this.ask(markUnread, { ids });
  }

  snooze(ids: readonly string[], until: Date): Promise<void> {
    return this.ask(snooze, { ids, until });
  }

  private async ask(mutation: string, variables: object): Promise<void> {
    await request<unknown, object>(this.core.link, mutation, variables);
    await this.reload();
  }

  protected start(signal: AbortSignal): void {
    const { link } = this.core;
    this.signal = signal;
    this.reading = Promise.resolve();
    this.waiting = undefined;
    atEnd(signal,
      link.status.subscribe(() => this.render()),
      link.onResync(() => this.become("stale")),
      link.onSession(() => {
        this.become("stale"); // it may show what the person may not see any more
        void this.reload();
      }),
      link.follow<{ inboxChanged: Change & { readonly truncated: boolean } }>({
        query: changes, next: ({ inboxChanged }) => this.next(inboxChanged), ended: (reason) => this.fail(reason),
      }),
    );
    void this.reload();
  }

  /** Reads all that is shown again. One reading follows another, and all that ask for one meanwhile share the next. */
  protected read(signal: AbortSignal): Promise<void> {
    return (this.waiting ??= this.inTurn(() => {
      this.waiting = undefined;
      return this.load(Math.max(this.known.length, pageSize), null, [], signal);
    }));
  }

  protected readMore(): Promise<void> {
    return this.inTurn(() => this.load(pageSize, this.end.endCursor, this.known, this.signal));
  }

  private inTurn(read: () => Promise<void>): Promise<void> {
    const reading = this.reading.then(read);
    this.reading = reading.catch(() => undefined);
    return reading;
  }

  /** Reads notifications that continue the newer ones, and lays the changes over them that came meanwhile. */
  private async load(first: number, after: string | null, newer: readonly Notification[], signal: AbortSignal): Promise<void> {
    const since: Change[] = [];
    this.underway.add(since);
    try {
      const { nodes, pageInfo, unreadCount } = await this.persist(() => this.page(first, after), signal);
      this.noteEnds(nodes);
      const ids = new Set(nodes.map(({ id }) => id));
      this.known = [...newer.filter(({ id }) => !ids.has(id)), ...nodes];
      this.asked = this.known.length;
      this.end = pageInfo;
      for (const change of [{ unreadCount, changed: [], removed: [] }, ...since]) this.apply(change);
      this.become("live");
    } finally {
      this.underway.delete(since);
    }
  }

  private async page(first: number, after: string | null): Promise<Page> {
    const { notifications } = await request<{ notifications: Page }, object>(this.core.link, page, { first: Math.min(first, mostAtOnce), after });
    const { nodes, pageInfo } = notifications;
    await this.findConflicts(nodes);
    if (first <= mostAtOnce || !pageInfo.hasNextPage) return notifications;
    const older = await this.page(first - mostAtOnce, pageInfo.endCursor);
    return { ...older, nodes: [...nodes, ...older.nodes] };
  }

  /**
   * Takes a change. After a change that lists nothing it reads again: the first one of a subscription does not know what
   * happened before, and a later one counts notifications that the person may see again.
   */
  private next(change: Change & { readonly truncated: boolean }): void {
    const { changed, removed, truncated } = change;
    const listsNothing = changed.length + removed.length === 0;
    if (!listsNothing) this.take(change);
    if (listsNothing || truncated) void this.reload();
  }

  private take(change: Change): void {
    const newest = this.known[0]?.cursor ?? "";
    const ids = new Set(this.known.map(({ id }) => id));
    this.noteEnds(change.changed);
    for (const each of change.changed) {
      this.marking.delete(each.id);
      // On an older page, the client takes an unread one for a snooze that ended.
      const comes = each.cursor > newest || this.ends.has(each.id) || (this.isOlder(each) && !ids.has(each.id));
      if (this.status !== "loading" && this.isUnread(each) && comes) this.fresh.add(each.id);
    }
    this.lay(change);
    this.render();
    void this.findConflicts(change.changed).then(() => this.render(), () => undefined);
  }

  /** Notes which snoozes ended. If it is not time yet, the person ended the snooze, and knows. */
  private noteEnds(now: readonly Notification[]): void {
    const counted = new Set(now.filter(isCounted).map(({ id }) => id));
    for (const { id, snoozedUntil } of this.known) {
      if (snoozedUntil && counted.has(id) && Date.parse(snoozedUntil) < Date.now() + skewMs) this.ends.set(id, snoozedUntil);
    }
  }

  /** They are marked: those among them that no change listed meanwhile are read from now on. */
  private marked(ids: ReadonlySet<string>): void {
    const readAt = new Date().toISOString();
    const left = this.known.filter(({ id }) => ids.has(id)).filter((each) => this.isMarking(each));
    this.lay({ unreadCount: this.unread - left.length, changed: left.map((each) => ({ ...each, readAt })), removed: [] });
  }

  /** Lays a change over what is known, and over the pages that are being read. */
  private lay(change: Change): void {
    for (const since of this.underway) since.push(change);
    this.apply(change);
  }

  private apply({ unreadCount, changed, removed }: Change): void {
    const gone = new Set([...removed, ...changed.map(({ id }) => id)]);
    const listed = changed.filter((each) => !this.isOlder(each) || this.fresh.has(each.id));
    this.known = [...this.known.filter(({ id }) => !gone.has(id)), ...listed].sort((a, b) => (a.cursor < b.cursor ? 1 : -1));
    this.unread = unreadCount;
    this.trim();
  }

  /** Reports whether one belongs to a page that was not read yet. */
  private isOlder({ cursor }: Notification): boolean {
    return this.end.hasNextPage && cursor < (this.end.endCursor ?? "");
  }

  /** Drops the oldest ones, which can be read again, so that an inbox that is open for a day does not grow. */
  private trim(): void {
    const most = this.asked + mostNew;
    if (this.known.length > most && !this.loadingMore) {
      this.known = this.known.slice(0, most);
      this.end = { endCursor: this.known.at(-1)?.cursor ?? null, hasNextPage: true };
    }
    const ids = new Set(this.known.map(({ id }) => id));
    for (const each of [this.fresh, this.ends]) for (const id of each.keys()) if (!ids.has(id)) each.delete(id);
  }

  protected get hasMore(): boolean {
    return this.end.hasNextPage;
  }

  protected render(): void {
    const marking = this.known.filter((each) => this.isMarking(each)).length;
    this.show({
      ...nothing, status: this.shownStatus, items: this.known.map((each) => this.item(each)),
      hasMore: this.hasMore, loadingMore: this.loadingMore, error: this.error, unread: Math.max(0, this.unread - marking),
    });
  }

  private item(raw: Notification): NotificationItem {
    const { id, kind, title, body, count, entityType, entityId, entity, actor, actors, updatedAt, snoozedUntil } = raw;
    const ended = this.ends.get(id) ?? "";
    return {
      id,
      type: lower(kind),
      text: title,
      details: body,
      at: new Date(updatedAt),
      cameAt: new Date(ended > updatedAt ? ended : updatedAt),
      read: !this.isUnread(raw),
      snoozedUntil: snoozedUntil ? new Date(snoozedUntil) : undefined,
      actor: personOf(actor),
      count,
      actors: actors.flatMap((each) => personOf(each) ?? []),
      entityType: typeNamed(entityType),
      entityId: entityId ?? undefined,
      entityName: entity?.displayName,
      fresh: this.fresh.has(id),
      conflictId: kind === "CONFLICT" ? this.conflicts.get(entityId ?? "") : undefined,
    };
  }

  private isUnread(each: Notification): boolean {
    return isCounted(each) && !this.marking.has(each.id);
  }

  private isMarking(each: Notification): boolean {
    return isCounted(each) && this.marking.has(each.id);
  }

  /** A notification names an entity, and leads to the conflict over it that is still open. */
  private async findConflicts(among: readonly Notification[]): Promise<void> {
    if (!among.some(({ kind }) => kind.startsWith("CONFLICT"))) return;
    const { conflicts } = await request<{ conflicts: { nodes: { id: string; entityId: string }[] } }, object>(
      this.core.link,
      openConflicts,
      {},
    );
    this.conflicts = new Map(conflicts.nodes.reverse().map(({ id, entityId }) => [entityId, id]));
  }
}

/** Reports whether the server counts a notification as unread. */
function isCounted({ readAt, snoozedUntil }: Notification): boolean {
  return !readAt && !snoozedUntil;
}

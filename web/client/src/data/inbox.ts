import { request } from "../connection/link.js";
import type { Core } from "./core.js";
import type { InboxState, LiveInbox, NotificationItem } from "./live.js";
import { changes, hasEnded, inOrder, isUnread, itemOf, page, type Change, type Mark, type Notification, type Page } from "./notification.js";
import { atEnd, Growing, nothing } from "./shared.js";

const openConflicts = "query OpenConflicts { conflicts(open: true, first: 100) { nodes { id entityId } } }";
const markRead = "mutation MarkRead($ids: [ID!], $asOf: Cursor, $upTo: Cursor) { number: markNotificationsRead(ids: $ids, asOf: $asOf, upTo: $upTo) }";
const markUnread = "mutation MarkUnread($ids: [ID!]!) { number: markNotificationsUnread(ids: $ids) }";
const snooze = "mutation Snooze($ids: [ID!]!, $until: DateTime!, $asOf: Cursor) { number: snoozeNotifications(ids: $ids, until: $until, asOf: $asOf) }";

const pageSize = 25;
/** The most notifications that the server answers with at once. */
const mostAtOnce = 100;
/** The number of notifications that are kept beyond those that were read by pages. */
const mostNew = 500;
/** The server counts no more than this many unread ones. */
const mostCounted = 1_000;

const newestOf = (all: readonly Notification[]): string => all.reduce((newest, { cursor }) => (cursor > newest ? cursor : newest), "");

/**
 * The notifications of the person. `inboxChanged` reports what changed since the subscription began, on all tabs and devices.
 * The client reads them at each begin, and when a change does not list everything.
 */
export class SharedInbox extends Growing<InboxState> implements LiveInbox {
  /** The newest notifications, without a gap, in the order of the server; and older ones that are snoozed, or unread since their snooze ended. */
  private known: readonly Notification[] = [];
  /** How many the person has asked for. */
  private asked = pageSize;
  private end: Page["pageInfo"] = { endCursor: null, hasNextPage: false };
  /** The unread ones as the server counts them. */
  private unread = 0;
  /** The ids of those that came, or whose snoozes ended, while the person was here. */
  private readonly fresh = new Set<string>();
  /** The marks that the server may not know yet, by the id of their notification. They are shown. */
  private readonly marks = new Map<string, Mark>();
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

  markRead(which: { readonly ids: readonly string[] } | { readonly upTo: string }): Promise<void> {
    const mark = { readAt: new Date().toISOString(), snoozedUntil: null };
    if ("ids" in which) return this.mark(mark, markRead, this.asSeen(which.ids), ({ id, readAt }) => !readAt && which.ids.includes(id));
    const shown = this.inOrder();
    const from = shown.findIndex(({ id }) => id === which.upTo);
    const upTo = from < 0 ? which.upTo : newestOf(shown.slice(from));
    return this.mark(mark, markRead, { upTo }, (each) => isUnread(each) && each.cursor <= upTo);
  }

  markUnread(ids: readonly string[]): Promise<void> {
    return this.mark({ readAt: null, snoozedUntil: null }, markUnread, { ids }, ({ id }) => ids.includes(id));
  }

  snooze(ids: readonly string[], until: Date): Promise<void> {
    return this.mark({ readAt: null, snoozedUntil: until.toISOString() }, snooze, { ...this.asSeen(ids), until }, ({ id }) => ids.includes(id));
  }

  /** Names notifications as they are here: what one of them grows by meanwhile was not seen. A notification that is not known here is meant as it is now. */
  private asSeen(ids: readonly string[]): object {
    const seen = this.known.filter(({ id }) => ids.includes(id));
    return { ids, asOf: seen.length < new Set(ids).size || seen.length === 0 ? null : newestOf(seen) };
  }

  /** Shows the mark at once. If the server refuses or can't be reached, those that are meant are as before. */
  private async mark(mark: Mark, mutation: string, variables: object, isMeant: (each: Notification) => boolean): Promise<void> {
    const meant = this.known.filter((each) => isMeant(each));
    for (const { id } of meant) this.marks.set(id, mark);
    this.render();
    try {
      const { number } = await request<{ number: number }, object>(this.core.link, mutation, variables);
      // The others were marked once more, or a change has listed them since.
      const left = this.known.filter(({ id }) => this.marks.get(id) === mark);
      const changed = left.map((each) => ({ ...each, ...mark, cameAt: each.updatedAt })); // a mark ends what a snooze brought
      this.lay({ unreadCount: this.unreadWith(left), changed, removed: [] });
      if (number > meant.length) await this.reload(); // there were some that are not known here
    } finally {
      for (const { id } of meant) if (this.marks.get(id) === mark) this.marks.delete(id);
      this.render();
    }
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
      return this.load(Math.max(this.onPages(), pageSize), null, [], signal);
    }));
  }

  protected readMore(): Promise<void> {
    this.asked += pageSize;
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
      const { nodes, snoozed, pageInfo, unreadCount } = await this.pages(first, after, signal);
      await this.persist(() => this.findConflicts([...nodes, ...snoozed]), signal);
      const ids = new Set(nodes.map(({ id }) => id));
      this.known = [...newer.filter(({ id }) => !ids.has(id)), ...nodes];
      this.end = pageInfo;
      for (const change of [{ unreadCount, changed: snoozed.filter(({ id }) => !ids.has(id)), removed: [] }, ...since]) this.apply(change);
      this.become("live");
    } finally {
      this.underway.delete(since);
    }
  }

  /** Reads as many pages as it takes. If one fails, only that one is read again. */
  private async pages(first: number, after: string | null, signal: AbortSignal): Promise<Page & { readonly snoozed: readonly Notification[] }> {
    const variables = { first: Math.min(first, mostAtOnce), after, isFirst: after === null };
    const answer = await this.persist(() => request<{ notifications: Page; snoozed?: Pick<Page, "nodes"> }, object>(this.core.link, page, variables), signal);
    const { nodes, pageInfo } = answer.notifications;
    const snoozed = answer.snoozed?.nodes ?? [];
    if (first <= mostAtOnce || !pageInfo.hasNextPage) return { ...answer.notifications, snoozed };
    const older = await this.pages(first - mostAtOnce, pageInfo.endCursor, signal);
    return { ...older, nodes: [...nodes, ...older.nodes], snoozed };
  }

  /**
   * Takes a change. After a change that lists nothing it reads again: the first one of a subscription does not know what
   * happened before, and a later one counts notifications that the person may see again.
   */
  private next(change: Change & { readonly truncated: boolean }): void {
    const { changed, removed, truncated } = change;
    const listsNothing = changed.length + removed.length === 0;
    if (truncated) this.settle();
    if (!listsNothing) this.take(change);
    if (listsNothing || truncated) void this.reload();
  }

  /** Takes the marks as made: the count of the server has them, whether they are listed or not. */
  private settle(): void {
    this.known = this.known.map((each) => this.shown(each));
    this.marks.clear();
  }

  private take(change: Change): void {
    const newest = this.known[0]?.cursor ?? "";
    const unread = new Map(this.known.filter(isUnread).map(({ id, cameAt }) => [id, cameAt]));
    for (const each of change.changed) {
      const { id, cursor, cameAt, updatedAt } = each;
      this.marks.delete(id);
      const snoozeEnded = cameAt > updatedAt && cameAt !== unread.get(id);
      if (this.status !== "loading" && isUnread(each) && (cursor > newest || snoozeEnded)) this.fresh.add(id);
    }
    this.lay(change);
    this.render();
    void this.findConflicts(change.changed).then(() => this.render(), () => undefined);
  }

  /** How many are unread once those are marked. From the most that the server counts, a client can't subtract. */
  private unreadWith(marked: readonly Notification[]): number {
    if (this.unread >= mostCounted) return this.unread;
    return marked.reduce((sum, each) => sum - Number(isUnread(each)) + Number(isUnread(this.shown(each))), this.unread);
  }

  private shown(each: Notification): Notification {
    return this.marks.has(each.id) ? { ...each, ...this.marks.get(each.id) } : each;
  }

  /** Lays a change over what is known, and over the pages that are being read. */
  private lay(change: Change): void {
    for (const since of this.underway) since.push(change);
    this.apply(change);
  }

  private apply({ unreadCount, changed, removed }: Change): void {
    const gone = new Set([...removed, ...changed.map(({ id }) => id)]);
    const ids = new Set(this.known.map(({ id }) => id));
    const listed = changed.filter((each) => !this.isOlder(each) || each.snoozedUntil !== null || hasEnded(each) || ids.has(each.id));
    this.known = [...this.known.filter(({ id }) => !gone.has(id)), ...listed].sort((a, b) => (a.cursor < b.cursor ? 1 : -1));
    this.unread = unreadCount;
    this.trim();
  }

  /** Reports whether one belongs to a page that was not read yet. */
  private isOlder({ cursor }: Notification): boolean {
    return this.end.hasNextPage && cursor < (this.end.endCursor ?? "");
  }

  private onPages(): number {
    return this.known.filter((each) => !this.isOlder(each)).length;
  }

  /** Drops the oldest ones of the pages, which can be read again, so that an inbox that is open for a day does not grow. */
  private trim(): void {
    const most = this.asked + mostNew;
    const onPages = this.onPages();
    if (onPages > most && !this.loadingMore) {
      this.end = { endCursor: this.known[most - 1]?.cursor ?? null, hasNextPage: true };
      this.known = this.known.filter((_, at) => at < most || at >= onPages);
    }
    const ids = new Set(this.known.map(({ id }) => id));
    for (const id of this.fresh) if (!ids.has(id)) this.fresh.delete(id);
  }

  protected get hasMore(): boolean {
    return this.end.hasNextPage;
  }

  protected render(): void {
    this.show({
      ...nothing, status: this.shownStatus, items: this.inOrder().map((each) => this.item(each)),
      hasMore: this.hasMore, loadingMore: this.loadingMore, error: this.error, unread: Math.max(0, this.unreadWith(this.known)),
    });
  }

  private inOrder(): Notification[] {
    return inOrder(this.known.map((each) => this.shown(each)));
  }

  private item(raw: Notification): NotificationItem {
    return itemOf(raw, this.fresh.has(raw.id), raw.kind === "CONFLICT" ? this.conflicts.get(raw.entityId ?? "") : undefined);
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

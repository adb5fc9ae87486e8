import { absorb } from "../store/absorb.js";
import type { Core } from "./core.js";
import { Count } from "./count.js";
import { changesDocument } from "./documents.js";
import { dataOf } from "./entityData.js";
import type { EntityData, ListQuery, ListState, LiveList } from "./live.js";
import { givenFields } from "./mapping.js";
import { Members } from "./members.js";
import { comparison } from "./order.js";
import { readPage, type ListChange, type Page } from "./page.js";
import { atEnd, Growing, nothing } from "./shared.js";

/** The time between two states of a list, however many events come. */
const PACE_MS = 50;
const MOST_ROWS = 1_000;
const MOST_OF_A_PAGE = 100;
/** The number of rows that a list keeps beyond those that were read by pages. */
const MOST_NEW = 500;

/** A list of entities, read by pages and followed from before the first one. */
export class SharedList extends Growing<ListState<EntityData>> implements LiveList<EntityData> {
  private readonly filter: Readonly<Record<string, unknown>>;
  private readonly orderBy: string;
  private readonly pageSize: number;
  private members: Members;
  private readonly count = new Count(() => void this.recount());
  private rows: readonly string[] = [];
  /** Where the next page begins; null after rows were dropped. */
  private endCursor: string | null = null;
  /** How many rows there were when a page was read last. */
  private asked = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private renderedAt = 0;
  private items = new Map<string, { readonly view: unknown; readonly data: EntityData }>();
  private release: () => void = () => undefined;

  constructor(core: Core, private readonly query: ListQuery) {
    super(core, nothing);
    this.filter = givenFields(query.filter ?? {});
    this.orderBy = query.orderBy ?? "updated_at_desc";
    this.pageSize = Math.min(query.pageSize ?? 25, MOST_OF_A_PAGE);
    this.members = this.noMembers();
  }

  override showNew(): void {
    this.rows = this.members.inOrder();
    this.render();
  }

  protected override forget(): void {
    this.members = this.noMembers();
    this.rows = [];
    this.items.clear();
    this.status = "loading";
    this.error = this.count.total = undefined;
  }

  private noMembers(): Members {
    const { entities, outbox } = this.core;
    return new Members(entities, outbox, this.query.type, this.filter, comparison(this.orderBy));
  }

  protected start(signal: AbortSignal): void {
    const { entities, outbox, link } = this.core;
    this.signal = signal;
    this.members.forgetChanges();
    const render = () => this.render();
    atEnd(signal,
      entities.listen((ids) => this.touched(ids)),
      outbox.subscribe(() => this.schedule()),
      link.status.subscribe(render),
      link.onResync(() => {
        this.members.forgetChanges();
        this.become("stale");
      }),
      link.onSession(({ entityId }) => entityId === null && void this.reload()),
      () => {
        clearTimeout(this.timer);
        this.count.stop();
        this.release();
      },
    );
    void this.open(signal);
  }

  private async open(signal: AbortSignal): Promise<void> {
    const after = await this.read(signal).catch((error: unknown) => this.fail(error));
    if (after === undefined || signal.aborted) return;
    const { type } = this.query;
    atEnd(signal, this.core.link.follow<{ change: ListChange }>({
      query: changesDocument(type), variables: { filter: this.filter }, after,
      next: (data) => this.next(data), resync: () => this.read(signal), ended: (reason) => this.fail(reason),
    }));
  }

  /** Reads as many rows as there are, so that a person who has scrolled stays where they are. Resolves to the position from which to follow them. */
  protected async read(signal: AbortSignal, wanted = Math.max(this.pageSize, Math.min(this.members.size, MOST_ROWS))): Promise<string> {
    const first = await this.page(signal, Math.min(wanted, MOST_OF_A_PAGE), null);
    const pages = [first];
    for (let rows = first.nodes.length, last = first; rows < wanted && last.pageInfo.hasNextPage; rows += last.nodes.length) {
      last = await this.page(signal, MOST_OF_A_PAGE, last.pageInfo.endCursor);
      pages.push(last);
    }
    this.members.clear();
    for (const page of pages) this.extend(page);
    if (!this.held) this.rows = this.members.inOrder();
    this.become("live");
    return first.asOf;
  }

  protected get hasMore(): boolean {
    return this.members.more;
  }

  /** Reads the next page. Without a place where it begins, or if that has moved meanwhile, it reads what there is now. */
  protected async readMore(): Promise<void> {
    for (let after = this.endCursor; after !== null; after = this.endCursor) {
      const page = await this.page(this.signal, this.pageSize, after);
      if (after === this.endCursor) return this.extend(page);
    }
    await this.read(this.signal, this.members.size + this.pageSize);
  }

  private async page(signal: AbortSignal, first: number, after: string | null): Promise<Page> {
    const { link, entities } = this.core;
    const asked = { type: this.query.type, filter: this.filter, orderBy: this.orderBy.toUpperCase(), first, after };
    return this.persist(() => readPage(link, entities, asked), signal);
  }

  private extend(page: Page): void {
    const { endCursor, hasNextPage } = page.pageInfo;
    this.endCursor = endCursor ?? this.endCursor;
    this.members.extend(page.nodes, page.asOf, hasNextPage);
    this.asked = this.members.size;
    this.count.take(page);
  }

  private async recount(): Promise<void> {
    const page = await this.page(this.signal, 0, null).catch(() => undefined);
    if (!page || this.signal.aborted) return;
    this.count.take(page);
    this.render();
  }

  private next(data: { readonly change: ListChange }): void {
    const { link, entities } = this.core;
    const { change } = data;
    absorb(entities, data, undefined, entities.now());
    const moved = this.members.apply(change);
    if (moved) this.count.moved(change.cursor, moved.by, moved.sure && link.status.get().transport !== "poll");
    this.schedule();
  }

  /** Some entities look different: those of this list, or those that its rows refer to. */
  private touched(ids: ReadonlySet<string>): void {
    let mine = false;
    for (const [id, { data }] of this.items) {
      if (!ids.has(id) && !ids.has(data["customerId"] as string)) continue;
      mine = true;
      this.items.delete(id);
    }
    if (mine || [...ids].some((id) => this.members.concerns(id))) this.schedule();
  }

  /** Renders at once, or as soon as the pace allows. */
  private schedule(): void {
    if (this.timer !== undefined) return;
    const wait = this.renderedAt + PACE_MS - Date.now();
    this.timer = setTimeout(() => this.render(), Math.max(0, Math.min(wait, PACE_MS)));
  }

  protected render(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.renderedAt = Date.now();
    const rows = this.arrange();
    this.show({
      status: this.shownStatus, items: rows.map((id) => this.item(id)).filter((item) => item !== undefined),
      totalCount: this.count.total === undefined ? undefined : this.count.total + this.members.difference,
      totalCountIsExact: this.count.exact, hasMore: this.hasMore, loadingMore: this.loadingMore,
      newCount: this.members.sizeShown - rows.length, error: this.error,
    });
  }

  /** Puts the rows in order. While they are held, none moves and none is added at the top. */
  private arrange(): readonly string[] {
    const now = this.members.inOrder();
    if (this.held) {
      const place = new Map(now.map((id, at) => [id, at]));
      const kept = this.rows.filter((id) => place.has(id));
      const end = kept.reduce((last, id) => Math.max(last, place.get(id) ?? 0), -1);
      this.rows = [...kept, ...now.slice(end + 1)];
    } else {
      this.rows = this.trim(now);
    }
    this.keepHeld();
    return this.rows;
  }

  /** Drops the last rows, which can be read again, so that a list that is open for a day does not grow. */
  private trim(rows: readonly string[]): readonly string[] {
    const most = this.asked + MOST_NEW;
    if (rows.length <= most || this.loadingMore) return rows;
    for (const id of rows.slice(most)) this.items.delete(id);
    this.endCursor = null;
    return this.members.trim(rows, most);
  }

  /** Keeps the entities of the rows in the store. */
  private keepHeld(): void {
    const release = this.signal.aborted ? () => undefined : this.core.entities.hold(this.rows);
    this.release();
    this.release = release;
  }

  private item(id: string): EntityData | undefined {
    const { entities } = this.core;
    const view = entities.view(id);
    if (!view) return undefined;
    const known = this.items.get(id);
    if (known?.view === view) return known.data;
    const data = dataOf<EntityData>(entities, view, this.query.type);
    this.items.set(id, { view, data });
    return data;
  }
}

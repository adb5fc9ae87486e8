import type { Entities } from "../store/entities.js";
import type { EntityTypeName } from "../store/types.js";
import type { PersonalOutbox } from "./outbox.js";
import { matches } from "./matching.js";
import type { Placed } from "./order.js";
import type { ListChange, Node } from "./page.js";

/** The number of changes that are kept for pages from before them: a page is seldom so old. */
const MOST_CHANGES = 1_000;

/**
 * The entities in the part of a list that was read: those of which the server says so, and those whose edits here say so
 * until the server does.
 */
export class Members {
  /** Whether the list goes on after the part that was read. */
  more = false;
  /** How many of those shown the server does not count, less those that it counts and that are not shown. */
  difference = 0;
  sizeShown = 0;
  private readonly ids = new Set<string>();
  /** The entities with edits that the server has not told of. */
  private readonly edited = new Set<string>();
  /** The last entity of the last page as that page showed it: the next page begins after it, wherever it is now. */
  private end: Placed | undefined;
  /** The entities as pages showed them. */
  private readonly read = new Map<string, Node>();
  /** The last change of each entity, which is made again to a page from before it. */
  private readonly latest = new Map<string, ListChange>();

  constructor(
    private readonly entities: Entities, private readonly outbox: PersonalOutbox, private readonly type: EntityTypeName,
    private readonly filter: Readonly<Record<string, unknown>>, private readonly compare: (a: Placed, b: Placed) => number,
  ) {}

  get size(): number {
    return this.ids.size;
  }

  clear(): void {
    this.ids.clear();
    this.read.clear();
    this.edited.clear();
  }

  /** Forgets the changes, as when the log is another one. */
  forgetChanges(): void {
    this.latest.clear();
  }

  /** Drops what is beyond the first ids in the order of the list. It can be read again. */
  trim(ids: readonly string[], most: number): readonly string[] {
    for (const id of ids.slice(most)) {
      this.ids.delete(id);
      this.read.delete(id);
    }
    const kept = ids.slice(0, most);
    this.end = this.entities.view(kept[most - 1] ?? "");
    this.more = true;
    this.sizeShown = most;
    return kept;
  }

  /** Adds a page at the end, with the changes after it. */
  extend(nodes: readonly Node[], asOf: string, more: boolean): void {
    this.more = more;
    const last = nodes.at(-1);
    if (last) this.end = { id: last.id, fields: last };
    for (const node of nodes) {
      this.ids.add(node.id);
      this.read.set(node.id, node);
    }
    for (const change of this.latest.values()) if (change.cursor > asOf) this.place(change);
  }

  /** Applies an event. Returns the difference that it makes to the number of items, and whether that is sure. */
  apply(change: ListChange): { readonly by: 1 | -1; readonly sure: boolean } | undefined {
    const { entityId: id, transition } = change;
    this.latest.delete(id);
    this.latest.set(id, change);
    if (this.latest.size > MOST_CHANGES) this.latest.delete(this.latest.keys().next().value as string);
    const before = this.ids.has(id);
    if (!this.place(change)) return undefined;
    if (this.entities.editsOf(id).length === 0) this.edited.delete(id);
    if (transition === "LEFT") return { by: -1, sure: true };
    return transition === "ENTERED" && !before ? { by: 1, sure: true } : undefined;
  }

  /** Puts an entity where a change says, unless a page has shown a later version. Reports whether it did. */
  private place({ entityId: id, transition, version, fromVersion }: ListChange): boolean {
    if (version > fromVersion && version <= (this.read.get(id)?.version ?? 0)) return false;
    if (transition !== "LEFT" && this.isInPart(id)) this.ids.add(id);
    else this.ids.delete(id);
    return true;
  }

  /** Reports whether a change of an entity may change the list. */
  concerns(id: string): boolean {
    return this.ids.has(id) || this.edited.has(id);
  }

  /** Returns the ids in the order of the list. */
  inOrder(): string[] {
    this.lookForEdits();
    const shown = [...new Set([...this.ids, ...this.edited])].filter((id) => this.isShown(id));
    this.difference = [...this.edited].reduce((sum, id) => sum + Number(this.matchesNow(id)) - Number(this.isCounted(id)), 0);
    this.sizeShown = shown.length;
    const views = shown.map((id) => this.entities.view(id)).filter((view) => view !== undefined);
    return views.sort(this.compare).map(({ id }) => id);
  }

  /** Finds entities of the outbox. A new one gets another id when the server has it. */
  private lookForEdits(): void {
    for (const { entityId, entityType, state } of this.outbox.records) {
      if (entityType === this.type && state !== "refused") this.edited.add(entityId);
    }
    for (const id of this.edited) {
      if (!id.startsWith("new:") || this.entities.editsOf(id).length > 0) continue;
      this.edited.delete(id);
      const actual = this.outbox.actualId(id);
      if (actual !== id && !this.ids.has(actual)) this.edited.add(actual);
    }
  }

  private isShown(id: string): boolean {
    if (!this.entities.view(id)) return false;
    if (!this.edited.has(id)) return true;
    return this.matchesNow(id) && (this.ids.has(id) || this.isInPart(id));
  }

  /** Reports whether an edited entity belongs to the list as its person sees it. */
  private matchesNow(id: string): boolean {
    const view = this.entities.view(id);
    if (!view || view.deleted) return this.ids.has(id);
    return matches(this.filter, id, view.fields) ?? this.ids.has(id);
  }

  /** Reports whether the server counts an edited entity. */
  private isCounted(id: string): boolean {
    const record = this.entities.record(id);
    if (this.ids.has(id) || !record || record.version === 0) return this.ids.has(id);
    const fields = Object.fromEntries(Object.entries(record.fields).map(([name, { value }]) => [name, value]));
    return matches(this.filter, id, fields) === true;
  }

  /** Reports whether an entity belongs before the end of the part that was read. */
  private isInPart(id: string): boolean {
    const view = this.entities.view(id);
    const read = this.read.get(id);
    // The server's order counts: an entity at the place where a page of the server had it belongs there.
    const asRead = view && read && !this.compare(view, { id, fields: read });
    return !this.more || (view !== undefined && (asRead || !this.end || this.compare(view, this.end) <= 0));
  }
}

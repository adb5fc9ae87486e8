import type { Change } from "./operations/changes.ts";

/** A change as one subscriber saw it, or as the log has it. */
export interface Seen {
  readonly cursor: string;
  readonly entityId: string;
  readonly version: number;
  /** The other facts about it, as text. */
  readonly content: string;
}

/** The faults of a followed sequence. It has none when all lists are empty. */
export interface Report {
  /** In the log, and never seen. */
  readonly lost: readonly Seen[];
  /** Seen again. */
  readonly doubled: readonly Seen[];
  /** Seen after something that comes later in the log. */
  readonly reordered: readonly Seen[];
  /** Seen, and not in the log. */
  readonly invented: readonly Seen[];
  /** Seen otherwise than the log has it. */
  readonly altered: readonly Seen[];
}

/** Notes a change, whole. Apollo asks for type names in more places than the others, so they do not count. */
export function seen(change: Change): Seen {
  const { cursor, entityId, version, ...rest } = change;
  const content = JSON.stringify(rest, (key, value: unknown) => (key === "__typename" ? undefined : value));
  return { cursor, entityId, version, content };
}

/**
 * Compares the events that a subscriber received with the log since its beginning. The log defines the events and their
 * order; `checkLog` checks the log itself.
 */
export function check(log: readonly Seen[], followed: readonly Seen[]): Report {
  const places = new Map(log.map((entry, place) => [entry.cursor, { entry, place }]));
  const met = new Set<string>();
  const report = { lost: [] as Seen[], doubled: [] as Seen[], reordered: [] as Seen[], invented: [] as Seen[], altered: [] as Seen[] };
  let furthest = -1;
  for (const event of followed) {
    const found = places.get(event.cursor);
    if (!found) {
      report.invented.push(event);
      continue;
    }
    if (!isSame(event, found.entry)) report.altered.push(event);
    if (met.has(event.cursor)) {
      report.doubled.push(event);
      continue;
    }
    met.add(event.cursor);
    if (found.place < furthest) report.reordered.push(event);
    furthest = Math.max(furthest, found.place);
  }
  report.lost.push(...log.filter((entry) => !met.has(entry.cursor)));
  return report;
}

function isSame(a: Seen, b: Seen): boolean {
  return a.entityId === b.entityId && a.version === b.version && a.content === b.content;
}

/** Says that nothing is wrong, or throws with the beginning of each list. */
export function assertClean(who: string, report: Report): void {
  const faults = Object.entries(report)
    .filter(([, events]) => events.length > 0)
    .map(([fault, events]) => `${events.length} ${fault} (${name(events)})`);
  if (faults.length > 0) throw new Error(`${who}: ${faults.join(", ")}`);
}

function name(events: readonly Seen[]): string {
  const first = events.slice(0, 3).map((event) => `${event.entityId} version ${event.version} at ${event.cursor}`);
  return first.join("; ") + (events.length > 3 ? "; …" : "");
}

/**
 * Throws unless the log is one that can be: cursors that grow, and for each entity every version once, in
 * order. Cursors are compared as text, which their encoding allows.
 */
export function checkLog(log: readonly Seen[]): void {
  const versions = new Map<string, number>();
  let last = "";
  for (const entry of log) {
    if (entry.cursor <= last) throw new Error(`the log has ${entry.cursor} after ${last}`);
    last = entry.cursor;
    const before = versions.get(entry.entityId) ?? 0;
    if (entry.version !== before + 1) {
      throw new Error(`the log has version ${entry.version} of ${entry.entityId} after version ${before}`);
    }
    versions.set(entry.entityId, entry.version);
  }
}

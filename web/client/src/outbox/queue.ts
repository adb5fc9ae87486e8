import { sameValue } from "../store/fields.js";
import type { Reading } from "../store/record.js";
import { limits, type Edit, type OpenConflict, type OutboxRecord, type Refusal } from "./record.js";

/** The records of an outbox in order. All functions here are pure, and return the records as they are afterwards. */
export type Records = readonly OutboxRecord[];

/** The server's answer to an edit. */
export type Answer =
  | { readonly kind: "saved"; readonly entityId: string; readonly version: number }
  | { readonly kind: "conflict"; readonly conflict: OpenConflict; readonly resolved: boolean }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** The queue after an edit was added, and the record of the edit, or none if it changes nothing. */
export interface Added {
  readonly records: Records;
  readonly clientMutationId: string | undefined;
  /** The record that the edit took back. */
  readonly undone?: string | undefined;
}

/** The outbox has no room for another edit, which is not kept. */
export class OutboxFull extends Error {
  override name = "OutboxFull";
}

/** Fields that are valid only together, so that edits of them are one. */
const groups = [["startsAt", "endsAt"], ["amountMinor", "currency"]];

/**
 * Adds an edit. It is merged into a record that waits and has one of its fields: the last value counts, with the base and
 * the value that were on screen first. A field that is back at that value drops out. Edits of different fields stay apart,
 * so that a conflict over one of them does not keep the other.
 */
export function add(records: Records, edit: Edit, clientMutationId: string, at: number): Added {
  const lane = laneOf(records, edit.entityId);
  const waiting = lane.findLast((each) => each.state === "queued" && belongTogether(each.patch, edit.patch));
  const unanswered = lane.filter(({ state }) => state !== "refused").map((each) => each.clientMutationId);
  const madeAfter = [...new Set([...(edit.madeAfter ?? []), ...unanswered])].filter((id) => id !== waiting?.clientMutationId);
  const order = (records.at(-1)?.order ?? 0) + 1;
  const fresh: OutboxRecord = { ...edit, kind: "update", clientMutationId, madeAfter, order, at, tries: 0, state: "queued" };
  const record = withoutUndone(waiting ? merge(waiting, fresh) : fresh);
  const rest = records.filter((each) => each !== waiting);
  if (isEmpty(record)) return { records: rest, clientMutationId: undefined, undone: waiting?.clientMutationId };
  const next = waiting ? records.map((each) => (each === waiting ? record : each)) : [...records, record];
  checkRoom(next);
  return { records: next, clientMutationId: record.clientMutationId };
}

/** Adds an entity that is yet to be created. Edits of it and references to it use an id of the outbox until then. */
export function addNew(
  records: Records,
  created: Pick<Edit, "entityType" | "entityId" | "patch">,
  clientMutationId: string,
  at: number,
): Added {
  const order = (records.at(-1)?.order ?? 0) + 1;
  const record: OutboxRecord = {
    ...created,
    kind: "create",
    bases: {},
    seen: {},
    clientMutationId,
    madeAfter: [],
    order,
    at,
    tries: 0,
    state: "queued",
  };
  const next = [...records, record];
  checkRoom(next);
  return { records: next, clientMutationId };
}

/** Returns the records that may be sent now: of each entity the first one that has no answer. */
export function sendable(records: Records): OutboxRecord[] {
  const seen = new Set<string>();
  const created = new Set(records.filter(({ kind }) => kind === "create").map(({ entityId }) => entityId));
  return records.filter((record) => {
    if (record.state === "conflict" || record.state === "refused" || seen.has(record.entityId)) return false;
    seen.add(record.entityId);
    return !refersTo(record, created);
  });
}

/** Fixes a record for sending: from here on it has this content under this id, until it is answered. */
export function sending(records: Records, clientMutationId: string): Records {
  return replace(records, clientMutationId, (record) => {
    if (record.state !== "queued" && record.state !== "sending") return record;
    return { ...record, state: "sending", tries: record.tries + 1 };
  });
}

/** Takes the answer to an edit. An answer to a record that is not being sent any more changes nothing. */
export function answered(records: Records, clientMutationId: string, answer: Answer): Records {
  const record = records.find((each) => each.clientMutationId === clientMutationId);
  if (record?.state !== "sending") return records;
  if (answer.kind === "saved") return saved(records, record, answer);
  if (answer.kind === "refused") {
    const { refusal } = answer;
    // The loss of access may have come while this was sent: lose() leaves such a record to its answer.
    const lost = refusal.code === "EntityGone" || refusal.code === "AccessDenied";
    const refused = replace(records, clientMutationId, (each) => ({ ...each, seen: lost ? {} : each.seen, state: "refused", refusal }));
    return record.kind === "create" ? refuseDependents(refused, record.entityId) : refused;
  }
  return answer.resolved ? without(records, record) : collided(records, record, answer.conflict);
}

/** Takes what is known of a conflict from elsewhere: it has new sides, or is resolved. */
export function conflictIs(records: Records, conflict: OpenConflict, resolved: boolean): Records {
  const record = records.find((each) => each.conflict?.id === conflict.id);
  if (!record) return records;
  return resolved ? without(records, record) : replace(records, record.clientMutationId, (each) => ({ ...each, conflict }));
}

/** Says that the person saw a newer version of fields and keeps their own values. */
export function keepMine(
  records: Records,
  entityId: string,
  fields: readonly string[],
  version: number,
  seen: Readonly<Record<string, unknown>>,
): Records {
  return records.flatMap((record) => {
    const mine = fields.filter((field) => field in record.patch);
    if (record.entityId !== entityId || record.state !== "queued" || mine.length === 0) return record;
    const bases = { ...record.bases, ...Object.fromEntries(mine.map((field) => [field, version])) };
    const now = { ...record.seen, ...Object.fromEntries(mine.map((field) => [field, seen[field]])) };
    const kept = withoutUndone({ ...record, bases, seen: now });
    return isEmpty(kept) ? [] : kept;
  });
}

/** Drops a record that its person gives up. A record that is being sent may have been applied already, and stays. */
export function discard(records: Records, clientMutationId: string): Records {
  const record = records.find((each) => each.clientMutationId === clientMutationId);
  if (!record || record.state === "sending") return records;
  const rest = without(records, record);
  return record.kind === "create" ? refuseDependents(rest, record.entityId) : rest;
}

/**
 * Lays what waits over an entity of a log that was replaced, whose old versions mean nothing any more. A field that has the
 * value that its person saw has the present version as its base; for the others, every change counts. A record whose base
 * the server has refused was not applied, so it may change.
 */
export function rebase(records: Records, { id, version, fields }: Reading, refused?: string): Records {
  return records.map((record) => {
    const waits = record.state === "queued" || record.clientMutationId === refused;
    if (record.entityId !== id || record.kind !== "update" || !waits) return record;
    const bases = Object.keys(record.bases).map((field) => [
      field,
      sameValue(record.seen[field] ?? null, fields[field] ?? null) ? version : 1,
    ]);
    return { ...record, state: "queued", bases: Object.fromEntries(bases) as Record<string, number>, madeAfter: [] };
  });
}

/** Refuses what waits for an entity that its person may not see any more, and forgets what others wrote in it. */
export function lose(records: Records, entityId: string): Records {
  const refusal = { code: "AccessDenied", message: "You may not see the record of this change any more." };
  return records.map((record) => {
    if (record.entityId !== entityId || record.state === "sending") return record;
    const { conflict: _, ...rest } = record;
    return { ...rest, seen: {}, state: "refused", refusal };
  });
}

/** Refuses what has waited for too long. Its text is kept. */
export function expire(records: Records, now: number): Records {
  const old = (record: OutboxRecord) => record.state === "queued" && now - record.at > limits.milliseconds;
  if (!records.some(old)) return records;
  const refusal = { code: "Expired", message: "This change waited on this device for more than 14 days, and was not sent." };
  return records.map((record) => (old(record) ? { ...record, state: "refused", refusal } : record));
}

function belongTogether(a: OutboxRecord["patch"], b: OutboxRecord["patch"]): boolean {
  const withGroups = Object.keys(b).flatMap((field) => groups.find((group) => group.includes(field)) ?? [field]);
  return withGroups.some((field) => field in a);
}

function merge(waiting: OutboxRecord, later: OutboxRecord): OutboxRecord {
  return {
    ...waiting,
    patch: { ...waiting.patch, ...later.patch },
    bases: { ...later.bases, ...waiting.bases },
    seen: { ...later.seen, ...waiting.seen },
    madeAfter: [...new Set([...waiting.madeAfter, ...later.madeAfter])],
  };
}

function withoutUndone(record: OutboxRecord): OutboxRecord {
  if (record.kind === "create") return record;
  const fields = Object.keys(record.patch).filter((field) => !(field in record.seen && sameValue(record.patch[field], record.seen[field])));
  const pick = <T>(from: Readonly<Record<string, T>>) =>
    Object.fromEntries(fields.filter((field) => field in from).map((field) => [field, from[field] as T]));
  return { ...record, patch: pick(record.patch), bases: pick(record.bases), seen: pick(record.seen) };
}

function isEmpty(record: OutboxRecord): boolean {
  return record.kind === "update" && Object.keys(record.patch).length === 0;
}

/** A new entity has its id now: what waited for it goes on. */
function saved(records: Records, record: OutboxRecord, answer: { readonly entityId: string; readonly version: number }): Records {
  const rest = without(records, record);
  if (record.kind !== "create") return rest;
  const actual = (value: unknown) => (value === record.entityId ? answer.entityId : value);
  return rest.map((each) => {
    const mine = each.entityId === record.entityId;
    const patch = Object.fromEntries(Object.entries(each.patch).map(([field, value]) => [field, actual(value)]));
    const bases = mine ? Object.fromEntries(Object.keys(each.bases).map((field) => [field, answer.version])) : each.bases;
    return mine || !sameValue(patch, each.patch) ? { ...each, entityId: mine ? answer.entityId : each.entityId, patch, bases } : each;
  });
}

/** An edit that joins a conflict of an earlier one becomes a part of its record, as on the server. */
function collided(records: Records, record: OutboxRecord, conflict: OpenConflict): Records {
  const earlier = records.find((each) => each.conflict?.id === conflict.id && each !== record);
  if (!earlier) return replace(records, record.clientMutationId, (each) => ({ ...each, state: "conflict", conflict }));
  const patch = { ...earlier.patch, ...record.patch };
  return replace(without(records, record), earlier.clientMutationId, (each) => ({ ...each, patch, conflict }));
}

function refuseDependents(records: Records, entityId: string): Records {
  const refusal = { code: "EntityGone", message: "What this change belongs to was not created." };
  const missing = new Set([entityId]);
  return records.map((each) => {
    const dependent = each.state === "queued" && (each.entityId === entityId || refersTo(each, missing));
    return dependent ? { ...each, state: "refused", refusal } : each;
  });
}

function refersTo(record: OutboxRecord, created: ReadonlySet<string>): boolean {
  return Object.values(record.patch).some((value) => typeof value === "string" && created.has(value));
}

function laneOf(records: Records, entityId: string): OutboxRecord[] {
  return records.filter((record) => record.entityId === entityId);
}

function without(records: Records, record: OutboxRecord): Records {
  return records.filter((each) => each.clientMutationId !== record.clientMutationId);
}

function replace(records: Records, clientMutationId: string, change: (record: OutboxRecord) => OutboxRecord): Records {
  return records.map((each) => (each.clientMutationId === clientMutationId ? change(each) : each));
}

function checkRoom(records: Records): void {
  if (records.length > limits.records) throw new OutboxFull(`${limits.records} changes wait on this device. Connect before you make more.`);
  if (JSON.stringify(records).length > limits.bytes) {
    throw new OutboxFull("The changes that wait on this device take too much space. Connect before you make more.");
  }
}

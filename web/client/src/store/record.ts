import { touchedBy } from "./fields.js";

/** The fields of an entity at one version, as an answer shows them, by the names under which the store keeps fields. */
export interface Reading {
  readonly id: string;
  readonly type?: string | undefined;
  readonly version: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A change of an entity, as `entityChanged` sends it. */
export interface Change extends Reading {
  /** The version before it; equal to `version` if the change made none. */
  readonly fromVersion: number;
  readonly kind?: string | undefined;
  /** Its position in the log. */
  readonly cursor?: string | undefined;
  /** The fields of a patch that it changed. Undefined if the subscription did not select them. */
  readonly changed?: readonly string[] | undefined;
  readonly deleted?: Omit<Tombstone, "version"> | undefined;
  readonly clientMutationId?: string | null | undefined;
}

/** The remains of a deleted entity. */
export interface Tombstone {
  readonly version: number;
  readonly at?: string | undefined;
  /** The id of the person who deleted it. */
  readonly by?: string | undefined;
}

/** A value, and the newest version that is known to have it. */
export interface Known {
  readonly value: unknown;
  readonly version: number;
}

/** Everything that is known of an entity. */
export interface EntityRecord {
  readonly id: string;
  readonly type?: string | undefined;
  /** The newest version that is known to exist. A field whose own version is lower is stale. */
  readonly version: number;
  readonly fields: Readonly<Record<string, Known>>;
  /** All changes after this version and up to `version` are in `touched`. */
  readonly since: number;
  /** The last version that changed a field, of those after `since`. */
  readonly touched: Readonly<Record<string, number>>;
  readonly tombstone?: Tombstone | undefined;
}

/** Reports whether a value is that of the newest version. */
export function isFresh(record: EntityRecord, field: string): boolean {
  return record.fields[field]?.version === record.version;
}

/** Adds a reading. An older one only fills in fields that no later change touched; the rest of it is stale. */
export function read(record: EntityRecord | undefined, reading: Reading): EntityRecord {
  const { id, version } = reading;
  const type = reading.type ?? record?.type;
  if (!record || version > record.version) {
    const fields = { ...record?.fields, ...at(reading) };
    return { id, type, version, fields, since: version, touched: {}, tombstone: tombstoneOf(reading) };
  }
  const fields: Record<string, Known> = { ...record.fields };
  for (const [name, known] of Object.entries(at(reading))) {
    const mine = fields[name];
    if (mine?.version === record.version) continue;
    if (spares(record, name, version)) fields[name] = { value: known.value, version: record.version };
    else if (!mine || mine.version < version) fields[name] = known;
  }
  const tombstone = record.tombstone ?? (version === record.version ? tombstoneOf(reading) : undefined);
  return { ...record, type, fields, tombstone };
}

/** Applies a change, in any order and any number of times. */
export function apply(record: EntityRecord | undefined, change: Change): EntityRecord {
  const { version, fromVersion } = change;
  if (version === fromVersion || (record && version <= record.version)) return late(read(record, change), change);
  const touched = change.changed && touchedBy(change.changed);
  const kept: Record<string, Known> = { ...record?.fields };
  if (record && touched && fromVersion === record.version) {
    for (const [name, known] of Object.entries(kept)) {
      if (known.version === record.version && !touched.has(name)) kept[name] = { value: known.value, version };
    }
  }
  return {
    id: change.id,
    type: change.type ?? record?.type,
    version,
    fields: { ...kept, ...at(change) },
    ...log(record, change, touched),
    tombstone: change.kind === "DELETED" ? { ...change.deleted, version } : tombstoneOf(change),
  };
}

/** Returns which versions the record knows field by field after a change. Coalesced changes hide those in between. */
function log(record: EntityRecord | undefined, change: Change, touched: Set<string> | undefined): Pick<EntityRecord, "since" | "touched"> {
  const { version, fromVersion } = change;
  if (!touched || version - fromVersion !== 1) return { since: version, touched: {} };
  const now = Object.fromEntries([...touched].map((name) => [name, version]));
  if (record?.version !== fromVersion) return { since: fromVersion, touched: now };
  return { since: record.since, touched: { ...record.touched, ...now } };
}

/** A deletion that arrives after an answer already showed its version. */
function late(record: EntityRecord, change: Change): EntityRecord {
  if (change.kind !== "DELETED" || change.version !== record.version) return record;
  return { ...record, tombstone: { ...record.tombstone, ...change.deleted, version: change.version } };
}

/** Reports whether no change after a version touched a field. */
export function spares(record: EntityRecord, field: string, version: number): boolean {
  return version >= record.since && (record.touched[field] ?? 0) <= version;
}

function at(reading: Reading): Record<string, Known> {
  const { version } = reading;
  return Object.fromEntries(Object.entries(reading.fields).map(([name, value]) => [name, { value, version }]));
}

function tombstoneOf({ version, fields }: Reading): Tombstone | undefined {
  const { deletedAt, updatedById } = fields;
  return typeof deletedAt === "string" ? { version, at: deletedAt, by: updatedById as string | undefined } : undefined;
}

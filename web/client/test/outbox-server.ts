import type { OutboxRecord, OpenConflict } from "../src/outbox/record.js";

type Fields = Record<string, string>;

/** One version of the entity: who made it with which mutation, and what it changed. */
export interface Version {
  readonly by: "ada" | "ben";
  readonly clientMutationId: string | undefined;
  readonly changed: Fields;
}

export interface StoredConflict {
  id: string;
  patch: Fields;
  fields: string[];
  resolved: boolean;
}

type Answer = { readonly saved: number } | { readonly conflict: StoredConflict };

/** The rules of sections 8 and 9 of the protocol for values, of one entity: what the outbox has to get along with. */
export class ModelServer {
  readonly versions: Version[] = [{ by: "ben", clientMutationId: undefined, changed: { a: "a0", b: "b0", c: "c0" } }];
  readonly conflicts: StoredConflict[] = [];
  private readonly answers = new Map<string, Answer>();

  get version(): number {
    return this.versions.length;
  }

  at(version: number): Fields {
    return Object.assign({}, ...this.versions.slice(0, version).map(({ changed }) => changed)) as Fields;
  }

  edit(by: "ada" | "ben", changed: Fields, clientMutationId?: string): number {
    const now = this.at(this.version);
    const differing = Object.entries(changed).filter(([field, value]) => now[field] !== value);
    if (differing.length > 0) this.versions.push({ by, clientMutationId, changed: Object.fromEntries(differing) });
    return this.version;
  }

  /** Takes a record of Ada's outbox, any number of times. */
  take(record: OutboxRecord): Answer {
    const known = this.answers.get(record.clientMutationId);
    if (known) return known;
    const answer = this.decide(record);
    this.answers.set(record.clientMutationId, answer);
    return answer;
  }

  private decide(record: OutboxRecord): Answer {
    const patch = record.patch as Fields;
    const now = this.at(this.version);
    const clashing = Object.keys(patch).filter((field) => this.clashes(field, patch[field] as string, record, now));
    const earlier = this.conflicts.findLast((each) => !each.resolved && record.madeAfter.includes(each.id));
    const joins = earlier && Object.keys(patch).some((field) => field in earlier.patch && earlier.patch[field] !== patch[field]);
    if (earlier && (joins || clashing.length > 0)) {
      earlier.patch = { ...earlier.patch, ...patch };
      earlier.fields = [...new Set([...earlier.fields, ...clashing])];
      return { conflict: earlier };
    }
    if (clashing.length === 0) return { saved: this.edit("ada", patch, record.clientMutationId) };
    const conflict = { id: record.clientMutationId, patch, fields: clashing, resolved: false };
    this.conflicts.push(conflict);
    return { conflict };
  }

  private clashes(field: string, value: string, record: OutboxRecord, now: Fields): boolean {
    const base = record.bases[field] ?? 0;
    let saw = this.at(base)[field];
    let others = false;
    for (const { by, clientMutationId, changed } of this.versions.slice(base)) {
      if (!(field in changed)) continue;
      if (by === "ben") others = true;
      else if (record.madeAfter.includes(clientMutationId ?? "")) [saw, others] = [changed[field], false];
    }
    return others && value !== now[field] && value !== saw;
  }

  /** Somebody resolves a conflict: one side wins the fields in conflict, and the rest of the edit is applied. */
  resolve(conflict: StoredConflict, local: boolean): void {
    const rest = Object.entries(conflict.patch).filter(([field]) => local || !conflict.fields.includes(field));
    this.edit("ada", Object.fromEntries(rest), `resolution of ${conflict.id}`);
    conflict.resolved = true;
  }
}

export function shown(conflict: StoredConflict, version: number): OpenConflict {
  const fields = conflict.fields.map((field) => ({ field, base: null, local: conflict.patch[field], remote: null }));
  return { id: conflict.id, remoteVersion: version, conflictedFields: fields };
}

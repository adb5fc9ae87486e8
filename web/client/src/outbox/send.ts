import type { Link } from "../connection/link.js";
import { failureOf, TandemError } from "../errors.js";
import type { Operation, Result } from "../operation.js";
import { absorbWhole } from "../store/absorb.js";
import type { Entities } from "../store/entities.js";
import type { Reading } from "../store/record.js";
import type { EntityTypeName } from "../store/types.js";
import { createDocument, updateDocument } from "./documents.js";
import type { Sent } from "./outcome.js";
import type { OpenConflict, OutboxRecord, Refusal } from "./record.js";

/** The result of a mutation of an entity, as the documents of this folder select it. */
export interface MutationAnswer {
  readonly __typename: string;
  readonly entity?: { readonly id: string; readonly version: number; readonly [field: string]: unknown };
  readonly message?: string;
  readonly fields?: Refusal["fields"];
  readonly readOnlyFields?: readonly string[];
  readonly resolution?: string | null;
}

/** A conflict with the states of its entity. */
export type AnsweredConflict = OpenConflict & {
  readonly entityId: string;
  readonly remoteState?: { readonly version: number; readonly document: Readonly<Record<string, unknown>> } | null;
};

/** Reads an entity as it is now, whatever is known of it. */
export type Present = (type: EntityTypeName, id: string) => Promise<Reading | undefined>;

/** Returns a function that sends the records of an outbox over a connection. */
export function sender(
  link: Pick<Link, "execute">,
  entities: Entities,
  present: Present,
): (record: OutboxRecord, signal: AbortSignal) => Promise<Sent> {
  return async (record, signal) => {
    const operation = operationOf(record);
    try {
      const sent = sentOf(await link.execute<{ answer: MutationAnswer | null }>(operation, { signal }), entities);
      const reading = isBaseRefused(sent) ? await present(record.entityType, record.entityId) : undefined;
      return reading ? { kind: "rebase", reading } : sent;
    } catch (error) {
      return failed(error);
    }
  };
}

/** The mutation of a record. Each field has the base of its own; `baseVersion` is the newest of them. */
export function operationOf(record: OutboxRecord): Operation {
  const { clientMutationId, entityId: id, entityType, patch, bases, madeAfter } = record;
  if (record.kind === "create") return { query: createDocument(entityType), variables: { input: { ...patch, clientMutationId } } };
  const baseVersion = Math.max(...Object.values(bases));
  const differ = Object.values(bases).some((version) => version !== baseVersion);
  const byField = differ ? { bases: Object.entries(bases).map(([field, version]) => ({ field, version })) } : {};
  const after = madeAfter.length > 0 ? { madeAfter: madeAfter.slice(-500) } : {};
  return { query: updateDocument(entityType), variables: { input: { id, baseVersion, clientMutationId, patch, ...byField, ...after } } };
}

/** Sorts a result into saved, conflict, refused or again, and adds the entity that it shows to the store. */
function sentOf(result: Result<{ answer: MutationAnswer | null }>, entities: Entities): Sent {
  const failure = failureOf(result);
  const answer = result.data?.answer;
  if (failure || !answer) return failed(failure);
  if (answer.entity) {
    const { id: entityId, version } = answer.entity;
    return { kind: "saved", entityId, version, reading: readingOf(answer, entities) };
  }
  if (answer.__typename.endsWith("Conflict")) {
    const conflict = answer as unknown as AnsweredConflict;
    return { kind: "conflict", conflict, resolved: answer.resolution != null, reading: remoteOf(conflict) };
  }
  const { __typename: code, message = "", fields, readOnlyFields } = answer;
  return { kind: "refused", refusal: { code, message, ...(fields && { fields }), ...(readOnlyFields && { readOnlyFields }) } };
}

/** Reports whether the log of the server does not have the version that an edit was made on. It was replaced then. */
function isBaseRefused(sent: Sent): boolean {
  const fields = sent.kind === "refused" ? (sent.refusal.fields ?? []) : [];
  return fields.length > 0 && fields.every(({ field }) => /^base(Version$|s\[)/.test(field));
}

/** Adds the entity of an answer to the store, and returns what the other tabs should know of it. */
function readingOf(answer: MutationAnswer, entities: Entities): Reading | undefined {
  if (answer.entity) absorbWhole(entities, answer.entity);
  return answer.entity && entities.reading(answer.entity.id);
}

/** The newest version that a conflict shows of its entity. */
export function remoteOf(conflict: AnsweredConflict): Reading | undefined {
  const { entityId: id, remoteState } = conflict;
  return remoteState ? { id, version: remoteState.version, fields: remoteState.document } : undefined;
}

/** Decides from an error, or a missing answer, whether to send the record again. */
function failed(error: unknown): Sent {
  if (!(error instanceof TandemError)) return { kind: "again" };
  if (error.retryable || error.code === "UNAUTHENTICATED" || error.code === "ABORTED" || error.code === "CLOSED") {
    return { kind: "again", afterMs: error.retryAfterMs };
  }
  return { kind: "refused", refusal: { code: error.code, message: error.message } };
}

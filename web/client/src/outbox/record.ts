import type { EntityTypeName } from "../store/types.js";

/**
 * Why the server, or the outbox itself, refused an edit.
 *
 * @example
 * ```ts
 * const list = (refusal: Refusal) => refusal.fields?.map(({ field, message }) => `${field} ${message}`);
 * ```
 */
export interface Refusal {
  /** `EntityGone`, `AccessDenied`, `InvalidInput`, `Expired`, or the code of an error. */
  readonly code: string;
  /** One or more sentences to show to a person. */
  readonly message: string;
  /** The faults of single fields. */
  readonly fields?: readonly { readonly field: string; readonly message: string }[];
  readonly readOnlyFields?: readonly string[];
}

/**
 * An open conflict, as the server describes it.
 *
 * @example
 * ```ts
 * const fields = conflict.conflictedFields.map(({ field }) => field);
 * ```
 */
export interface OpenConflict {
  readonly id: string;
  readonly remoteVersion: number;
  readonly conflictedFields: readonly {
    readonly field: string;
    readonly base: unknown;
    readonly local: unknown;
    readonly remote: unknown;
  }[];
}

/**
 * An edit that the server has not applied: it waits, is being sent, met a conflict, or was refused.
 *
 * @example
 * ```ts
 * const refused = tandem.outbox.get().records.filter(({ state }) => state === "refused");
 * ```
 */
export interface OutboxRecord {
  readonly clientMutationId: string;
  readonly kind: "create" | "update";
  readonly entityType: EntityTypeName;
  /** The entity, or for one that is yet to be created the id that the outbox gave it. */
  readonly entityId: string;
  readonly patch: Readonly<Record<string, unknown>>;
  /** The version that was on screen when its person began to change a field. */
  readonly bases: Readonly<Record<string, number>>;
  /** The value that was on screen then. */
  readonly seen: Readonly<Record<string, unknown>>;
  /** The edits of the entity that had no answer when this one was made. */
  readonly madeAfter: readonly string[];
  /** Its place among all records. */
  readonly order: number;
  /** When it was made, in milliseconds. */
  readonly at: number;
  readonly tries: number;
  readonly state: "queued" | "sending" | "conflict" | "refused";
  readonly conflict?: OpenConflict;
  readonly refusal?: Refusal;
}

/** An edit as a form makes it. */
export interface Edit {
  readonly entityType: EntityTypeName;
  readonly entityId: string;
  readonly patch: Readonly<Record<string, unknown>>;
  /** The base version of each field. */
  readonly bases: Readonly<Record<string, number>>;
  /** The value of each field that its person saw. */
  readonly seen: Readonly<Record<string, unknown>>;
  /** The edits of the entity whose answers its person did not have. */
  readonly madeAfter?: readonly string[];
}

/** How much an outbox keeps. */
export const limits = { records: 500, bytes: 5 * 1024 * 1024, milliseconds: 14 * 24 * 3600_000 } as const;

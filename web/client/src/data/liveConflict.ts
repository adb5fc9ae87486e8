import type { TandemError } from "../errors.js";
import type { ReadableState } from "../state.js";
import type { EntityTypeName } from "../store/types.js";
import type { Person } from "./live.js";

/**
 * One field of a conflict.
 *
 * @example
 * ```ts
 * const sides = ({ localText, remoteText }: ConflictField) => [localText, remoteText];
 * ```
 */
export interface ConflictField {
  readonly field: string;
  readonly base: unknown;
  readonly local: unknown;
  readonly remote: unknown;
  /** The server's own rendering for people, where a value is an id or a number: the name of an owner, an amount. */
  readonly baseText: string;
  readonly localText: string;
  readonly remoteText: string;
  /** For texts, the parts that clash and the parts that merge; undefined for other values. */
  readonly parts:
    readonly { readonly base: string; readonly local: string; readonly remote: string; readonly clash: boolean }[] | undefined;
}

/**
 * A conflict, as a dialog shows it.
 *
 * @example
 * ```ts
 * const { status, fields, keptFields } = tandem.conflict(id).get();
 * ```
 */
export interface ConflictState {
  readonly status: "loading" | "open" | "resolved" | "gone" | "error";
  readonly id: string;
  readonly entityId: string;
  readonly entityType: EntityTypeName | undefined;
  readonly entityName: string;
  readonly fields: readonly ConflictField[];
  /** The fields of the edit that do not clash, and were saved. */
  readonly keptFields: readonly string[];
  readonly remoteBy: Person | null;
  readonly remoteAt: Date | undefined;
  /** How often it has moved on since it was first shown: the other side changed again. */
  readonly movedOn: number;
  readonly resolvedBy: Person | null;
  readonly error: TandemError | undefined;
}

/**
 * The choice of a person for each field: one of the sides, or a value of their own.
 *
 * @example
 * ```ts
 * const choice: Choice = { value: "both" };
 * ```
 */
export type Choice = "local" | "remote" | { readonly value: unknown };

/**
 * A conflict that is followed while something listens.
 *
 * @example
 * ```ts
 * await tandem.conflict(id).resolve({ phone: "local", notes: { value: "both" } });
 * ```
 */
export interface LiveConflict extends ReadableState<ConflictState> {
  /** Resolves all fields as one side has them, or each as chosen. Rejects if the server refuses; it stays open then. */
  resolve(choice: "local" | "remote" | Readonly<Record<string, Choice>>): Promise<void>;
}

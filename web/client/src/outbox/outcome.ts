import type { Reading } from "../store/record.js";
import type { Answer } from "./queue.js";
import type { OpenConflict, OutboxRecord, Refusal } from "./record.js";

/**
 * The final outcome of an edit.
 *
 * @example
 * ```ts
 * const outcome: Outcome = await settled;
 * if (outcome.kind === "refused") show(outcome.refusal.message);
 * ```
 */
export type Outcome =
  | { readonly kind: "saved" }
  | { readonly kind: "undone" }
  | { readonly kind: "conflict"; readonly conflict: OpenConflict }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/**
 * An edit that is kept.
 *
 * @example
 * ```ts
 * const { settled } = await customer.save({ phone: "123" });
 * if ((await settled).kind === "conflict") openDialog();
 * ```
 */
export interface KeptEdit {
  /** The record that it is part of. Undefined if it took back what waited, or changes nothing. */
  readonly clientMutationId: string | undefined;
  /** Resolves when the server has answered. */
  readonly settled: Promise<Outcome>;
}

/** The outcome of an edit; undefined while it waits. A record that is gone was saved, or taken back before it was sent. */
export function outcomeOf(record: OutboxRecord | undefined): Outcome | undefined {
  if (!record) return { kind: "saved" };
  if (record.state === "conflict" && record.conflict) return { kind: "conflict", conflict: record.conflict };
  return record.state === "refused" && record.refusal ? { kind: "refused", refusal: record.refusal } : undefined;
}

/** Resolves after some time, or when the signal ends it. */
export function pausing(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** The result of sending a record: an answer, with the entity as the answer shows it, or the advice to try again. */
export type Sent = (Answer & { readonly reading?: Reading | undefined }) | Unsent;

/** The server has not taken a record: it is sent again, in the second case over the entity as it is now. */
export type Unsent =
  { readonly kind: "again"; readonly afterMs?: number | undefined } | { readonly kind: "rebase"; readonly reading: Reading };

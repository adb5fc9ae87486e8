import type { Choice } from "./live.js";
import { given } from "./mapping.js";

/** A field in conflict, with both sides as the server has them. */
interface Sides {
  readonly field: string;
  readonly local: unknown;
  readonly remote: unknown;
}

/**
 * Returns the part of a resolution's input that says what holds. One side for all fields is that side. Anything else is a merge
 * that decides each of them; a field without a choice takes the other side's value.
 */
export function resolutionOf(fields: readonly Sides[], choice: "local" | "remote" | Readonly<Record<string, Choice>>) {
  const of = (field: string): Choice => (typeof choice === "string" ? choice : (choice[field] ?? "remote"));
  for (const side of ["local", "remote"] as const) {
    if (fields.every(({ field }) => of(field) === side)) return { resolution: side.toUpperCase() };
  }
  const merged = fields.map(({ field, local, remote }) => {
    const chosen = of(field);
    return [field, chosen === "local" ? local : chosen === "remote" ? remote : given(field, chosen.value)] as const;
  });
  return { resolution: "MERGED", merged: Object.fromEntries(merged) };
}

"use client";

import type { ConflictState, LiveConflict } from "@tandem/client";
import { useMemo } from "react";
import { useTandemContext } from "../provider/context.js";
import { conflictBefore } from "./initial.js";
import { useReadable } from "./useReadable.js";

/** The result of {@link useConflict}. */
export type ConflictView = ConflictState & Pick<LiveConflict, "resolve">;

/**
 * Follows a conflict of one's own edit, and resolves it.
 *
 * @example
 * ```tsx
 * const { status, fields, resolve } = useConflict(conflictId);
 * if (status !== "open") return null;
 * return <button onClick={() => resolve("local")}>Keep my {fields.map((each) => each.field).join(", ")}</button>;
 * ```
 */
export function useConflict(conflictId: string): ConflictView {
  const { tandem } = useTandemContext();
  const conflict = useMemo(() => tandem.conflict(conflictId), [tandem, conflictId]);
  const before = useMemo(() => conflictBefore(conflictId), [conflictId]);
  const state = useReadable(conflict, before);
  return useMemo(() => ({ ...state, resolve: (choice) => conflict.resolve(choice) }), [conflict, state]);
}

import {
  TandemError,
  type ConflictField,
  type ConflictState,
  type EntityState,
  type LiveConflict,
  type ReadableState,
  type RemoteChange,
} from "@tandem/client";
import { useMemo } from "react";
import { entityBefore } from "../live/initial.js";
import type { ConflictView } from "../live/useConflict.js";
import { useReadable } from "../live/useReadable.js";
import { useTandemContext } from "../provider/context.js";
import { sameValue } from "../values/values.js";

const notLoaded: ReadableState<EntityState> = { get: () => entityBefore(undefined), subscribe: () => () => {} };

/**
 * Follows the entity of a conflict, and shows the other side as it is now. The server itself moves a conflict on only when a
 * resolution or an edit meets it.
 */
export function useNewest(conflict: ConflictView): ConflictView {
  const { tandem } = useTandemContext();
  const { entityType, entityId } = conflict;
  const entity = useMemo(() => (entityType ? tandem.entity(entityType, entityId) : notLoaded), [tandem, entityType, entityId]);
  const { changes } = useReadable(entity, notLoaded.get());
  return useMemo(() => ({ ...conflict, ...newest(conflict, changes) }), [conflict, changes]);
}

/** Returns the parts of a conflict that later changes make anew: the other side of their fields, and its author. */
export function newest(
  { fields, remoteBy, remoteAt, movedOn }: ConflictState,
  changes: readonly RemoteChange[],
): Pick<ConflictState, "fields" | "remoteBy" | "remoteAt" | "movedOn"> {
  const later = changes.filter(({ field, at, newValue }) => {
    const known = fields.find((each) => each.field === field);
    return known && at > (remoteAt ?? 0) && !sameValue(newValue, known.remote);
  });
  const last = later.reduce<RemoteChange | undefined>((found, each) => (found && found.at > each.at ? found : each), undefined);
  if (!last) return { fields, remoteBy, remoteAt, movedOn };
  return {
    fields: fields.map((each) =>
      movedTo(
        each,
        later.find(({ field }) => field === each.field),
      ),
    ),
    remoteBy: last.by,
    remoteAt: last.at,
    movedOn: movedOn + 1,
  };
}

/** The server has not merged the texts yet, nor put the value into words. An amount has its currency from the words before. */
function movedTo(field: ConflictField, change: RemoteChange | undefined): ConflictField {
  if (!change) return field;
  const remoteText = field.field === "amountMinor" ? field.remoteText || field.localText : "";
  return { ...field, remote: change.newValue, remoteText, parts: undefined };
}

/** Resolves a conflict as a person decided on these fields, again if it moves on to exactly what they saw. */
export async function resolveSeen(
  conflict: LiveConflict,
  fields: readonly ConflictField[],
  choice: Parameters<LiveConflict["resolve"]>[0],
): Promise<void> {
  try {
    await conflict.resolve(choice);
  } catch (error) {
    const movedOn = error instanceof TandemError && error.code.endsWith("Conflict");
    if (!movedOn || !asksTheSame(conflict.get().fields, fields)) throw error;
    await conflict.resolve(choice);
  }
}

/** Reports whether a conflict that has moved on asks what was decided already. Fields that no longer clash are as decided then. */
function asksTheSame(fields: readonly ConflictField[], decided: readonly ConflictField[]): boolean {
  return fields.every((each) => {
    const before = decided.find(({ field }) => field === each.field);
    return before && sameValue(before.remote, each.remote);
  });
}

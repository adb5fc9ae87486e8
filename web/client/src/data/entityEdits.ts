import type { OpenConflict, OutboxRecord } from "../outbox/record.js";
import type { EntityState } from "./live.js";
import { shownFields } from "./mapping.js";

type Records = readonly OutboxRecord[];

/** Returns what the records of an entity in the outbox add to its state. `elsewhere` is a conflict that the server knows of. */
export function editsOf(records: Records, elsewhere: OpenConflict | undefined): Pick<EntityState, "pending" | "conflict" | "refused"> {
  const waiting = records.filter(({ state }) => state === "queued" || state === "sending");
  return {
    pending: [...new Set(waiting.flatMap(({ patch }) => Object.keys(patch)))],
    conflict: conflictIn(records, elsewhere),
    refused: refusedIn(records),
  };
}

/** A conflict of an edit that is being sent comes with its answer, and not before. */
function conflictIn(records: Records, elsewhere: OpenConflict | undefined): OpenConflict | undefined {
  const here = records.find(({ state }) => state === "conflict")?.conflict;
  const answerComes = records.some(({ state }) => state === "sending");
  return here ?? (answerComes ? undefined : elsewhere);
}

function refusedIn(records: Records): EntityState["refused"] {
  const last = records.findLast(({ state }) => state === "refused");
  return last?.refusal && { refusal: last.refusal, patch: shownFields(last.patch), clientMutationId: last.clientMutationId };
}

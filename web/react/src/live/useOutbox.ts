"use client";

import type { LiveOutbox, OutboxState } from "@tandem/client";
import { useMemo } from "react";
import { useTandemContext } from "../provider/context.js";
import { noRecords } from "./initial.js";
import { useReadable } from "./useReadable.js";

/** The result of {@link useOutbox}. */
export type OutboxView = OutboxState & Pick<LiveOutbox, "create" | "discard" | "retry">;

/**
 * Returns the edits that wait on this device, and what a person can do with them.
 *
 * @example
 * ```tsx
 * const { records, discard } = useOutbox();
 * const refused = records.filter((record) => record.state === "refused");
 * return refused.map(({ clientMutationId, refusal }) => (
 *   <p key={clientMutationId}>{refusal?.message} <button onClick={() => discard(clientMutationId)}>Discard</button></p>
 * ));
 * ```
 */
export function useOutbox(): OutboxView {
  const { outbox } = useTandemContext().tandem;
  const state = useReadable(outbox, noRecords);
  return useMemo(
    () => ({
      ...state,
      create: (type, fields) => outbox.create(type, fields),
      discard: (clientMutationId) => outbox.discard(clientMutationId),
      retry: () => outbox.retry(),
    }),
    [state, outbox],
  );
}

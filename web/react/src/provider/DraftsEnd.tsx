"use client";

import { useEffect } from "react";
import { forgetDrafts, sealDrafts } from "../form/drafts.js";
import { noConnection } from "../live/initial.js";
import { useReadable } from "../live/useReadable.js";
import { useTandemContext, type TandemClient } from "./context.js";

/**
 * Removes the unsaved texts of forms when their person signs out, or is removed from the organization. When their access to an
 * entity changes, it removes the values of others from the texts about it, whose form may be gone.
 */
export function DraftsEnd() {
  const { tandem } = useTandemContext();
  // Only a client that is in use knows its person: a provider alone begins no connection.
  const used = useReadable(tandem.status, noConnection).state !== "idle";
  useEffect(() => (used ? watch(tandem) : undefined), [used, tandem]);
  return null;
}

function watch({ viewer, link }: TandemClient): () => void {
  let last = viewer.get();
  const ends = [
    viewer.subscribe(() => {
      const now = viewer.get();
      if (last && !now) forgetDrafts(last);
      last = now;
    }),
    link.onSession(({ entityId }) => last && sealDrafts(last, entityId)),
  ];
  return () => ends.forEach((end) => end());
}

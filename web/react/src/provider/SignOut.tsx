"use client";

import type { ReadableState, Viewer } from "@tandem/client";
import { useEffect } from "react";
import { forgetDrafts } from "../form/drafts.js";
import { noConnection } from "../live/initial.js";
import { useReadable } from "../live/useReadable.js";
import { useTandemContext } from "./context.js";

/** Removes the unsaved texts of forms when their person signs out, or is removed from the organization. */
export function SignOut() {
  const { tandem } = useTandemContext();
  // Only a client that is in use knows its person: a provider alone begins no connection.
  const used = useReadable(tandem.status, noConnection).state !== "idle";
  useEffect(() => (used ? forgetAtEnd(tandem.viewer) : undefined), [used, tandem]);
  return null;
}

function forgetAtEnd(viewer: ReadableState<Viewer | undefined>): () => void {
  let last = viewer.get();
  return viewer.subscribe(() => {
    const now = viewer.get();
    if (last && !now) forgetDrafts(last);
    last = now;
  });
}

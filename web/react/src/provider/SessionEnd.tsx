"use client";

import { useEffect } from "react";
import { noConnection } from "../live/initial.js";
import { useReadable } from "../live/useReadable.js";
import { useTandemContext } from "./context.js";

/** Announces at once that the session has ended. */
export function SessionEnd() {
  const { tandem, announcer, messages } = useTandemContext();
  const over = useReadable(tandem.status, noConnection).state === "unauthorized";
  useEffect(() => {
    if (over) announcer.say(messages.sessionOver(), "assertive");
  }, [over, announcer, messages]);
  return null;
}

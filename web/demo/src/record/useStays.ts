import type { EntityData } from "@tandem/client";
import type { LiveData } from "@tandem/react";
import { useEffect, useRef } from "react";

/**
 * Reports whether an entity is shown: it is there, or it was deleted while its page was open. Then the form says who
 * deleted it, and keeps the text that the person was typing.
 */
export function useStays({ data, status }: Pick<LiveData<EntityData>, "data" | "status">): boolean {
  const opened = useRef(false);
  const there = data !== undefined && status !== "gone" && status !== "denied";
  useEffect(() => void (opened.current ||= there), [there]);
  return there || (opened.current && data !== undefined && status === "gone");
}

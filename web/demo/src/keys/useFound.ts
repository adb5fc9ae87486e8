import type { EntityTypeName } from "@tandem/client";
import { useDeferredValue, useMemo } from "react";
import { useLocation } from "wouter";
import type { Command } from "./commands.js";
import { pathOf, typeWords } from "../live/entities.js";
import { useListIf } from "../live/useListIf.js";

/** How long a text has to be before it is searched for. */
const shortest = 2;
const most = 5;

/** Returns the entities that a text finds, as commands that open them. */
export function useFound(text: string): readonly Command[] {
  const wanted = useDeferredValue(text.trim());
  const customers = useFoundOf("Customer", wanted);
  const deals = useFoundOf("Deal", wanted);
  const meetings = useFoundOf("Meeting", wanted);
  const calls = useFoundOf("Call", wanted);
  return useMemo(() => [...customers, ...deals, ...meetings, ...calls], [customers, deals, meetings, calls]);
}

function useFoundOf(type: EntityTypeName, wanted: string): readonly Command[] {
  const [, go] = useLocation();
  const { items } = useListIf(wanted.length >= shortest ? { type, filter: { search: wanted }, pageSize: most } : undefined);
  return useMemo(
    () => items.map(({ id, displayName }) => ({ id, label: displayName, group: typeWords[type].many, run: () => go(pathOf(type, id)) })),
    [items, type, go],
  );
}

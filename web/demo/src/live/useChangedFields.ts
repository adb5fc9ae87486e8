import type { EntityData } from "@tandem/client";
import { useEffect, useRef, useState } from "react";

/** How long a change is shown, in milliseconds. */
const shownFor = 1200;
const none: ReadonlySet<string> = new Set();

/** Returns the fields that have changed within the last moment. */
export function useChangedFields(entity: EntityData): ReadonlySet<string> {
  const before = useRef(entity);
  const [changed, setChanged] = useState(none);
  useEffect(() => {
    const last = before.current;
    before.current = entity;
    if (last.id !== entity.id || last.version === entity.version) return;
    const fields = Object.keys(entity).filter((field) => JSON.stringify(entity[field]) !== JSON.stringify(last[field]));
    setChanged(new Set(fields.map((field) => objects[field] ?? field)));
    const timer = setTimeout(() => setChanged(none), shownFor);
    return () => clearTimeout(timer);
  }, [entity]);
  return changed;
}

/** The fields whose values are shown as objects, by the names that patches have for them. */
const objects: Readonly<Record<string, string>> = { owner: "ownerId", customer: "customerId", attendees: "attendeeIds" };

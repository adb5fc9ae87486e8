import type { Entities, EntityView } from "../store/entities.js";
import { entityTypes, type EntityTypeName } from "../store/types.js";
import type { PersonFields } from "./core.js";
import type { EntityData, Person } from "./live.js";
import { personOf, shownFields } from "./mapping.js";

/** Returns an entity as an application shows it: with dates, enums in lower case, and the nodes that it refers to. */
export function dataOf<T extends EntityData>(entities: Entities, view: EntityView, type: EntityTypeName): T {
  const { fields, id, version } = view;
  const known: readonly string[] = entityTypes[type];
  const data: Record<string, unknown> = {
    ...Object.fromEntries(known.map((field) => [field, null])),
    ...shownFields(fields),
    id, type, version,
    displayName: fields["displayName"] ?? "",
    updatedBy: personIn(entities, fields["updatedById"]),
    owner: personIn(entities, fields["ownerId"]),
  };
  if (known.includes("customerId")) data["customer"] = customerIn(entities, fields["customerId"]);
  if (known.includes("attendeeIds")) {
    data["attendees"] = ((fields["attendeeIds"] ?? []) as string[]).map((each) => personIn(entities, each));
  }
  return data as T;
}

/** Returns what is known of a person by id. */
export function personIn(entities: Entities, id: unknown): Person | null {
  if (typeof id !== "string") return null;
  return personOf((entities.node(id) as PersonFields | undefined) ?? { id, name: "" });
}

function customerIn(entities: Entities, id: unknown): { id: string; displayName: string } | null {
  if (typeof id !== "string" || entities.isGone(id, 0)) return null;
  return { id, displayName: String(entities.node(id)?.["displayName"] ?? "") };
}

import { entityTypes } from "./types.js";

/** The fields that name an entity; its `displayName` has the value of the one that its type has. */
const naming = ["name", "title", "subject"];

/** The fields that may differ with each version, whatever `changes` names. */
const everyVersion = ["cursor", "updatedAt", "updatedById", "deletedAt"];

/** The fields of answers that show other nodes, with the field of a patch that has their ids. */
const references = new Map([["customer", "customerId"], ["owner", "ownerId"], ["attendees", "attendeeIds"], ["updatedBy", "updatedById"]]);

const versioned = new Set<string>([...Object.values(entityTypes).flat(), ...everyVersion, "displayName", "createdAt"]);

/**
 * Returns the name under which the store keeps a field of an answer: `owner` is kept as `ownerId`. Undefined for fields
 * that do not belong to a version, such as `comments` and `viewerAccess`.
 */
export function keptAs(field: string): string | undefined {
  return references.get(field) ?? (versioned.has(field) ? field : undefined);
}

const referring = new Map([...references].map(([field, name]) => [name, field]));

/** Returns the field of an answer that shows a field of a patch: `owner` for `ownerId`. */
export function shownAs(name: string): string {
  return referring.get(name) ?? name;
}

/** Reports whether a field of answers shows other nodes. */
export function isReference(field: string): boolean {
  return references.has(field);
}

/** Returns the kept fields that differ after a change of these fields of a patch. */
export function touchedBy(changed: readonly string[]): Set<string> {
  const touched = new Set([...changed, ...everyVersion]);
  if (changed.some((field) => naming.includes(field))) touched.add("displayName");
  return touched;
}

/**
 * Returns the ids of the nodes that a field of an answer shows; undefined if the answer does not tell. It does not where
 * the field is null, since the field is also null for nodes that are gone.
 */
export function referenced(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  if (!Array.isArray(value)) return (value as { id?: unknown }).id;
  const ids = value.map((node: { id?: unknown } | null) => node?.id);
  return ids.includes(undefined) ? undefined : ids;
}

/** Adds what follows from the fields of a patch: the `displayName`. */
export function withDisplayName(fields: Record<string, unknown>): Record<string, unknown> {
  const field = naming.find((name) => typeof fields[name] === "string");
  return field === undefined || "displayName" in fields ? fields : { ...fields, displayName: fields[field] };
}

/** Reports whether two values of a field are the same. Lists are compared by their items. */
export function sameValue(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === "object" && typeof b === "object" && JSON.stringify(a) === JSON.stringify(b));
}

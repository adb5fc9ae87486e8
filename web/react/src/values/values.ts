import type { EntityData } from "@tandem/client";

/** The fields of a patch that an entity shows as other nodes. */
const nodes: Readonly<Record<string, string>> = { ownerId: "owner", customerId: "customer", attendeeIds: "attendees" };

/** Returns the value of a field as a patch has it: the id of the owner for `ownerId`. Null stands for an empty field. */
export function valueOf(data: EntityData, field: string): unknown {
  const own = data[field];
  const shown = nodes[field] === undefined ? undefined : data[nodes[field]];
  if (own !== undefined || shown === undefined || shown === null) return own ?? null;
  return Array.isArray(shown) ? shown.map(idOf) : idOf(shown);
}

/** Returns the value of a field as people see it: the owner for `ownerId`. */
export function shownOf(data: EntityData, field: string): unknown {
  return data[nodes[field] ?? field] ?? data[field];
}

function idOf(node: unknown): unknown {
  return (node as { readonly id?: unknown } | null)?.id ?? null;
}

/** Reports whether two values of a field are the same. An empty text, an empty list and null are the same. */
export function sameValue(a: unknown, b: unknown): boolean {
  return a === b || comparable(a) === comparable(b);
}

function comparable(value: unknown): unknown {
  if (value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0)) return null;
  if (value instanceof Date) return value.getTime();
  return typeof value === "object" ? JSON.stringify(value) : value;
}

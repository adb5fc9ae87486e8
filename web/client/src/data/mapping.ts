import type { EntityTypeName } from "../store/types.js";
import type { Person } from "./live.js";

/*
 * The names and values of the API, as the rest of an application uses them. The server writes enums in capitals and times
 * as texts; here enums are lower case and times are dates. Days without a time, such as `expectedCloseDate`, stay texts,
 * because a `Date` is another day in another time zone. A test compares these rules with the schema.
 */

/** The fields of entities and filters that have values of an enum. */
const enums = /^(status|direction|stage|visibility|viewerWatch|types|entityTypes)$/;

/** The fields of entities that have a time. */
const times = /At$/;

/** The fields of filters and patches that have a day. */
const days = /^expectedClose/;

/** Returns the value of a field of an entity as an application shows it. */
export function shown(field: string, value: unknown): unknown {
  if (typeof value !== "string") return value;
  if (times.test(field)) return new Date(value);
  return enums.test(field) ? lower(value) : value;
}

/** Returns the fields of a patch, or of any other part of an entity, as an application shows them. */
export function shownFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, shown(field, value)]));
}

/** Returns the value of a field as the server takes it. Values that have that form already stay as they are. */
export function given(field: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => given(field, each));
  if (value instanceof Date) return days.test(field) ? value.toISOString().slice(0, 10) : value.toISOString();
  return enums.test(field) && typeof value === "string" ? value.toUpperCase() : value;
}

/** Returns the fields of a patch or of a filter as the server takes them. */
export function givenFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, given(field, value)]));
}

/** Returns the value of an enum in lower case, under a type that lists the values. */
export function lower<T extends string>(value: string): T {
  return value.toLowerCase() as T;
}

/** Returns what an answer shows of a person; null if nothing is kept about them. */
export function personOf(
  user: { readonly id: string; readonly name: string; readonly avatar?: string | null | undefined } | null | undefined,
): Person | null {
  return user ? { id: user.id, name: user.name, avatar: user.avatar ?? null } : null;
}

/** Returns the name of a type of entities whose value of the enum `EntityType` is given. */
export function typeNamed(value: string | null): EntityTypeName | undefined {
  return value ? ((value.charAt(0) + value.slice(1).toLowerCase()) as EntityTypeName) : undefined;
}

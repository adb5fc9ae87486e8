import type { Cache, ModifierDetails, StoreObject } from "@apollo/client/cache";
import type { Entities } from "../../store/entities.js";
import { isReference, keptAs, sameValue, shownAs } from "../../store/fields.js";
import { isFresh, spares, type EntityRecord } from "../../store/record.js";

/** Returns a modifier that gives a cached field of an entity its newest value. A field goes if nobody knows that. */
export function newestField(entities: Entities, record: EntityRecord): Cache.ModifyOptions["fields"] {
  return ((cached: unknown, details: ModifierDetails) => {
    const { fieldName, readField, DELETE } = details;
    if (fieldName === "version") return Math.max(cached as number, record.version);
    const name = keptAs(fieldName);
    if (name === undefined) return cached;
    if (isFresh(record, name)) {
      const { value } = record.fields[name] as { value: unknown };
      const newest = isReference(fieldName) ? referencesTo(entities, value, cached, details) : value;
      if (newest !== undefined) return sameValue(newest, cached) ? cached : newest;
    }
    const version = readField<number>("version") ?? 0;
    return version >= record.version || spares(record, name, version) ? cached : DELETE;
  }) as Cache.ModifyOptions["fields"];
}

/** References to nodes, which are written to the cache if it does not have them; undefined if nobody knows one of them. */
function referencesTo(entities: Entities, ids: unknown, cached: unknown, details: ModifierDetails): unknown {
  if (ids === null) return null;
  if (Array.isArray(ids)) {
    const each = ids.map((id, at) => referencesTo(entities, id, (cached as unknown[] | null)?.[at], details));
    return each.includes(undefined) ? undefined : each;
  }
  if (details.isReference(cached) && details.readField("id", cached) === ids) return cached;
  const node = entities.node(ids as string);
  return node && details.toReference({ __typename: "User", ...node } as StoreObject, true);
}

/** Returns the name and the value with which a field of a patch is shown. The value is undefined if it refers to a person whom nobody knows yet. */
export function shownField(entities: Entities, name: string, value: unknown): [string, unknown] {
  const field = shownAs(name);
  if (field === name || value === null) return [field, value];
  const nodes = [value].flat().map((id) => entities.node(id as string));
  return [field, nodes.includes(undefined) ? undefined : Array.isArray(value) ? nodes : nodes[0]];
}

import type { EntityTypeName } from "@tandem/client";

/** An entity, named as a channel: `customer:<id>`. */
export type EntityKey = `${Uncapitalize<EntityTypeName>}:${string}`;

/** Takes a key apart: `customer:7` is the Customer 7. */
export function entityOf(key: string): { readonly type: EntityTypeName; readonly id: string } {
  const colon = key.indexOf(":");
  if (colon < 1 || colon === key.length - 1) throw new Error(`"${key}" names no entity: a key is a type and an id, such as customer:7.`);
  return { type: typeNamed(key.slice(0, colon)), id: key.slice(colon + 1) };
}

/** Returns the name of a type in the schema, however its first letter is written. */
export function typeNamed(name: string): EntityTypeName {
  return (name.charAt(0).toUpperCase() + name.slice(1)) as EntityTypeName;
}

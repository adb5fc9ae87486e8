import type { Entities } from "./entities.js";
import { isReference, keptAs, referenced } from "./fields.js";
import { fieldAt, type Shape } from "./shape.js";
import { childrenOf, isChange, isEntity, isPast, type Json } from "./nature.js";

/** Adds to the store what an answer shows: its entities at their versions, its changes, and the people in it. */
export function absorb(store: Entities, data: unknown, shape: Shape | undefined, begun: number): void {
  if (Array.isArray(data)) {
    for (const item of data) absorb(store, item, shape, begun);
    return;
  }
  if (typeof data !== "object" || data === null) return;
  const object = data as Json;
  if (isChange(object)) absorbChange(store, object, shape, begun);
  else if (isEntity(object)) absorbEntity(store, object, shape, begun);
  else if (typeof object["id"] === "string") absorbNode(store, object["id"], named(object, shape));
  for (const { key, value, under } of childrenOf(object, shape)) {
    if (isPast(object, key, value, shape) || (isChange(object) && isEntity(value))) continue;
    absorb(store, value, under, begun);
  }
}

/**
 * Adds an entity that a document of the kit shows. A reference that is null counts as none, also if it leads to something
 * that is gone: the kit shows both alike.
 */
export function absorbWhole(store: Entities, entity: Json, begun = store.now()): void {
  absorb(store, entity, undefined, begun);
  const { id, version } = entity as { id: string; version: number };
  const none = Object.keys(entity).filter((field) => entity[field] === null).flatMap((field) => keptAs(field) ?? []);
  store.read({ id, version, fields: Object.fromEntries(none.map((field) => [field, null])) }, begun);
}

function absorbEntity(store: Entities, object: Json, shape: Shape | undefined, begun: number): void {
  const { id, version, __typename: type } = object as { id: string; version: number; __typename?: string };
  store.read({ id, type, version, fields: kept(object, shape) }, begun);
}

/** The fields of an entity that belong to its version, as the store names them. */
function kept(object: Json, shape: Shape | undefined): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(object)) {
    const { field } = fieldAt(shape, key, object["__typename"]) ?? { field: key };
    const name = keptAs(field);
    if (name === undefined || value === undefined) continue;
    const known = isReference(field) ? referenced(value) : value;
    if (known !== undefined) fields[name] = known;
  }
  return fields;
}

function absorbChange(store: Entities, object: Json, shape: Shape | undefined, begun: number): void {
  const { entityId: id, version, fromVersion, kind } = object as { entityId: string; version: number; fromVersion: number; kind?: string };
  const entity = childrenOf(object, shape).find(({ value }) => isEntity(value) && value["id"] === id);
  const state = object["state"] as Json | null | undefined;
  const shown = entity ? kept(entity.value as Json, entity.under) : {};
  const actor = (object["actor"] as { id?: string } | null | undefined)?.id;
  const at = object["timestamp"] as string | undefined;
  store.change({
    id, version, fromVersion, kind,
    cursor: object["cursor"] as string | undefined,
    type: (entity?.value as Json | undefined)?.["__typename"] as string | undefined,
    changed: (object["changes"] as { field: string }[] | undefined)?.map(({ field }) => field),
    fields: { ...meta(object, version - fromVersion === 1), ...(state?.["document"] as Json | undefined), ...shown },
    deleted: { at, by: actor },
    clientMutationId: object["clientMutationId"] as string | null | undefined,
  }, begun);
  if (entity) for (const { value, under } of childrenOf(entity.value as Json, entity.under)) absorb(store, value, under, begun);
}

/** The fields that every version has of its change. The cursor of coalesced changes may be that of an earlier one. */
function meta(change: Json, single: boolean): Json {
  const fields: Json = {};
  if (change["version"] === change["fromVersion"]) return fields;
  if (single && typeof change["cursor"] === "string") fields["cursor"] = change["cursor"];
  if (typeof change["timestamp"] === "string") fields["updatedAt"] = change["timestamp"];
  const actor = change["actor"] as { id?: string } | null | undefined;
  if (actor?.id !== undefined) fields["updatedById"] = actor.id;
  if (typeof change["kind"] === "string" && change["kind"] !== "DELETED") fields["deletedAt"] = null;
  return fields;
}

/** Keeps a person, or what an answer shows of an entity without its version. */
function absorbNode(store: Entities, id: string, fields: Json): void {
  if (typeof (fields["name"] ?? fields["displayName"]) === "string") store.keepNode(id, fields);
}

function named(object: Json, shape: Shape | undefined): Json {
  const type = object["__typename"];
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [fieldAt(shape, key, type)?.field ?? key, value]));
}

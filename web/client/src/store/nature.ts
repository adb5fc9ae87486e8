import { fieldAt, type Shape } from "./shape.js";

/** An object of an answer. */
export type Json = Record<string, unknown>;

/** Reports whether an object of an answer is an entity at a version. States of versions have an `entityId`. */
export function isEntity(value: unknown): value is Json {
  const object = value as Json | null;
  return (
    typeof object === "object" &&
    object !== null &&
    typeof object["id"] === "string" &&
    typeof object["version"] === "number" &&
    !("entityId" in object)
  );
}

/** Reports whether an object of an answer is a change of an entity. */
export function isChange(object: Json): boolean {
  return typeof object["entityId"] === "string" && typeof object["version"] === "number" && typeof object["fromVersion"] === "number";
}

/** A part of an answer, with what the document selects of it. */
export interface Child {
  readonly key: string;
  readonly value: unknown;
  readonly under: Shape | undefined;
}

/** Returns the parts of an object that have parts of their own. */
export function childrenOf(object: Json, shape: Shape | undefined): Child[] {
  const children: Child[] = [];
  for (const [key, value] of Object.entries(object)) {
    if (typeof value === "object" && value !== null) children.push({ key, value, under: fieldAt(shape, key, object["__typename"])?.under });
  }
  return children;
}

/**
 * Reports whether a part of an object shows the past under the id of the living entity: `atVersion` of an entity, and
 * `base`, `local` and `remote` of a conflict. Neither the store nor the guard touches them.
 */
export function isPast(object: Json, key: string, value: unknown, shape: Shape | undefined): boolean {
  const field = fieldAt(shape, key, object["__typename"])?.field ?? key;
  if (field === "atVersion") return true;
  if (isEntity(value) && value["id"] === object["id"]) return true;
  const conflict = "conflictedFields" in object || "remoteVersion" in object || String(object["__typename"]).endsWith("Conflict");
  return conflict && (field === "base" || field === "local" || field === "remote");
}

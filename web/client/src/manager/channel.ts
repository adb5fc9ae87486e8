import { entityTypes, rootField, type EntityTypeName } from "../store/types.js";

/** The subject of a channel, as its name says it. */
export type Subject =
  | { readonly of: "entity"; readonly type: EntityTypeName; readonly id: string }
  | { readonly of: "room"; readonly id: string }
  | { readonly of: "activity"; readonly feed: { readonly type: "USER" | "CUSTOMER"; readonly entityId: string } | null }
  | { readonly of: "entities" | "notifications" | "session" | "connection" };

/** Returns the subject of a channel. Throws if there is no such channel. */
export function subjectOf(channel: string): Subject {
  const [, kind = "", id = ""] = /^([a-z]+)(?::(.+))?$/s.exec(channel) ?? [];
  const type = (Object.keys(entityTypes) as EntityTypeName[]).find((each) => rootField(each) === kind);
  if (type && id) return { of: "entity", type, id };
  if (kind === "room" && id) return { of: kind, id };
  if (kind === "activity") {
    const [, whose, entityId] = /^(user|customer):(.+)$/s.exec(id) ?? [];
    if (whose && entityId) return { of: kind, feed: { type: whose === "user" ? "USER" : "CUSTOMER", entityId } };
    if (!id) return { of: kind, feed: null };
  }
  if (!id && (kind === "entities" || kind === "notifications" || kind === "session" || kind === "connection")) return { of: kind };
  throw new TypeError(`There is no channel ${JSON.stringify(channel)}.`);
}

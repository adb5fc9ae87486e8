import { lower, shown, typeNamed } from "../data/mapping.js";
import { rootField } from "../store/types.js";
import type { Subject } from "./channel.js";
import type { RealtimeMessage } from "./message.js";

/** A subscription to the log that feeds a channel. */
export interface Feed {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** The message of an event, without what all messages have. */
  message(event: LogEvent): Pick<RealtimeMessage, "type" | "payload">;
}

/** The fields that all events of the log have here. */
export interface LogEvent {
  readonly cursor: string;
  readonly actor: { readonly id: string } | null;
  readonly timestamp: string;
  readonly [field: string]: unknown;
}

interface FieldChange {
  readonly field: string;
  readonly oldValue: unknown;
  readonly newValue: unknown;
}

const common = "cursor timestamp actor { id }";
const change = `${common} __typename kind entityId version clientMutationId changes { field oldValue newValue }`;
const conflicts = `subscription ($entityId: ID, $after: Cursor) { conflictChanged(entityId: $entityId, after: $after) { ${common} kind conflict { id entityId } } }`;
const activity = `subscription ($feed: ActivityFeedInput, $after: Cursor) {
  activity(feed: $feed, after: $after) { ${common} id type action entityType entityId entityVersion entity { displayName } changes { field oldValue newValue } comment { body } }
}`;
const notifications = `subscription ($after: Cursor) {
  notificationReceived(after: $after) { cursor timestamp: createdAt actor { id } id kind title body entityType entityId entity { displayName } }
}`;

/** Returns the subscriptions that feed a channel; none if the server's log has nothing for it. */
export function feedsOf(subject: Subject): readonly Feed[] {
  switch (subject.of) {
    case "entity": {
      const query = `subscription ($id: ID!, $after: Cursor) { ${rootField(subject.type)}Changed(id: $id, after: $after) { ${change} } }`;
      return [{ query, variables: { id: subject.id }, message: dataUpdate }, { query: conflicts, variables: { entityId: subject.id }, message: conflict }];
    }
    case "entities":
      return [
        { query: `subscription ($after: Cursor) { entityChanged(access: true, after: $after) { ${change} } }`, variables: {}, message: dataUpdate },
        { query: conflicts, variables: {}, message: conflict },
      ];
    case "activity": return [{ query: activity, variables: { feed: subject.feed }, message: activityOf }];
    case "notifications": return [{ query: notifications, variables: {}, message: notificationOf }];
    default: return [];
  }
}

function dataUpdate({ __typename, kind, entityId, version, clientMutationId, changes }: LogEvent): ReturnType<Feed["message"]> {
  const entityType = String(__typename).replace(/Change$/, "");
  return { type: "data_update", payload: { entityType, entityId, kind: lower(String(kind)), version, clientMutationId, changes: shownChanges(changes) } };
}

function conflict({ kind, conflict: over }: LogEvent): ReturnType<Feed["message"]> {
  const { id, entityId } = over as { id: string; entityId: string };
  return { type: "conflict", payload: { kind: lower(String(kind)), conflictId: id, entityId } };
}

function activityOf({ id, type, action, entityType, entityId, entityVersion, entity, changes, comment }: LogEvent): ReturnType<Feed["message"]> {
  const payload = {
    id, type: lower(String(type)), action, entityType: typeNamed(String(entityType)), entityId, version: entityVersion, changes: shownChanges(changes),
    entityName: (entity as { displayName: string } | null)?.displayName, text: (comment as { body: string } | null)?.body,
  };
  return { type: "data_update", payload };
}

function notificationOf({ id, kind, title, body, entityType, entityId, entity }: LogEvent): ReturnType<Feed["message"]> {
  const payload = {
    id, type: lower(String(kind)), text: title, details: body, entityType: typeNamed(entityType as string | null), entityId: entityId ?? undefined,
    entityName: (entity as { displayName: string } | null)?.displayName,
  };
  return { type: "notification", payload };
}

function shownChanges(changes: unknown): FieldChange[] {
  return (changes as FieldChange[]).map(({ field, oldValue, newValue }) => ({ field, oldValue: shown(field, oldValue), newValue: shown(field, newValue) }));
}

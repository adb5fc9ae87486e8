import type { EntityData, EntityTypeName, NotificationItem, Person } from "@tandem/client";
import type { EntityKey } from "@tandem/react";

/** The names of a type as people read them. */
export const typeWords: Readonly<Record<EntityTypeName, { readonly one: string; readonly many: string }>> = {
  Customer: { one: "customer", many: "Customers" },
  Call: { one: "call", many: "Calls" },
  Meeting: { one: "meeting", many: "Meetings" },
  Deal: { one: "deal", many: "Deals" },
};

/** Returns the address of the page of an entity. */
export function pathOf(type: EntityTypeName, id: string): string {
  return `/${typeWords[type].many.toLowerCase()}/${encodeURIComponent(id)}`;
}

/** Returns the id in a part of an address, which anybody can type; undefined where it is malformed. */
export function idIn(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** Returns the address of what a notification is about; the inbox, if that is nothing. */
export function pageOf({ type, entityType, entityId }: NotificationItem): string {
  if (!entityType || !entityId) return "/inbox";
  const isComment = entityType === "Customer" && (type === "mention" || type === "comment");
  return `${pathOf(entityType, entityId)}${isComment ? "?tab=comments" : ""}`;
}

/** Returns the room of an entity, which its form and its rows in lists share. */
export function roomOf(type: EntityTypeName, id: string): EntityKey {
  return `${type.toLowerCase()}:${id}` as EntityKey;
}

/** A customer as an entity names it. */
export interface CustomerName {
  readonly id: string;
  readonly displayName: string;
}

export interface Customer extends EntityData {
  readonly name: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly company: string | null;
  readonly status: string;
  readonly owner: Person | null;
  readonly tags: readonly string[];
  readonly notes: string | null;
}

export interface Call extends EntityData {
  readonly subject: string;
  readonly direction: string;
  readonly status: string;
  readonly owner: Person | null;
  readonly customer: CustomerName | null;
  readonly scheduledAt: Date | null;
  readonly durationSeconds: number | null;
  readonly outcome: string | null;
}

export interface Meeting extends EntityData {
  readonly title: string;
  readonly status: string;
  readonly owner: Person | null;
  readonly customer: CustomerName | null;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly location: string | null;
  readonly attendees: readonly Person[];
}

export interface Deal extends EntityData {
  readonly title: string;
  readonly stage: string;
  readonly owner: Person | null;
  readonly customer: CustomerName | null;
  readonly amountMinor: number | null;
  readonly currency: string | null;
  readonly expectedCloseDate: string | Date | null;
}

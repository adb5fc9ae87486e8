import type { ActivityItem } from "@tandem/client";
import type { ReactNode } from "react";
import { money } from "../format/money.js";
import { dayOf, duration, momentOf } from "../format/time.js";
import { fieldName, words } from "../format/words.js";

const verbs: Readonly<Record<string, string>> = { create: "created", update: "changed", delete: "deleted", restore: "restored", view: "looked at", comment: "commented on" };

/** Returns what a person did, as a sentence without its subject. `here` is the entity whose page this is on. */
export function deedOf(item: ActivityItem, here: string | undefined): ReactNode {
  const verb = verbs[item.type] ?? words(item.type).toLowerCase();
  const fields = item.changes.map(({ field }) => fieldName(field));
  if (item.type === "update" && fields.length > 0) {
    return <>changed <b>{list(fields)}</b>{item.entityId !== here && <> of {nameOf(item)}</>}</>;
  }
  if (item.entityId === here) return item.type === "comment" ? "commented" : `${verb} this`;
  return <>{verb} {nameOf(item)}</>;
}

function nameOf({ entityName, entityType }: ActivityItem): ReactNode {
  return <b>{entityName ?? (entityType ? `a ${entityType.toLowerCase()}` : "something")}</b>;
}

const list = (names: readonly string[]) => new Intl.ListFormat("en").format(names);

/** Returns the value of a field as people read it. `currency` is that of an amount, if it is known. */
export function valueText(field: string, value: unknown, people: ReadonlyMap<string, string> = new Map(), currency?: string): string {
  if (value === null || value === undefined || value === "") return "empty";
  if (value instanceof Date) return momentOf(value);
  if (Array.isArray(value)) return value.length === 0 ? "empty" : value.map((each) => valueText(field, each, people, currency)).join(", ");
  if (typeof value === "number" && field === "durationSeconds") return duration(value);
  if (typeof value === "number") return field !== "amountMinor" ? String(value) : currency ? money(value, currency) : money(value, "EUR").replace("€", "");
  if (typeof value !== "string") return JSON.stringify(value);
  if (/Ids?$/.test(field)) return people.get(value) ?? value;
  if (/At$/.test(field)) return momentOf(new Date(value));
  if (field === "expectedCloseDate") return dayOf(new Date(value));
  return /^(status|stage|direction|visibility)$/.test(field) ? words(value) : value;
}

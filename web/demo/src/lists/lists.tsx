import { PhoneIncoming, PhoneOutgoing } from "lucide-react";
import type { EntityData, EntityTypeName } from "@tandem/client";
import type { ReactNode } from "react";
import { momentOf } from "../format/time.js";
import type { Call, Customer, Deal } from "../live/entities.js";
import { callColumns, customerColumns, dealColumns, type Column } from "./columns.js";

/** A filter whose values are those of an enum of the schema. */
export interface Choices {
  /** Its name in the filter of the schema and in the address. */
  readonly name: string;
  readonly label: string;
  readonly values: readonly string[];
}

/** The columns, filters and orders of the list of a type. */
export interface ListOf<T extends EntityData = EntityData> {
  readonly type: EntityTypeName;
  readonly columns: readonly Column<T>[];
  readonly choices: Choices;
  readonly orders: readonly (readonly [order: string, label: string])[];
  /** The fields whose changes tint the name. */
  readonly nameFields: readonly string[];
  /** Returns the sign before the name. */
  mark?(entity: T): ReactNode;
  /** Returns a text to show beside the name. */
  aside?(entity: T): string | null;
  /** Returns a text to show below the name where the columns have no room. */
  under(entity: T): string | null;
  readonly empty: string;
  /** Returns the tags of an entity, for types that have them. */
  tags?(entity: T): readonly string[];
}

const lastChange = ["updated_at_desc", "Last change"] as const;
const byName = ["name_asc", "Name"] as const;
const newest = ["created_at_desc", "Newest"] as const;

export const customerStatuses = ["lead", "prospect", "active", "churned"] as const;
export const dealStages = ["open", "proposal", "negotiation", "won", "lost"] as const;
export const callStatuses = ["scheduled", "in_progress", "completed", "missed", "cancelled"] as const;
export const meetingStatuses = ["scheduled", "in_progress", "completed", "cancelled"] as const;

export const customerList: ListOf<Customer> = {
  type: "Customer",
  columns: customerColumns,
  choices: { name: "status", label: "Status", values: customerStatuses },
  orders: [lastChange, byName, newest],
  nameFields: ["name", "email"],
  mark: ({ displayName }) => [...displayName][0],
  aside: ({ email }) => email,
  under: ({ company, email }) => company ?? email,
  tags: ({ tags }) => tags,
  empty: "Everybody whom the company deals with will be here.",
};

export const callList: ListOf<Call> = {
  type: "Call",
  columns: callColumns,
  choices: { name: "status", label: "Status", values: callStatuses },
  nameFields: ["subject"],
  orders: [lastChange, byName, ["scheduled_at_asc", "Next"], ["scheduled_at_desc", "Latest"]],
  mark: ({ direction }) => (direction === "inbound" ? <PhoneIncoming /> : <PhoneOutgoing />),
  under: ({ customer, scheduledAt }) => [customer?.displayName, scheduledAt && momentOf(scheduledAt)].filter(Boolean).join(" · "),
  empty: "Calls that are planned or were held will be here.",
};

export const dealList: ListOf<Deal> = {
  type: "Deal",
  columns: dealColumns,
  choices: { name: "stage", label: "Stage", values: dealStages },
  nameFields: ["title"],
  orders: [lastChange, byName, ["amount_desc", "Amount"], ["expected_close_asc", "Expected close"]],
  under: ({ customer }) => customer?.displayName ?? null,
  empty: "Deals that the company hopes to make will be here.",
};

import type { EntityTypeName } from "@tandem/client";
import { inputTime } from "../format/time.js";
import { words } from "../format/words.js";
import { callStatuses, customerStatuses, dealStages, meetingStatuses } from "../lists/lists.js";

/** One field of a form, with the control that it takes. */
export interface FormField {
  readonly name: string;
  readonly label: string;
  readonly kind: "line" | "email" | "text" | "choice" | "owner" | "customer" | "datetime-local" | "date" | "number";
  readonly required?: boolean;
  readonly options?: readonly (readonly [value: string, label: string])[];
  initial?(): string;
}

const options = (values: readonly string[]) => values.map((value) => [value, words(value)] as const);
const hour = 3_600_000;
const nextHour = (after: number) => () => inputTime(new Date(Math.ceil(Date.now() / hour) * hour + after));

const owner: FormField = { name: "ownerId", label: "Owner", kind: "owner" };
const customer: FormField = { name: "customerId", label: "Customer", kind: "customer" };
const notes: FormField = { name: "notes", label: "Notes", kind: "text" };

const fields: Readonly<Record<EntityTypeName, readonly FormField[]>> = {
  Customer: [
    { name: "name", label: "Name", kind: "line", required: true },
    { name: "email", label: "E-mail", kind: "email" },
    { name: "phone", label: "Phone", kind: "line" },
    { name: "company", label: "Company", kind: "line" },
    { name: "status", label: "Status", kind: "choice", options: options(customerStatuses) },
    owner,
    notes,
  ],
  Call: [
    { name: "subject", label: "Subject", kind: "line", required: true },
    customer,
    { name: "direction", label: "Direction", kind: "choice", options: options(["outbound", "inbound"]) },
    { name: "status", label: "Status", kind: "choice", options: options(callStatuses) },
    { name: "scheduledAt", label: "Scheduled", kind: "datetime-local", initial: nextHour(0) },
    owner,
    notes,
  ],
  Meeting: [
    { name: "title", label: "Title", kind: "line", required: true },
    customer,
    { name: "startsAt", label: "Starts", kind: "datetime-local", required: true, initial: nextHour(0) },
    { name: "endsAt", label: "Ends", kind: "datetime-local", required: true, initial: nextHour(hour / 2) },
    { name: "location", label: "Location", kind: "line" },
    { name: "status", label: "Status", kind: "choice", options: options(meetingStatuses) },
    owner,
    { name: "agenda", label: "Agenda", kind: "text" },
  ],
  Deal: [
    { name: "title", label: "Title", kind: "line", required: true },
    customer,
    { name: "amount", label: "Amount in €", kind: "number" },
    { name: "stage", label: "Stage", kind: "choice", options: options(dealStages) },
    { name: "expectedCloseDate", label: "Expected close", kind: "date" },
    owner,
    notes,
  ],
};

/** Returns the fields of the form for a new entity of a type. */
export function fieldsOf(type: EntityTypeName): readonly FormField[] {
  return fields[type];
}

/** Returns what a form gives for a new entity, or what is wrong with it. Fields that were left empty are left out. */
export function valuesOf(type: EntityTypeName, form: FormData): Record<string, unknown> | string {
  const values: Record<string, unknown> = {};
  for (const { name, kind } of fields[type]) {
    const text = String(form.get(name) ?? "").trim();
    if (text === "") continue;
    if (name === "amount") Object.assign(values, { amountMinor: Math.round(Number(text) * 100), currency: "EUR" });
    else values[name] = kind === "datetime-local" ? new Date(text) : text;
  }
  const { startsAt, endsAt } = values;
  if (startsAt instanceof Date && endsAt instanceof Date && endsAt < startsAt) return "The meeting ends before it starts.";
  return values;
}

import type { EntityTypeName } from "@tandem/client";
import { inputTime } from "../format/time.js";
import { fieldName, words } from "../format/words.js";
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

/** Returns a field of the schema, which is called here as everywhere. */
const field = (name: string, kind: FormField["kind"], rest?: Pick<FormField, "required" | "options" | "initial">): FormField => ({ name, label: fieldName(name), kind, ...rest });

const owner = field("ownerId", "owner");
const customer = field("customerId", "customer");
const notes = field("notes", "text");

const fields: Readonly<Record<EntityTypeName, readonly FormField[]>> = {
  Customer: [
    field("name", "line", { required: true }),
    field("email", "email"),
    field("phone", "line"),
    field("company", "line"),
    field("status", "choice", { options: options(customerStatuses) }),
    owner,
    notes,
  ],
  Call: [
    field("subject", "line", { required: true }),
    customer,
    field("direction", "choice", { options: options(["outbound", "inbound"]) }),
    field("status", "choice", { options: options(callStatuses) }),
    field("scheduledAt", "datetime-local", { initial: nextHour(0) }),
    owner,
    notes,
  ],
  Meeting: [
    field("title", "line", { required: true }),
    customer,
    field("startsAt", "datetime-local", { required: true, initial: nextHour(0) }),
    field("endsAt", "datetime-local", { required: true, initial: nextHour(hour / 2) }),
    field("location", "line"),
    field("status", "choice", { options: options(meetingStatuses) }),
    owner,
    field("agenda", "text"),
  ],
  Deal: [
    field("title", "line", { required: true }),
    customer,
    { name: "amount", label: "Amount in €", kind: "number" },
    field("stage", "choice", { options: options(dealStages) }),
    field("expectedCloseDate", "date"),
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

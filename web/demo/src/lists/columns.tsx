import type { EntityData, Person } from "@tandem/client";
import { Avatar } from "@tandem/react";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { money } from "../format/money.js";
import { ago, dayOf, duration, fullTime, momentOf } from "../format/time.js";
import { fieldName, words } from "../format/words.js";
import { pathOf, type Call, type Customer, type CustomerName, type Deal } from "../live/entities.js";
import { Status } from "../ui/Status.js";

/** One column of a list. */
export interface Column<T extends EntityData> {
  readonly title: string;
  /** The width on wide screens; without it, the column takes what is left. */
  readonly width?: string;
  /** Where there is no room for it: on a phone, or beside a second person. */
  readonly hiddenWhen?: "narrow" | "medium";
  /** The fields whose changes tint the cell. */
  readonly fields: readonly string[];
  /** Whether its values are numbers, which align at their end. */
  readonly numeric?: boolean;
  cell(entity: T, now: number): ReactNode;
}

const updated: Column<EntityData> = {
  title: "Last change", width: "104px", hiddenWhen: "narrow", fields: [],
  cell: ({ updatedAt }, now) => <time className="muted number" dateTime={updatedAt.toISOString()} title={fullTime(updatedAt)}>{ago(updatedAt, now)}</time>,
};

const owner = { title: fieldName("ownerId"), width: "160px", hiddenWhen: "medium", fields: ["ownerId"], cell: ({ owner: person }: { readonly owner: Person | null }) => <Owner person={person} /> } as const;

const customer = {
  title: fieldName("customerId"), width: "190px", hiddenWhen: "narrow", fields: ["customerId"],
  cell: ({ customer: of }: { readonly customer: CustomerName | null }) => of && <Link href={pathOf("Customer", of.id)} className="muted clip cell-link">{of.displayName}</Link>,
} as const;

/** The person who looks after an entity, or that there is nobody. */
export function Owner({ person }: { readonly person: Person | null }) {
  if (!person) return <span className="faint">Nobody</span>;
  return <span className="row tight"><Avatar person={person} size="small" /> <span className="clip">{person.name}</span></span>;
}

export const customerColumns: readonly Column<Customer>[] = [
  { title: "Status", width: "106px", fields: ["status"], cell: ({ status }) => <Status value={status} /> },
  owner,
  { title: "Tags", width: "170px", hiddenWhen: "medium", fields: ["tags"], cell: ({ tags }) => tags.map((tag) => <span key={tag} className="tag">{tag}</span>) },
  { title: "Company", width: "150px", hiddenWhen: "medium", fields: ["company"], cell: ({ company }) => <span className="muted">{company}</span> },
  updated,
];

export const callColumns: readonly Column<Call>[] = [
  { title: "Status", width: "112px", fields: ["status"], cell: ({ status }) => <Status value={status} /> },
  customer,
  owner,
  { title: "Direction", width: "96px", hiddenWhen: "medium", fields: ["direction"], cell: ({ direction }) => <span className="muted">{words(direction)}</span> },
  { title: fieldName("scheduledAt"), width: "140px", hiddenWhen: "narrow", fields: ["scheduledAt"], cell: ({ scheduledAt }) => scheduledAt && <span className="muted number">{momentOf(scheduledAt)}</span> },
  { title: fieldName("durationSeconds"), width: "84px", hiddenWhen: "medium", numeric: true, fields: ["durationSeconds"], cell: ({ durationSeconds }) => durationSeconds != null && <span className="muted number">{duration(durationSeconds)}</span> },
];

export const dealColumns: readonly Column<Deal>[] = [
  { title: "Stage", width: "112px", fields: ["stage"], cell: ({ stage }) => <Status value={stage} /> },
  { title: fieldName("amountMinor"), width: "110px", numeric: true, fields: ["amountMinor", "currency"], cell: ({ amountMinor, currency }) => amountMinor != null && currency && <span className="number">{money(amountMinor, currency)}</span> },
  customer,
  owner,
  { title: fieldName("expectedCloseDate"), width: "120px", hiddenWhen: "medium", fields: ["expectedCloseDate"], cell: ({ expectedCloseDate }) => expectedCloseDate && <span className="muted number">{dayOf(new Date(expectedCloseDate))}</span> },
  updated,
];

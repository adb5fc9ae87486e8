import type { Client, Subscription } from "../client.ts";
import { customerFields, type Customer } from "./customers.ts";
import { gql } from "./document.ts";

/** A change, with the entity that it left. */
export interface Change {
  readonly __typename: "CustomerChange" | "CallChange" | "MeetingChange" | "DealChange";
  readonly cursor: string;
  readonly kind: "CREATED" | "UPDATED" | "DELETED" | "RESTORED";
  readonly entityId: string;
  readonly version: number;
  readonly fromVersion: number;
  readonly changes: readonly { readonly field: string; readonly oldValue: unknown; readonly newValue: unknown }[];
  readonly actor: { readonly id: string } | null;
  readonly clientMutationId: string | null;
  readonly customer?: Customer;
  readonly call?: { readonly id: string; readonly version: number; readonly subject: string };
  readonly meeting?: { readonly id: string; readonly version: number; readonly title: string };
  readonly deal?: { readonly id: string; readonly version: number; readonly title: string };
}

const changeFields = `
  __typename cursor kind entityId version fromVersion changes { field oldValue newValue } actor { id } timestamp clientMutationId`;

const anyChange = `{
  ${changeFields}
  ... on CustomerChange { customer { ...CustomerFields } }
  ... on CallChange { call { id version subject } }
  ... on MeetingChange { meeting { id version title } }
  ... on DealChange { deal { id version title } }
}`;

const customerChanged = gql<Change, { id?: string; after?: string }>(
  `subscription Customers($id: ID, $after: Cursor) {
    customerChanged(id: $id, after: $after) { ${changeFields} customer { ...CustomerFields } }
  }`,
  customerFields,
);

export const entityChanged = gql<Change, { after?: string }>(
  `subscription Entities($after: Cursor) { entityChanged(after: $after) ${anyChange} }`,
  customerFields,
);

const changePage = gql<
  { changes: { changes: Change[]; endCursor: string; hasMore: boolean } },
  { after?: string; first?: number; entityId?: string; types?: string[] }
>(
  `query Changes($after: Cursor, $first: Int, $entityId: ID, $types: [EntityType!]) {
    changes(after: $after, first: $first, entityId: $entityId, types: $types) { changes ${anyChange} endCursor hasMore }
  }`,
  customerFields,
);

const customersAsOf = gql<{ customers: { asOf: string } }, object>(`query AsOf { customers(first: 1) { asOf } }`);

/** The position to follow from: nothing that happens after this question is missed. */
export async function asOf(by: Client): Promise<string> {
  return (await by.request(customersAsOf, {})).customers.asOf;
}

/** Follows one customer, or all of them. */
export function followCustomers(by: Client, where: { id?: string; after?: string }): Subscription<Change> {
  return by.follow(customerChanged, where);
}

export function followEverything(by: Client, after?: string): Subscription<Change> {
  return by.follow(entityChanged, after === undefined ? {} : { after });
}

/** One page of the log, as a client that polls reads it. */
export async function poll(by: Client, where: { after?: string; first?: number; entityId?: string; types?: string[] }) {
  return (await by.request(changePage, where)).changes;
}

/** All of the log after a cursor. */
export async function readLog(by: Client, after: string): Promise<Change[]> {
  const log: Change[] = [];
  for (let from = after; ; ) {
    const page = await poll(by, { after: from, first: 100 });
    log.push(...page.changes);
    if (!page.hasMore) return log;
    from = page.endCursor;
  }
}

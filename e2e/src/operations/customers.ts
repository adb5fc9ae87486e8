import { randomUUID } from "node:crypto";
import type { Client } from "../client.ts";
import { gql } from "./document.ts";

export interface Customer {
  readonly id: string;
  readonly version: number;
  readonly cursor: string;
  readonly name: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly company: string | null;
  readonly status: "LEAD" | "PROSPECT" | "ACTIVE" | "CHURNED";
  readonly tags: readonly string[];
  readonly notes: string | null;
  readonly updatedBy: { readonly id: string } | null;
}

export interface FieldConflict {
  readonly field: string;
  readonly base: unknown;
  readonly local: unknown;
  readonly remote: unknown;
  readonly remoteChangedBy: { readonly id: string } | null;
}

export interface CustomerConflict {
  readonly __typename: "CustomerConflict";
  readonly id: string;
  readonly message: string;
  readonly entityId: string;
  readonly baseVersion: number;
  readonly remoteVersion: number;
  readonly conflictedFields: readonly FieldConflict[];
  readonly detectedFor: { readonly id: string } | null;
  readonly resolution: Resolution | null;
  readonly resolvedBy: { readonly id: string } | null;
  readonly base: Customer | null;
  readonly local: Customer;
  readonly remote: Customer;
}

export interface CustomerSaved {
  readonly __typename: "CustomerSaved";
  readonly customer: Customer;
  readonly cursor: string;
  readonly merged: boolean;
  readonly clientMutationId: string | null;
}

interface EntityGone {
  readonly __typename: "EntityGone";
  readonly message: string;
  readonly entityId: string;
}

interface InvalidInput {
  readonly __typename: "InvalidInput";
  readonly message: string;
  readonly fields: readonly { readonly field: string; readonly message: string }[];
}

interface AccessDenied {
  readonly __typename: "AccessDenied";
  readonly message: string;
}

/** The answers of the mutations of customers. */
export type CustomerAnswer = CustomerSaved | CustomerConflict | EntityGone | InvalidInput | AccessDenied;

export type Resolution = "LOCAL" | "REMOTE" | "MERGED";

/** The fields of a customer that a client may set. */
export interface CustomerPatch {
  name?: string;
  email?: string | null;
  phone?: string | null;
  company?: string | null;
  status?: Customer["status"];
  tags?: string[];
  notes?: string | null;
}

export const customerFields = `
  fragment CustomerFields on Customer {
    __typename id version cursor name email phone company status tags notes updatedBy { id }
  }`;

const conflictFields = `
  fragment ConflictFields on CustomerConflict {
    __typename id message entityId baseVersion remoteVersion
    conflictedFields { field base local remote remoteChangedBy { id } }
    detectedFor { id } resolution resolvedBy { id }
    base { ...CustomerFields } local { ...CustomerFields } remote { ...CustomerFields }
  }`;

const saved = `... on CustomerSaved { customer { ...CustomerFields } cursor merged clientMutationId }`;
const refused = `... on InvalidInput { message fields { field message } } ... on AccessDenied { message }`;
const answer = `{ __typename ${saved} ...ConflictFields ... on EntityGone { message entityId } ${refused} }`;

const createCustomer = gql<{ answer: CustomerAnswer }, { input: object }>(
  `mutation Create($input: CreateCustomerInput!) { answer: createCustomer(input: $input) { __typename ${saved} ${refused} } }`,
  customerFields,
);

const updateCustomer = gql<{ answer: CustomerAnswer }, { input: object }>(
  `mutation Update($input: UpdateCustomerInput!) { answer: updateCustomer(input: $input) ${answer} }`,
  customerFields,
  conflictFields,
);

const resolveConflict = gql<{ answer: CustomerAnswer }, { input: object }>(
  `mutation Resolve($input: ResolveCustomerConflictInput!) { answer: resolveCustomerConflict(input: $input) ${answer} }`,
  customerFields,
  conflictFields,
);

const oneCustomer = gql<{ customer: Customer | null }, { id: string }>(
  `query One($id: ID!) { customer(id: $id) { ...CustomerFields } }`,
  customerFields,
);

const conflictsOf = gql<
  { conflicts: { nodes: CustomerConflict[]; totalCount: number } },
  { open: boolean; entityId: string }
>(
  `query Conflicts($open: Boolean, $entityId: ID) {
    conflicts(open: $open, entityId: $entityId, first: 10) { totalCount nodes { ...ConflictFields } }
  }`,
  customerFields,
  conflictFields,
);

/** An input of a mutation, with the id that makes a retry safe. */
export type Input = { clientMutationId: string };

/** The id of one mutation of a client's. */
export const mutationId = (): string => randomUUID();

export async function create(by: Client, patch: CustomerPatch & { name: string }, id = mutationId()): Promise<CustomerAnswer> {
  return (await by.request(createCustomer, { input: { ...patch, clientMutationId: id } })).answer;
}

export async function update(
  by: Client,
  seen: { id: string; version: number },
  patch: CustomerPatch,
  id = mutationId(),
): Promise<CustomerAnswer> {
  const input = { id: seen.id, baseVersion: seen.version, patch, clientMutationId: id };
  return (await by.request(updateCustomer, { input })).answer;
}

export async function resolve(
  by: Client,
  conflictId: string,
  resolution: Resolution,
  merged?: CustomerPatch,
  id = mutationId(),
): Promise<CustomerAnswer> {
  const input = { conflictId, resolution, ...(merged && { merged }), clientMutationId: id };
  return (await by.request(resolveConflict, { input })).answer;
}

export async function customer(by: Client, id: string): Promise<Customer | null> {
  return (await by.request(oneCustomer, { id })).customer;
}

export async function conflicts(by: Client, open: boolean, entityId: string): Promise<CustomerConflict[]> {
  return (await by.request(conflictsOf, { open, entityId })).conflicts.nodes;
}

/** The answer of a write that must have been applied. */
export function applied(answer: CustomerAnswer): CustomerSaved {
  if (answer.__typename === "CustomerSaved") return answer;
  throw new Error(`the write was answered with ${answer.__typename}: ${answer.message}`);
}

/** The answer of a write that must have met a conflict. */
export function conflicting(answer: CustomerAnswer): CustomerConflict {
  if (answer.__typename === "CustomerConflict") return answer;
  throw new Error(`the write was answered with ${answer.__typename}, and not with a conflict`);
}

import { randomUUID } from "node:crypto";
import type { Client, Subscription } from "../client.ts";
import type { FieldConflict } from "./customers.ts";
import { gql } from "./document.ts";

export interface Deal {
  readonly id: string;
  readonly version: number;
  readonly cursor: string;
  readonly title: string;
  readonly stage: "OPEN" | "PROPOSAL" | "NEGOTIATION" | "WON" | "LOST";
  readonly amountMinor: number | null;
  readonly currency: string | null;
  readonly expectedCloseDate: string | null;
}

export interface DealConflict {
  readonly __typename: "DealConflict";
  readonly id: string;
  readonly conflictedFields: readonly FieldConflict[];
}

export interface DealSaved {
  readonly __typename: "DealSaved";
  readonly deal: Deal;
  readonly merged: boolean;
}

export type DealAnswer = DealSaved | DealConflict;

export type DealPatch = Partial<Pick<Deal, "title" | "stage" | "amountMinor" | "currency" | "expectedCloseDate">>;

export interface DealChange {
  readonly cursor: string;
  readonly fromVersion: number;
  readonly version: number;
  readonly actor: { readonly id: string } | null;
  readonly deal: Deal;
}

const fields = `fragment DealFields on Deal { __typename id version cursor title stage amountMinor currency expectedCloseDate }`;

const answer = `{
  __typename
  ... on DealSaved { deal { ...DealFields } merged }
  ... on DealConflict { id conflictedFields { field base local remote remoteChangedBy { id } } }
  ... on Problem { message }
}`;

const createMutation = gql<{ answer: DealAnswer }, { input: object }>(
  `mutation CreateDeal($input: CreateDealInput!) {
    answer: createDeal(input: $input) { __typename ... on DealSaved { deal { ...DealFields } merged } ... on Problem { message } }
  }`,
  fields,
);

const updateMutation = gql<{ answer: DealAnswer }, { input: object }>(
  `mutation UpdateDeal($input: UpdateDealInput!) { answer: updateDeal(input: $input) ${answer} }`,
  fields,
);

const resolveMutation = gql<{ answer: DealAnswer }, { input: object }>(
  `mutation ResolveDeal($input: ResolveDealConflictInput!) { answer: resolveDealConflict(input: $input) ${answer} }`,
  fields,
);

const dealChanged = gql<DealChange, { id: string; after: string }>(
  `subscription Deals($id: ID, $after: Cursor) {
    dealChanged(id: $id, after: $after) { __typename cursor fromVersion version actor { id } deal { ...DealFields } }
  }`,
  fields,
);

export async function createDeal(by: Client, input: DealPatch & { title: string; customerId?: string }): Promise<DealAnswer> {
  return (await by.request(createMutation, { input: { ...input, clientMutationId: randomUUID() } })).answer;
}

export async function updateDeal(by: Client, seen: { id: string; version: number }, patch: DealPatch): Promise<DealAnswer> {
  const input = { id: seen.id, baseVersion: seen.version, patch, clientMutationId: randomUUID() };
  return (await by.request(updateMutation, { input })).answer;
}

/** Ends a conflict with values that a person chose. */
export async function mergeDeal(by: Client, conflictId: string, merged: DealPatch): Promise<DealAnswer> {
  const input = { conflictId, resolution: "MERGED", merged, clientMutationId: randomUUID() };
  return (await by.request(resolveMutation, { input })).answer;
}

export function followDeal(by: Client, id: string, after: string): Subscription<DealChange> {
  return by.follow(dealChanged, { id, after });
}

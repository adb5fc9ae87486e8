import type { Client } from "../client.ts";
import type { Customer } from "./customers.ts";
import { customerFields } from "./customers.ts";
import { gql } from "./document.ts";

export interface Viewer {
  readonly user: { readonly id: string; readonly name: string; readonly email: string | null };
  readonly organization: { readonly id: string };
  readonly role: string;
  readonly unreadNotifications: number;
}

export interface CustomerPage {
  readonly nodes: readonly Customer[];
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  readonly totalCount: number;
  readonly asOf: string;
}

export interface Deleted {
  readonly __typename: "EntityDeleted";
  readonly entityId: string;
  readonly version: number;
  readonly cursor: string;
  readonly clientMutationId: string | null;
}

export const viewerQuery = gql<{ viewer: Viewer }, object>(
  `query Me { viewer { user { id name email } organization { id } role unreadNotifications } }`,
);

const customersQuery = gql<{ customers: CustomerPage }, { first: number; after?: string; search?: string }>(
  `query Page($first: Int, $after: String, $search: String) {
    customers(first: $first, after: $after, orderBy: NAME_ASC, filter: { search: $search }) {
      nodes { ...CustomerFields } edges { cursor node { id } } pageInfo { hasNextPage endCursor } totalCount asOf
    }
  }`,
  customerFields,
);

const createCallMutation = gql<{ createCall: { call: { id: string } } }, { input: object }>(
  `mutation NewCall($input: CreateCallInput!) {
    createCall(input: $input) { __typename ... on CallSaved { call { id } } ... on InvalidInput { message } ... on AccessDenied { message } }
  }`,
);

const createMeetingMutation = gql<{ createMeeting: { meeting: { id: string } } }, { input: object }>(
  `mutation NewMeeting($input: CreateMeetingInput!) {
    createMeeting(input: $input) { __typename ... on MeetingSaved { meeting { id } } ... on InvalidInput { message } ... on AccessDenied { message } }
  }`,
);

const deleteMutation = gql<
  { deleteEntity: Deleted | { __typename: "EntityGone" | "AccessDenied" | "CustomerConflict"; message: string } },
  { input: { id: string; baseVersion: number; clientMutationId: string } }
>(
  `mutation Delete($input: DeleteEntityInput!) {
    deleteEntity(input: $input) {
      __typename
      ... on EntityDeleted { entityId version cursor clientMutationId }
      ... on EntityGone { message }
      ... on AccessDenied { message }
      ... on CustomerConflict { message }
    }
  }`,
);

export async function viewer(by: Client): Promise<Viewer> {
  return (await by.request(viewerQuery, {})).viewer;
}

/** A page of customers, by name. */
export async function customers(by: Client, where: { first: number; after?: string; search?: string }): Promise<CustomerPage> {
  return (await by.request(customersQuery, where)).customers;
}

export async function createCall(by: Client, customerId: string, subject: string): Promise<{ id: string }> {
  return (await by.request(createCallMutation, { input: { customerId, subject, direction: "INBOUND" } })).createCall.call;
}

export async function createMeeting(by: Client, customerId: string, title: string): Promise<{ id: string }> {
  const input = { customerId, title, startsAt: "2030-01-02T10:00:00Z", endsAt: "2030-01-02T11:00:00Z" };
  return (await by.request(createMeetingMutation, { input })).createMeeting.meeting;
}

export async function remove(by: Client, seen: { id: string; version: number }, clientMutationId: string) {
  const input = { id: seen.id, baseVersion: seen.version, clientMutationId };
  return (await by.request(deleteMutation, { input })).deleteEntity;
}

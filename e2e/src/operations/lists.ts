import { randomUUID } from "node:crypto";
import type { Client, Subscription } from "../client.ts";
import { gql } from "./document.ts";

/** An event of conflictChanged. */
export interface ConflictEvent {
  readonly cursor: string;
  readonly kind: "OPENED" | "MOVED" | "RESOLVED";
  readonly actor: { readonly id: string } | null;
  readonly conflict: { readonly __typename: string; readonly id: string; readonly resolution: string | null };
}

const conflictChanged = gql<ConflictEvent, { after: string }>(
  `subscription ConflictChanged($after: Cursor) {
    conflictChanged(after: $after) { cursor kind actor { id } conflict { __typename id resolution } }
  }`,
);

export function followConflicts(client: Client, after: string): Subscription<ConflictEvent> {
  return client.follow(conflictChanged, { after });
}

interface Imported {
  readonly __typename: string;
  readonly customer?: { readonly id: string; readonly name: string };
}

const importMutation = gql<{ answers: readonly Imported[] }, { inputs: readonly object[] }>(
  `mutation Import($inputs: [CreateCustomerInput!]!) {
    answers: createCustomers(inputs: $inputs) { __typename ... on CustomerSaved { customer { id name } } }
  }`,
);

/** Inputs of a batch, each with a key of its own. */
export function customersToImport(...names: string[]): readonly object[] {
  return names.map((name) => ({ name, clientMutationId: randomUUID() }));
}

export async function importCustomers(client: Client, inputs: readonly object[]): Promise<readonly Imported[]> {
  return (await client.request(importMutation, { inputs })).answers;
}

/** An update of one of several rooms. */
export interface RoomUpdate {
  readonly room: string;
  readonly snapshot: readonly { readonly id: string }[] | null;
  readonly joined: readonly { readonly id: string }[];
}

const presences = gql<RoomUpdate, { rooms: readonly string[] }>(
  `subscription Presences($rooms: [ID!]!) { presences(rooms: $rooms) { room snapshot { id } joined { id } } }`,
);

export function watchRooms(client: Client, rooms: readonly string[]): Subscription<RoomUpdate> {
  return client.follow(presences, { rooms });
}

/** A change of a customer, as a list of customers needs it. */
export interface ListedChange {
  readonly cursor: string;
  readonly kind: string;
  readonly transition: "ENTERED" | "STAYED" | "LEFT";
  readonly entityId: string;
  readonly customer: { readonly id: string; readonly name: string } | null;
}

const listChanged = gql<ListedChange, { filter: object; initial: boolean; after: string | undefined }>(
  `subscription ListChanged($filter: CustomerFilter, $initial: Boolean, $after: Cursor) {
    customerChanged(filter: $filter, initial: $initial, after: $after) { cursor kind transition entityId customer { id name } }
  }`,
);

/** Follows the customers that match a filter; without `after`, it begins with what is there. */
export function followList(client: Client, filter: object, after?: string): Subscription<ListedChange> {
  return client.follow(listChanged, { filter, initial: after === undefined, after });
}

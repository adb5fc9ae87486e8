import type { Tandem, TandemOptions } from "../client/src/tandem.js";
import type { TandemData } from "../client/src/data/live.js";
import type { ReadableState } from "../client/src/state.js";
import { tandemOf } from "./people.js";
import type { Server } from "./server.js";
import type { Person } from "./token.js";
import { until } from "./until.js";

/** A person with a client of their own. */
export function clientOf(url: string, person: Person, options: Partial<TandemOptions> = {}): Tandem & TandemData {
  return tandemOf(url, person, options) as Tandem & TandemData;
}

/** Listens to a state until `stop`, and keeps every one of its values. */
export function watching<T>(state: ReadableState<T>) {
  const values: T[] = [];
  const stop = state.subscribe(() => values.push(state.get()));
  return {
    values,
    stop,
    /** Resolves to the first value from now on for which this holds. */
    until: (what: string, holds: (value: T) => boolean) => until(what, () => holds(state.get()) && state.get()),
  };
}

/** Creates a customer as a person, without the kit, and returns its id. */
export async function createCustomer(server: Server, person: Person, fields: Readonly<Record<string, unknown>>): Promise<string> {
  const query = `mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { ... on CustomerSaved { customer { id } } } }`;
  const { createCustomer: saved } = await server.ask<{ createCustomer: { customer: { id: string } } }>(person, query, { input: fields });
  return saved.customer.id;
}

/** Changes a customer as a person, without the kit, at the version that it has. */
export async function changeCustomer(server: Server, person: Person, id: string, patch: Readonly<Record<string, unknown>>): Promise<number> {
  const { customer } = await server.ask<{ customer: { version: number } }>(person, `query ($id: ID!) { customer(id: $id) { version } }`, { id });
  const query = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { __typename ... on CustomerSaved { customer { version } } } }`;
  const { updateCustomer } = await server.ask<{ updateCustomer: { __typename: string; customer?: { version: number } } }>(person, query, {
    input: { id, baseVersion: customer.version, patch },
  });
  if (!updateCustomer.customer) throw new Error(updateCustomer.__typename);
  return updateCustomer.customer.version;
}

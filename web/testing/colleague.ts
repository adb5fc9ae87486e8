import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Server } from "./server.js";
import type { Person } from "./token.js";

/** A person who works with plain requests, from elsewhere: no bad network of a test reaches them. */
export class Colleague {
  constructor(private readonly server: Pick<Server, "ask">, readonly person: Person) {}

  /** The position of the log now. */
  async position(): Promise<string> {
    return (await this.ask<{ customers: { asOf: string } }>("{ customers(first: 0) { asOf } }")).customers.asOf;
  }

  /** Creates a customer, and returns its id. */
  async create(name: string, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const query = "mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { ... on CustomerSaved { customer { id } } } }";
    return (await this.ask<{ createCustomer: { customer: { id: string } } }>(query, { input: { name, ...more } })).createCustomer.customer.id;
  }

  /** The newest version of a customer, and its fields. */
  async read(id: string): Promise<{ readonly version: number; readonly phone: string | null; readonly name: string }> {
    return (await this.ask<{ customer: { version: number; phone: string; name: string } }>("query ($id: ID!) { customer(id: $id) { version phone name } }", { id })).customer;
  }

  /** Deletes a customer. */
  async remove(id: string): Promise<void> {
    const { version: baseVersion } = await this.read(id);
    await this.ask("mutation ($input: DeleteEntityInput!) { deleteEntity(input: $input) { __typename } }", { input: { id, baseVersion } });
  }

  /** Gives a person a level of access to a restricted customer. */
  async grant(entityId: string, to: Person, level: "READ" | "WRITE"): Promise<void> {
    const query = "mutation ($entityId: ID!, $userId: ID!, $level: AccessLevel!) { grantAccess(entityId: $entityId, userId: $userId, level: $level) }";
    await this.ask(query, { entityId, userId: to.id, level });
  }

  /** Takes a person's own access to a restricted customer away. */
  async revoke(entityId: string, from: Person): Promise<void> {
    await this.ask("mutation ($entityId: ID!, $userId: ID!) { revokeAccess(entityId: $entityId, userId: $userId) }", { entityId, userId: from.id });
  }

  /** Edits the newest version of a customer, and returns the version that it makes. */
  async edit(id: string, patch: Readonly<Record<string, unknown>>): Promise<number> {
    const { version: baseVersion } = await this.read(id);
    const input = { id, baseVersion, patch };
    const query = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { __typename ... on CustomerSaved { customer { version } } } }`;
    type Answer = { updateCustomer: { __typename: string; customer?: { version: number } } };
    const { updateCustomer } = await this.ask<Answer>(query, { input });
    if (!updateCustomer.customer) throw new Error(`the edit was answered with ${updateCustomer.__typename}`);
    return updateCustomer.customer.version;
  }

  /** Edits a customer again and again until the returned function is called, which resolves to the number of edits. */
  keepEditing(id: string, everyMs = 20): () => Promise<number> {
    let over = false;
    let count = 0;
    const editing = (async () => {
      for (; !over; count++) await Promise.all([this.edit(id, { notes: `note ${count}` }), pause(everyMs)]);
    })();
    editing.catch(() => undefined); // the returned function rejects
    return async () => {
      over = true;
      await editing;
      return count;
    };
  }

  /** Creates as many customers as a batch may have, and returns a function that edits the next of them, in turn: all of them, or as many as it is given. */
  async many(): Promise<(count?: number) => Promise<void>> {
    const inputs = Array.from({ length: 100 }, (_, at) => ({ name: `customer ${at}`, clientMutationId: randomUUID() }));
    type Created = { createCustomers: { customer: { id: string } }[] };
    const query = "mutation ($inputs: [CreateCustomerInput!]!) { createCustomers(inputs: $inputs) { ... on CustomerSaved { customer { id } } } }";
    const ids = (await this.ask<Created>(query, { inputs })).createCustomers.map(({ customer }) => customer.id);
    let made = 0;
    return async (count = ids.length) => {
      const edits = Array.from({ length: count }, () => {
        const [id, baseVersion] = [ids[made % ids.length], 1 + Math.floor(made / ids.length)];
        made++;
        return { id, baseVersion, clientMutationId: randomUUID(), patch: { notes: `note ${baseVersion}`, phone: String(made) } };
      });
      await this.ask("mutation ($edits: [UpdateCustomerInput!]!) { updateCustomers(inputs: $edits) { __typename } }", { edits });
    };
  }

  /** All changes of customers after a position, as `id:version`, in the order of the log. */
  async changes(after: string): Promise<string[]> {
    const query = "query ($after: Cursor) { changes(after: $after, types: [CUSTOMER], first: 100) { changes { entityId version } endCursor hasMore } }";
    type Answer = { changes: { changes: { entityId: string; version: number }[]; endCursor: string; hasMore: boolean } };
    const found: string[] = [];
    for (let cursor = after, more = true; more; ) {
      const { changes: page } = await this.ask<Answer>(query, { after: cursor });
      found.push(...page.changes.map(({ entityId, version }) => `${entityId}:${version}`));
      [cursor, more] = [page.endCursor, page.hasMore];
    }
    return found;
  }

  /** Snoozes the person's own notifications for as short a time as a slow machine allows, whatever `Date` is in the test, and returns the end. */
  async snoozeBriefly(ids: readonly string[]): Promise<Date> {
    const mutation = "mutation ($ids: [ID!]!, $until: DateTime!) { snoozeNotifications(ids: $ids, until: $until) }";
    for (let ms = 1_000; ; ms *= 2) {
      const until = new Date(Math.round(performance.timeOrigin + performance.now()) + ms);
      try {
        await this.ask(mutation, { ids, until });
        return until;
      } catch (error) {
        if (!String(error).includes("must be in the future")) throw error;
      }
    }
  }

  ask<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
    return this.server.ask(this.person, query, variables);
  }
}

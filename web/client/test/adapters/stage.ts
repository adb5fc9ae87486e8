import WebSocket from "ws";
import { tandemOf } from "../../../testing/people.js";
import type { Server } from "../../../testing/server.js";
import { organization, type Person } from "../../../testing/token.js";
import { until } from "../../../testing/until.js";
import type { TandemData } from "../../src/data/live.js";
import type { Tandem, TandemOptions } from "../../src/tandem.js";
import { HeldAnswers } from "./heldAnswers.js";
import type { Library } from "./library.js";

export { CHANGES, CUSTOMER, CUSTOMERS } from "./documents.js";

/** A client of Ada in a library, and Ben, who changes things at the server itself. */
export interface Stage {
  readonly tandem: Tandem & TandemData;
  readonly library: Library;
  readonly ada: Person;
  readonly ben: Person;
  readonly answers: StagedAnswers;
  /** The subscriptions that the client began on the wire, and those that it ended. */
  readonly wire: { begun: string[]; ended: number };
  create(name: string): Promise<string>;
  update(id: string, baseVersion: number, patch: Record<string, unknown>): Promise<number>;
  end(): void;
}

export function stage(server: Server, library: (tandem: Tandem) => Library, options: Partial<TandemOptions> & { url?: string; person?: Person } = {}): Stage {
  const hire = organization();
  const ada = options.person ?? hire("Ada");
  const ben = options.person ? { ...hire("Ben"), org: options.person.org } : hire("Ben");
  const answers = new StagedAnswers();
  const wire = { begun: [] as string[], ended: 0 };
  const tandem = tandemOf(options.url ?? server.url, ada, { fetch: answers.fetch, WebSocket: counting(wire), ...options });
  return {
    tandem, library: library(tandem), ada, ben, answers, wire,
    create: async (name) => {
      const document = "mutation ($name: String!) { createCustomer(input: {name: $name}) { ... on CustomerSaved { customer { id } } } }";
      return (await server.ask<{ createCustomer: { customer: { id: string } } }>(ben, document, { name })).createCustomer.customer.id;
    },
    update: async (id, baseVersion, patch) => {
      const document = "mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { ... on CustomerSaved { customer { version } } } }";
      return (await server.ask<{ updateCustomer: { customer: { version: number } } }>(ben, document, { input: { id, baseVersion, patch } })).updateCustomer.customer.version;
    },
    end: () => tandem.close(),
  };
}

/** Everything that a query showed, and what it shows now. */
export function screen<T>(library: Library, document: string, variables: Record<string, unknown> = {}) {
  const all: T[] = [];
  const shown = { all, errors: [] as Error[], get now() { return all.at(-1); }, stop: () => {} };
  shown.stop = library.watch(document, variables, { next: (data) => void all.push(data as T), failed: (error) => void shown.errors.push(error) });
  return shown;
}

/** Everything that a subscription sent. */
export function events<T>(library: Library, document: string, variables: Record<string, unknown> = {}) {
  const came = { all: [] as T[], errors: [] as Error[], completed: false, stop: () => {} };
  came.stop = library.subscribe(document, variables, {
    next: (data) => void came.all.push(data as T),
    failed: (error) => void came.errors.push(error),
    completed: () => (came.completed = true),
  });
  return came;
}

/** Held answers that a test waits for. */
class StagedAnswers extends HeldAnswers {
  /** Resolves when the server has answered one that is held. */
  async answered(): Promise<void> {
    await until("answer of the server", () => this.waiting > 0);
  }
}

/** A WebSocket that counts the subscriptions on it. */
function counting(wire: Stage["wire"]): typeof globalThis.WebSocket {
  return class extends WebSocket {
    override send(data: string): void {
      const { type, payload } = JSON.parse(data) as { type: string; payload?: { query: string } };
      if (type === "subscribe" && payload?.query.includes("customerChanged")) wire.begun.push(payload.query);
      if (type === "complete") wire.ended++;
      super.send(data);
    }
  } as unknown as typeof globalThis.WebSocket;
}

import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Transport } from "../../src/connection/status.js";
import { CHANGES, recording, tandemOf } from "../../../testing/people.js";
import { Proxy } from "../../../testing/proxy.js";
import { Server } from "../../../testing/server.js";
import { organization, type Person } from "../../../testing/token.js";
import { until } from "../../../testing/until.js";

let server: Server;
beforeAll(async () => void (server = await Server.start()));
afterAll(() => server.remove());

/** Creates a customer, and returns what a follower records of it. */
async function create(person: Person, name: string): Promise<string> {
  const query = `mutation ($name: String!) { createCustomer(input: {name: $name}) { ... on CustomerSaved { customer { id } } } }`;
  const { createCustomer } = await server.ask<{ createCustomer: { customer: { id: string } } }>(person, query, { name });
  return `${createCustomer.customer.id}:1`;
}

async function position(person: Person): Promise<string> {
  return (await server.ask<{ customers: { asOf: string } }>(person, "{ customers(first: 0) { asOf } }")).customers.asOf;
}

test.each<Transport>(["ws", "sse", "poll"])("a subscription over %s continues after its last event when the connection breaks again and again", async (transport) => {
  const ada = organization()("Ada");
  const proxy = await Proxy.before(server.port);
  const tandem = tandemOf(proxy.url, ada, { transports: [transport] });
  const after = await position(ada);
  const seen = recording(tandem, after);
  const made: string[] = [];
  for (let round = 0; round < 5; round++) {
    await until("socket", () => tandem.status.get().state === "connected");
    made.push(await create(ada, `before ${round}`));
    await until("event", () => seen.versions.length === made.length);
    proxy.reset();
    made.push(await create(ada, `while away ${round}`));
    await until("missed event", () => seen.versions.length === made.length);
  }
  expect(seen).toMatchObject({ versions: made, resyncs: 0, ended: undefined });
  tandem.close();
  await proxy.close();
});

test("a subscription that can't be begun stops no other, and not the connection", async () => {
  const ada = organization()("Ada");
  const uncaught: unknown[] = [];
  vi.stubGlobal("reportError", (error: unknown) => uncaught.push(error));
  const proxy = await Proxy.before(server.port);
  const tandem = tandemOf(proxy.url, ada);
  const stop = tandem.link.follow({ query: CHANGES, variables: { n: 1n }, after: await position(ada), next: () => undefined, ended: () => undefined });
  const seen = recording(tandem);
  await until("connection", () => tandem.status.get().state === "connected");
  const made = [await create(ada, "first")];
  await until("event", () => seen.versions.length === 1);
  proxy.reset();
  made.push(await create(ada, "second"));
  await until("event after the connection was lost", () => seen.versions.length === 2);
  expect(seen.versions).toEqual(made);
  expect(uncaught[0]).toBeInstanceOf(TypeError);
  stop();
  tandem.close();
  await proxy.close();
  vi.unstubAllGlobals();
});

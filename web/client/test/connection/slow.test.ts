import "fake-indexeddb/auto";
import { afterAll, beforeAll, expect, test } from "vitest";
import WebSocket from "ws";
import { recording, tandemOf } from "../../../testing/people.js";
import { Proxy } from "../../../testing/proxy.js";
import { Server } from "../../../testing/server.js";
import { organization } from "../../../testing/token.js";
import { until } from "../../../testing/until.js";

let server: Server;
beforeAll(async () => void (server = await Server.start()));
afterAll(() => server.remove());

/** A WebSocket that counts the answers to pings. */
function countingAnswers(counted: { answers: number }): typeof globalThis.WebSocket {
  return class extends WebSocket {
    constructor(url: string, protocol: string) {
      super(url, protocol);
      this.on("message", (data) => String(data).includes('"pong"') && counted.answers++);
    }
  } as unknown as typeof globalThis.WebSocket;
}

test.concurrent.each([[1_000], [2_000]])("five edits and an undo on a link that takes %d ms in each direction end at the last value, on one connection", async (delayMs) => {
  const ada = organization()("Ada");
  const { createCustomer } = await server.ask<{ createCustomer: { customer: { id: string } } }>(ada,
    'mutation { createCustomer(input: {name: "Acme", phone: "0"}) { ... on CustomerSaved { customer { id } } } }');
  const { id } = createCustomer.customer;
  const read = async () => (await server.ask<{ customer: { phone: string; version: number } }>(ada, "query ($id: ID!) { customer(id: $id) { phone version } }", { id })).customer;

  const network = await Proxy.before(server.port);
  network.set({ delayMs });
  const counted = { answers: 0 };
  const tandem = tandemOf(network.url, ada, { WebSocket: countingAnswers(counted) });
  const states: string[] = [];
  tandem.status.subscribe(() => states.push(tandem.status.get().state));
  const customer = tandem.entity("Customer", id);
  customer.subscribe(() => {});
  const events = recording(tandem);
  await until("customer and connection", () => customer.get().data && tandem.status.get().state === "connected");

  const first = await customer.save({ phone: "1" });
  await until("request", () => tandem.outbox.get().records.some(({ state }) => state === "sending"));
  const others = await Promise.all(["2", "3", "4", "5", "0"].map((phone) => customer.save({ phone })));
  const outcomes = await Promise.all([first, ...others].map(({ settled }) => settled));
  expect(outcomes).toEqual(outcomes.map(() => ({ kind: "saved" })));
  expect(tandem.outbox.get()).toMatchObject({ waiting: 0, records: [] });
  expect(await read()).toEqual({ phone: "0", version: 3 });
  expect(customer.get()).toMatchObject({ conflict: undefined, data: { phone: "0" } });

  await until("every version", () => events.versions.length === 2);
  tandem.connect(); // as when a person comes back to the page, it asks whether the connection lives
  await until("answer to a ping", () => counted.answers > 0);
  expect(states.filter((state, at) => state !== states[at - 1])).toEqual(["connecting", "connected"]);
  expect(network.seen).toMatchObject({ socket: 1, stream: 0 });
  tandem.close();
  await network.close();
});

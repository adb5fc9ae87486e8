import { afterAll, beforeAll, expect, test } from "vitest";
import WebSocket from "ws";
import { recording, tandemOf } from "../../testing/people.js";
import { Server } from "../../testing/server.js";
import { organization, token, type Person } from "../../testing/token.js";
import { until } from "../../testing/until.js";
import type { Transport } from "../src/connection/status.js";
import { createFaults, type Weather } from "../src/testing/index.js";

let server: Server;
beforeAll(async () => void (server = await Server.start()));
afterAll(() => server.remove());

const CREATE = `mutation ($name: String!) { createCustomer(input: {name: $name}) { ... on CustomerSaved { customer { id } } } }`;

async function create(person: Person, name: string): Promise<string> {
  const { createCustomer } = await server.ask<{ createCustomer: { customer: { id: string } } }>(person, CREATE, { name });
  return `${createCustomer.customer.id}:1`;
}

/** A client whose network can be made bad, and another one with a good network. */
function pair(transports: readonly Transport[]) {
  const ada = organization()("Ada");
  const faults = createFaults({ WebSocket: WebSocket as unknown as typeof globalThis.WebSocket });
  const asked: boolean[] = [];
  const source = faults.token(async (fresh) => {
    asked.push(fresh);
    return token(ada);
  });
  const bad = tandemOf(server.url, ada, { fetch: faults.fetch, WebSocket: faults.WebSocket, token: source, transports });
  const good = tandemOf(server.url, ada);
  return { ada, faults, bad, good, asked, close: () => [bad, good].forEach((each) => each.close()) };
}

const connected = (tandem: { status: { get(): { state: string } } }) => () => tandem.status.get().state === "connected";

test.each<[string, Transport, Partial<Weather>]>([
  ["offline", "ws", { offline: true }], ["offline", "sse", { offline: true }],
  ["half-open", "ws", { halfOpen: true }],
])("%s over %s: one client hears nothing until it is over, the other one everything", async (_, transport, weather) => {
  const { ada, faults, bad, good, close } = pair([transport]);
  const [far, near] = [recording(bad), recording(good)];
  await until("both connected", () => connected(bad)() && connected(good)());
  await until("the beginning", async () => (await create(ada, "one"), far.versions.length > 0 && near.versions.length > 0));
  faults.set(weather);
  const before = far.versions.length;
  const missed = await create(ada, "missed");
  await until("the event for the other one", () => near.versions.includes(missed));
  expect(far.versions).toHaveLength(before);
  faults.set({ offline: false, halfOpen: false });
  await until("what was missed", () => far.versions.includes(missed));
  expect(far.versions).toEqual(near.versions.slice(-far.versions.length));
  expect(far).toMatchObject({ resyncs: 0, ended: undefined });
  close();
});

test("blocked sockets and streams make a client use the next transport", async () => {
  const { faults, bad, close } = pair(["ws", "sse", "poll"]);
  faults.set({ socketsBlocked: true });
  recording(bad);
  await until("a stream", () => bad.status.get().transport === "sse" && connected(bad)());
  faults.set({ streamsBlocked: true });
  await until("polling", () => bad.status.get().transport === "poll" && connected(bad)());
  close();
});

test("everything takes its time, in order", async () => {
  const { ada, faults, bad, close } = pair(["ws"]);
  const seen = recording(bad);
  await until("connection", connected(bad));
  faults.set({ delayMs: 300 });
  const begun = performance.now();
  await bad.link.execute({ query: "{ viewer { role } }" });
  expect(performance.now() - begun).toBeGreaterThanOrEqual(600);
  const made = [await create(ada, "a"), await create(ada, "b"), await create(ada, "c")];
  faults.set({ delayMs: 0 });
  made.push(await create(ada, "d"));
  await until("all of them", () => seen.versions.length >= 4);
  expect(seen.versions).toEqual(made);
  close();
});

test("an expired token makes a client ask for a fresh one, and go on", async () => {
  const { ada, faults, bad, asked, close } = pair(["ws"]);
  const seen = recording(bad);
  await until("connection", connected(bad));
  faults.expireToken();
  const made = await create(ada, "after");
  await until("the event", () => seen.versions.includes(made));
  expect(asked).toContain(true);
  expect(seen.ended).toBeUndefined();
  close();
});

test("a cut connection comes back, and nothing is lost", async () => {
  const { ada, faults, bad, close } = pair(["ws"]);
  const seen = recording(bad);
  await until("connection", connected(bad));
  const made: string[] = [];
  for (let round = 0; round < 3; round++) {
    faults.cut();
    made.push(await create(ada, `round ${round}`));
    await until("the event", () => seen.versions.length === made.length);
  }
  expect(seen.versions).toEqual(made);
  close();
});

import "fake-indexeddb/auto";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { changeCustomer, clientOf, createCustomer, watching } from "../../../testing/crm.js";
import { Proxy } from "../../../testing/proxy.js";
import { Server } from "../../../testing/server.js";
import { organization } from "../../../testing/token.js";
import { until } from "../../../testing/until.js";

let server: Server;
beforeAll(async () => void (server = await Server.start()));
afterAll(() => server.remove());

/** The part of a browser's localStorage that the client uses. */
beforeEach(() => {
  const items = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
    keys: () => [...items.keys()],
  });
  return () => vi.unstubAllGlobals();
});

const databases = async () => (await indexedDB.databases()).map(({ name = "" }) => name);
const offline = { refuse: true };

test("edits outlive a reload without a connection, are seen by nobody else, and are saved later", async () => {
  const hire = organization();
  const [ada, ben] = [hire("Ada"), hire("Ben")];
  const id = await createCustomer(server, ada, { name: "Acme", notes: "one\n" });
  const proxy = await Proxy.before(server.port);
  const before = clientOf(proxy.url, ada);
  await watching(before.entity("Customer", id)).until("customer", ({ status }) => status === "live");
  await before.ready;
  proxy.set(offline);
  proxy.reset();
  await before.entity("Customer", id).save({ name: "Acme Ltd" });
  const { entityId } = await before.outbox.create("Deal", { title: "Big", customerId: id, amountMinor: 100, currency: "EUR" });
  before.close();
  const other = clientOf(proxy.url, ben);
  watching(other.outbox);
  const after = clientOf(proxy.url, ada);
  await after.ready;
  expect(after.viewer.get()).toMatchObject({ user: { name: "Ada" }, role: "member" });
  expect(after.outbox.get()).toMatchObject({ waiting: 2, durable: true, records: [{ patch: { name: "Acme Ltd" } }, { kind: "create", patch: { title: "Big" } }] });
  expect(other.outbox.get().records).toEqual([]);
  expect(after.entity("Deal", entityId).get().data).toMatchObject({ title: "Big", displayName: "Big", stage: null });
  proxy.set({});
  after.connect();
  await until("what the server has", async () => {
    const query = `query ($id: ID!) { customer(id: $id) { name deals { nodes { title } } } }`;
    const { customer } = await server.ask<{ customer: { name: string; deals: { nodes: object[] } } }>(ada, query, { id });
    return customer.name === "Acme Ltd" && customer.deals.nodes.length === 1;
  });
  await until("empty outbox", () => after.status.get().pending === 0);
  for (const tandem of [other, after]) tandem.close();
  await proxy.close();
});

test("a person who signs out leaves nothing but edits that were not sent", async () => {
  const ada = organization()("Ada");
  const id = await createCustomer(server, ada, { name: "Acme" });
  const one = clientOf(server.url, ada);
  await one.ready;
  await one.signOut();
  expect(await databases()).not.toContainEqual(expect.stringContaining(ada.id));
  expect((localStorage as unknown as { keys(): string[] }).keys().filter((key) => key.includes(ada.id))).toEqual([]);
  const proxy = await Proxy.before(server.port);
  const two = clientOf(proxy.url, ada);
  await watching(two.entity("Customer", id)).until("customer", ({ status }) => status === "live");
  await two.ready;
  proxy.set(offline);
  proxy.reset();
  await two.entity("Customer", id).save({ name: "Acme Ltd" });
  await two.signOut();
  proxy.set({});
  const three = clientOf(proxy.url, ada);
  three.connect();
  await until("edit from before", async () => (await server.ask<{ customer: { name: string } }>(ada, "query ($id: ID!) { customer(id: $id) { name } }", { id })).customer.name === "Acme Ltd");
  three.close();
  await proxy.close();
});

test("nothing stays on the device of a person who is removed", async () => {
  const hire = organization();
  const [ada, boss] = [hire("Ada"), hire("Boss", "ADMIN")];
  const id = await createCustomer(server, boss, { name: "Acme" });
  const tandem = clientOf(server.url, ada);
  const seen = watching(tandem.entity("Customer", id));
  await seen.until("customer", ({ status }) => status === "live");
  await tandem.ready;
  expect(await databases()).toContainEqual(expect.stringContaining(ada.id));
  await server.ask(boss, "mutation ($id: ID!) { removeMember(userId: $id) }", { id: ada.id });
  await until("closed connection", () => tandem.status.get().state === "closed");
  await until("removed database", async () => !(await databases()).some((name) => name.includes(ada.id)));
  expect(tandem.entities.view(id)).toBeUndefined();
});

test("of an entity that is taken away, the device keeps only what its person wrote", async () => {
  const hire = organization();
  const [ada, ben] = [hire("Ada"), hire("Ben")];
  const id = await createCustomer(server, ada, { name: "Acme", phone: "secret" });
  const tandem = clientOf(server.url, ben);
  const seen = watching(tandem.entity("Customer", id));
  await seen.until("customer", ({ status }) => status === "live");
  await changeCustomer(server, ada, id, { phone: "secret, too" });
  await seen.until("change", ({ version }) => version === 2);
  await tandem.entity("Customer", id).save({ phone: "mine" }, { phone: { version: 1, seen: "secret" } });
  const clashing = await seen.until("conflict", ({ conflict }) => conflict !== undefined);
  const [conflict, feed] = [tandem.conflict(clashing.conflict?.id ?? ""), tandem.activity({ pageSize: 1 })];
  const [deciding, past] = [watching(conflict), watching(feed)];
  await deciding.until("sides", ({ fields }) => fields.length === 1);
  await past.until("first page", ({ status, hasMore }) => status === "live" && hasMore);
  await feed.loadMore();
  await past.until("older page", ({ items }) => items.length === 2);
  await changeCustomer(server, ada, id, { visibility: "RESTRICTED" });
  const state = await seen.until("loss", ({ status, refused }) => status === "denied" && refused !== undefined);
  expect(state).toMatchObject({ data: undefined, conflict: undefined, changes: [], refused: { patch: { phone: "mine" }, refusal: { code: "AccessDenied" } } });
  expect(JSON.stringify(tandem.outbox.get().records)).not.toContain("secret");
  expect(await deciding.until("end of the conflict", ({ status }) => status === "gone")).toMatchObject({ fields: [], entityName: "", remoteBy: null });
  await past.until("feed without it", ({ status, items }) => status === "live" && items.every(({ entityId }) => entityId !== id));
  await tandem.outbox.discard(state.refused?.clientMutationId ?? "");
  expect(tandem.entity("Customer", id).get().refused).toBeUndefined();
  tandem.close();
});

test("an edit that the server refuses because access is lost keeps only what its person wrote, also where nothing follows the entity", async () => {
  const hire = organization();
  const [ada, ben] = [hire("Ada"), hire("Ben")];
  const id = await createCustomer(server, ada, { name: "Acme", phone: "secret" });
  const tandem = clientOf(server.url, ben);
  tandem.connect();
  await tandem.ready;
  await changeCustomer(server, ada, id, { visibility: "RESTRICTED" });
  const { settled } = await tandem.entity("Customer", id).save({ phone: "mine" }, { phone: { version: 1, seen: "secret" } });
  expect(await settled).toMatchObject({ kind: "refused", refusal: { code: "EntityGone" } });
  tandem.close();
  const after = clientOf(server.url, ben);
  await after.ready;
  expect(after.outbox.get().records).toMatchObject([{ patch: { phone: "mine" }, state: "refused" }]);
  expect(after.outbox.get().records[0]?.seen).toEqual({});
  after.close();
});

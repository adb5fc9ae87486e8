import "fake-indexeddb/auto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EntityData, ListState } from "../../src/data/live.js";
import { changeCustomer, clientOf, createCustomer, watching } from "../../../testing/crm.js";
import { Holding } from "../../../testing/holding.js";
import { Proxy } from "../../../testing/proxy.js";
import { Server } from "../../../testing/server.js";
import { organization } from "../../../testing/token.js";

let server: Server;
beforeAll(async () => void (server = await Server.start()));
afterAll(() => server.remove());

const names = ({ items }: ListState<EntityData>) => items.map(({ displayName }) => displayName).join(" ");

test("a list has what enters, leaves, moves and is renamed, as the server would read it", async () => {
  const ada = organization()("Ada");
  for (const name of ["b", "d", "f"]) await createCustomer(server, ada, { name, status: "ACTIVE" });
  const h = await createCustomer(server, ada, { name: "h", status: "LEAD" });
  const tandem = clientOf(server.url, ada);
  const list = tandem.list({ type: "Customer", filter: { status: ["active"] }, orderBy: "name_asc" });
  const seen = watching(list);
  await seen.until("list", (state) => state.status === "live" && names(state) === "b d f" && state.totalCount === 3);
  const c = await createCustomer(server, ada, { name: "c", status: "ACTIVE" });
  await seen.until("new customer", (state) => names(state) === "b c d f" && state.totalCount === 4);
  await changeCustomer(server, ada, c, { name: "e" });
  await seen.until("move", (state) => names(state) === "b d e f" && state.totalCount === 4);
  await changeCustomer(server, ada, h, { status: "ACTIVE" });
  await seen.until("entry", (state) => names(state) === "b d e f h" && state.totalCount === 5);
  await changeCustomer(server, ada, c, { status: "CHURNED" });
  await seen.until("leaving", (state) => names(state) === "b d f h" && state.totalCount === 4);
  tandem.close();
});

test("a held list moves no row: new ones wait until they are wanted", async () => {
  const ada = organization()("Ada");
  const ids: string[] = [];
  for (const name of ["one", "two", "three"]) ids.push(await createCustomer(server, ada, { name }));
  const tandem = clientOf(server.url, ada);
  const list = tandem.list({ type: "Customer" });
  const seen = watching(list);
  await seen.until("list", (state) => names(state) === "three two one");
  list.hold(true);
  await changeCustomer(server, ada, ids[0] ?? "", { name: "first" });
  await createCustomer(server, ada, { name: "four" });
  await seen.until("what waits", (state) => names(state) === "three two first" && state.newCount === 1 && state.totalCount === 4);
  list.showNew();
  expect(names(list.get())).toBe("four first three two");
  expect(list.get().newCount).toBe(0);
  tandem.close();
});

test("further pages are read on demand, and what belongs to an unread page is only counted", async () => {
  const ada = organization()("Ada");
  for (let n = 0; n < 7; n++) await createCustomer(server, ada, { name: `c${n}` });
  const tandem = clientOf(server.url, ada);
  const list = tandem.list({ type: "Customer", orderBy: "name_asc", pageSize: 3 });
  const seen = watching(list);
  await seen.until("first page", (state) => names(state) === "c0 c1 c2" && state.totalCount === 7 && state.hasMore);
  await createCustomer(server, ada, { name: "c9" });
  await createCustomer(server, ada, { name: "c11" });
  await seen.until("count", (state) => names(state) === "c0 c1 c11 c2" && state.totalCount === 9);
  await list.loadMore();
  await list.loadMore();
  expect(names(list.get())).toBe("c0 c1 c11 c2 c3 c4 c5 c6 c9");
  expect(list.get()).toMatchObject({ hasMore: false, totalCount: 9 });
  tandem.close();
});

test("edits and new entities that wait on the device are in the list, and stay there when they are saved", async () => {
  const ada = organization()("Ada");
  const id = await createCustomer(server, ada, { name: "old", status: "LEAD" });
  const proxy = await Proxy.before(server.port);
  const tandem = clientOf(proxy.url, ada);
  const [leads, active] = [tandem.list({ type: "Customer", filter: { status: ["lead"] } }), tandem.list({ type: "Customer", filter: { status: ["active"] }, orderBy: "name_asc" })];
  const [one, two] = [watching(leads), watching(active)];
  await Promise.all([one.until("leads", (state) => names(state) === "old"), two.until("none", ({ status }) => status === "live"), tandem.ready]);
  proxy.set({ refuse: true });
  proxy.reset();
  await tandem.entity("Customer", id).save({ status: "active" });
  const { entityId, settled } = await tandem.outbox.create("Customer", { name: "new", status: "active" });
  await two.until("both", (state) => names(state) === "new old" && state.totalCount === 2);
  await one.until("no lead", (state) => names(state) === "" && state.totalCount === 0);
  await tandem.entity("Customer", entityId).save({ name: "newer" });
  await two.until("the new name", (state) => names(state) === "newer old");
  const before = two.values.length;
  proxy.set({});
  expect(await settled).toEqual({ kind: "saved" });
  await two.until("what the server has", (state) => state.items.every(({ version }) => version > 0) && tandem.status.get().pending === 0 && state.totalCount === 2);
  expect(new Set(two.values.slice(before).map(names))).toEqual(new Set(["newer old"]));
  expect(tandem.entity("Customer", entityId).id).toBe(two.values.at(-1)?.items[0]?.id);
  await server.ask(ada, "mutation ($id: ID!) { deleteEntity(input: { id: $id, baseVersion: 2 }) { __typename } }", { id });
  await two.until("deletion", (state) => names(state) === "newer" && state.totalCount === 1);
  tandem.close();
  await proxy.close();
});

test("what its person may not see any more leaves lists and counts, and comes back with access", async () => {
  const hire = organization();
  const [ada, ben] = [hire("Ada"), hire("Ben")];
  const id = await createCustomer(server, ada, { name: "secret" });
  await createCustomer(server, ada, { name: "open" });
  const tandem = clientOf(server.url, ben);
  const seen = watching(tandem.list({ type: "Customer" }));
  await seen.until("list", (state) => names(state) === "open secret" && state.totalCount === 2);
  await changeCustomer(server, ada, id, { visibility: "RESTRICTED" });
  await seen.until("loss", (state) => names(state) === "open" && state.totalCount === 1);
  await server.ask(ada, `mutation ($id: ID!, $user: ID!) { grantAccess(entityId: $id, userId: $user, level: READ) }`, { id, user: ben.id });
  await seen.until("return", (state) => names(state) === "secret open" && state.totalCount === 2);
  tandem.close();
});

test("what enters while a list is read again stays, and a further page that is read meanwhile leaves no gap", async () => {
  const ada = organization()("Ada");
  for (const name of ["f", "e", "d", "c", "b", "a"]) await createCustomer(server, ada, { name });
  const slow = new Holding();
  const tandem = clientOf(server.url, ada, { fetch: slow.fetch });
  const list = tandem.list({ type: "Customer", pageSize: 2 });
  const seen = watching(list);
  await seen.until("list", (state) => names(state) === "a b" && tandem.status.get().state === "connected");
  slow.hold("totalCount");
  const [reloading, more] = [list.reload(), list.loadMore()];
  await seen.until("both pages that are held", () => slow.waiting === 2);
  await createCustomer(server, ada, { name: "new" });
  await seen.until("the new customer", (state) => names(state).startsWith("new a"));
  slow.release();
  await Promise.all([reloading, more]);
  await list.loadMore();
  const all = "new a b c d e f";
  expect(all.startsWith(names(list.get()))).toBe(true);
  expect(list.get().items.length).toBeGreaterThan(4);
  tandem.close();
});

test("a list that is open for long keeps what was asked for and the newest, and its other rows can be read again", async () => {
  const ada = organization()("Ada");
  const tandem = clientOf(server.url, ada);
  for (let n = 0; n < 6; n++) await createCustomer(server, ada, { name: `first ${n}` });
  const list = tandem.list({ type: "Customer", pageSize: 5 });
  const seen = watching(list);
  await seen.until("list", ({ items, hasMore }) => items.length === 5 && hasMore && tandem.status.get().state === "connected");
  const query = "mutation ($inputs: [CreateCustomerInput!]!) { createCustomers(inputs: $inputs) { __typename } }";
  for (let n = 0; n < 6; n++) {
    await server.ask(ada, query, { inputs: Array.from({ length: 90 }, (_, at) => ({ name: `new ${n} ${at}` })) });
  }
  await seen.until("the newest", ({ items, totalCount }) => totalCount === 546 && items.length === 505);
  expect(list.get()).toMatchObject({ hasMore: true, newCount: 0 });
  expect(Math.max(...seen.values.map(({ items }) => items.length))).toBeLessThan(510);
  await list.loadMore();
  expect(new Set(list.get().items.map(({ id }) => id)).size).toBe(546);
  expect(list.get().hasMore).toBe(false);
  tandem.close();
});

test("names of any language stand as on the server, and an edit of another field takes no row away", async () => {
  const ada = organization()("Ada");
  const ids = new Map<string, string>();
  const all = ["Groß", "Grosse", "Grossmann", "ΟΔΟΣ Β", "οδος Α", "οδοσ Γ", "Ａ", "😀", "ﬁt", "Fiu", "I", "ı", "İ", "Ñu", "N\u0303v", "ẞa", "Ärt", "Zz"];
  for (const name of all) ids.set(name, await createCustomer(server, ada, { name }));
  const { customers } = await server.ask<{ customers: { nodes: { name: string }[] } }>(ada, "{ customers(orderBy: NAME_ASC, first: 100) { nodes { name } } }");
  const onServer = customers.nodes.map(({ name }) => name);
  expect(onServer).not.toEqual([...all].sort());
  const tandem = clientOf(server.url, ada);
  const whole = watching(tandem.list({ type: "Customer", orderBy: "name_asc", pageSize: 100 }));
  await whole.until("list", ({ items, status }) => status === "live" && items.length === all.length);
  expect(whole.values.at(-1)?.items.map(({ displayName }) => displayName)).toEqual(onServer);

  const first = tandem.list({ type: "Customer", orderBy: "name_asc", pageSize: 2 });
  const seen = watching(first);
  const shown = () => first.get().items.map(({ displayName }) => displayName);
  while (!first.get().items.length || first.get().hasMore) {
    await seen.until("page", ({ status, loadingMore }) => status === "live" && !loadingMore);
    const last = shown().at(-1) ?? "";
    expect(shown()).toEqual(onServer.slice(0, shown().length));
    const version = await changeCustomer(server, ada, ids.get(last) ?? "", { phone: "1" });
    await seen.until("edit", ({ items }) => items.at(-1)?.version === version);
    await first.loadMore();
  }
  expect(shown()).toEqual(onServer);
  tandem.close();
});

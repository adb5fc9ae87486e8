import "fake-indexeddb/auto";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createTandem } from "../../src/tandem.js";
import { createCustomer, clientOf, watching } from "../../../testing/crm.js";
import { browserWith, sessionCookie } from "../../../testing/cookie.js";
import { Proxy } from "../../../testing/proxy.js";
import { Server } from "../../../testing/server.js";
import { organization, token, type Person } from "../../../testing/token.js";
import { until } from "../../../testing/until.js";

let server: Server;
beforeAll(async () => void (server = await Server.start()));
afterAll(() => server.remove());

/** The part of a browser's localStorage that the client uses. */
let stored: Map<string, string>;
beforeEach(() => {
  stored = new Map();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
    removeItem: (key: string) => void stored.delete(key),
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const offline = { refuse: true };
const keyOf = (url: string, { id }: Person) => `tandem:person:${url}:${id}`;
const nameIn = (key: string) => (JSON.parse(stored.get(key) ?? "{}") as { user?: { name: string } }).user?.name;
const phoneOf = async (person: Person, id: string) =>
  (await server.ask<{ customer: { phone: string } }>(person, "query ($id: ID!) { customer(id: $id) { phone } }", { id })).customer.phone;

/** A client of Ada without a connection, with an edit that waits, and a customer that only she may see on the page. */
async function adaWithAnEdit() {
  const hire = organization();
  const [ada, ben] = [hire("Ada"), hire("Ben")];
  for (const each of [ada, ben]) await server.ask(each, "{ viewer { role } }");
  const id = await createCustomer(server, ada, { name: "Open", phone: "1" });
  const secret = await createCustomer(server, ada, { name: "Secret", visibility: "RESTRICTED", ownerId: ada.id });
  const proxy = await Proxy.before(server.port);
  let present = ada;
  const tandem = clientOf(proxy.url, ada, { token: async () => token(present) });
  const [list, feed, entity, hidden] = [tandem.list({ type: "Customer" }), tandem.activity(), tandem.entity("Customer", id), tandem.entity("Customer", secret)];
  const seen = { list: watching(list), feed: watching(feed), entity: watching(entity), hidden: watching(hidden) };
  await seen.list.until("list", ({ status, items }) => status === "live" && items.length === 2);
  await seen.feed.until("feed", ({ status, items }) => status === "live" && items.length === 2);
  await seen.hidden.until("customer", ({ status }) => status === "live");
  await tandem.ready;
  proxy.set(offline);
  proxy.reset();
  await entity.save({ phone: "Ada's" });
  const signIn = (person: Person) => {
    present = person;
    proxy.set({});
    tandem.connect();
  };
  return { ada, ben, id, proxy, tandem, list, feed, entity, hidden, seen, signIn, signOut: () => (proxy.set(offline), proxy.reset()) };
}

test("when another person signs in, nothing of the one before is shown to them or sent as theirs", async () => {
  const { ada, ben, id, proxy, tandem, list, feed, entity, hidden, seen, signIn, signOut } = await adaWithAnEdit();
  signIn(ben);
  await until("Ben", () => tandem.viewer.get()?.user.name === "Ben");
  for (const each of [list, feed, entity, hidden]) expect(JSON.stringify(each.get())).not.toMatch(/Secret|Ada's/);
  await seen.list.until("Ben's list", ({ status, items }) => status === "live" && items.length === 1);
  await seen.feed.until("Ben's feed", ({ status, items }) => status === "live" && items.length === 1);
  await seen.entity.until("customer", ({ status }) => status === "live");
  await seen.hidden.until("nothing", ({ status }) => status === "gone");
  await entity.save({ name: "Ben's" });
  await until("Ben's edit", () => tandem.status.get().pending === 0 && entity.get().version === 2);
  expect(await phoneOf(ada, id)).toBe("1");
  await until("stored persons", () => nameIn(keyOf(proxy.url, ben)) === "Ben");
  expect(nameIn(keyOf(proxy.url, ada))).toBe("Ada");
  signOut();
  signIn(ada);
  await until("Ada's edit", async () => (await phoneOf(ada, id)) === "Ada's");
  tandem.close();
  await proxy.close();
});

/** Makes the browser slow to open the databases of a person, until the returned function is called. */
function slowDatabases({ id }: Person): { release(): void; asked(): boolean } {
  const waiting: (() => void)[] = [];
  const open = indexedDB.open.bind(indexedDB);
  let [released, asked] = [false, false];
  vi.spyOn(indexedDB, "open").mockImplementation((name, version) => {
    const request = open(name, version);
    if (!name.includes(id) || released) return request;
    asked = true;
    let succeeded: typeof request.onsuccess = null;
    Object.defineProperty(request, "onsuccess", { get: () => (event: Event) => waiting.push(() => succeeded?.call(request, event)), set: (listener: typeof succeeded) => (succeeded = listener) });
    return request;
  });
  return { asked: () => asked, release: () => ((released = true), waiting.splice(0).forEach((each) => each())) };
}

test("an outbox that opens when its person is gone already is not shown, sends nothing, and takes no edit of theirs to another", async () => {
  const { ada, ben, id, proxy, tandem } = await adaWithAnEdit();
  tandem.close();
  stored.set(keyOf(proxy.url, ben), stored.get(keyOf(proxy.url, ada)) ?? "");
  const database = slowDatabases(ada);
  proxy.set(offline);
  const late = clientOf(proxy.url, ben);
  const shown = watching(late.outbox);
  await until("the person who was here last", () => late.viewer.get()?.user.name === "Ada" && database.asked());
  const saving = late.entity("Customer", id).save({ phone: "typed as Ada" });
  const refused = expect(saving).rejects.toMatchObject({ code: "ABORTED" });
  proxy.set({});
  late.connect();
  await until("Ben", () => late.viewer.get()?.user.name === "Ben");
  await refused;
  database.release();
  await late.ready;
  const customer = watching(late.entity("Customer", id));
  await customer.until("customer", ({ status }) => status === "live");
  await late.entity("Customer", id).save({ name: "Ben's" });
  await until("Ben's edit", () => late.entity("Customer", id).get().version === 2);
  expect(shown.values.flatMap(({ records }) => records).filter(({ patch }) => "phone" in patch)).toEqual([]);
  expect(await phoneOf(ben, id)).toBe("1");
  late.close();
  await proxy.close();
});

test("an edit of a client that ends before it knows its person is refused, and who signs out then is not remembered", async () => {
  const ada = organization()("Ada");
  const proxy = await Proxy.before(server.port);
  proxy.set(offline);
  const tandem = clientOf(proxy.url, ada);
  const saving = expect(tandem.outbox.create("Customer", { name: "Acme" })).rejects.toMatchObject({ code: "ABORTED" });
  stored.set(keyOf(proxy.url, ada), JSON.stringify({ user: { id: ada.id, name: "Ada", avatar: null }, organizationId: "org", role: "member" }));
  await tandem.signOut();
  await saving;
  await tandem.ready;
  expect([...stored.keys()]).toEqual([]);
  await expect(tandem.outbox.create("Customer", { name: "Acme" })).rejects.toMatchObject({ code: "ABORTED" });
  await proxy.close();
});

test("after a session was revoked nobody is assumed without a connection, and the edits wait for their own person", async () => {
  const hire = organization();
  const [ada, ben] = [hire("Ada"), hire("Ben")];
  const id = await createCustomer(server, ada, { name: "Acme", phone: "1" });
  const proxy = await Proxy.before(server.port);
  let cookie = sessionCookie(ada, 3600);
  const client = () => createTandem({ url: proxy.url, ...browserWith(() => cookie, new URL(proxy.url).origin) });
  const first = client();
  await watching(first.entity("Customer", id)).until("customer", ({ status }) => status === "live");
  await first.ready;
  await until("Ada in the browser", () => [...stored.values()].some((text) => text.includes("Ada")));
  proxy.set(offline);
  proxy.reset();
  await first.entity("Customer", id).save({ phone: "Ada's" });
  cookie = sessionCookie(ada, -3600);
  proxy.set({});
  first.connect();
  await until("end of the session", () => first.status.get().state === "unauthorized");
  expect([...stored.values()].filter((text) => text.includes("Ada"))).toEqual([]);
  first.close();

  proxy.set(offline);
  cookie = sessionCookie(ben, 3600);
  const second = client();
  const page = watching(second.outbox);
  second.connect();
  await until("page without a connection", () => second.status.get().state === "offline");
  expect(second.viewer.get()).toBeUndefined();
  proxy.set({});
  second.connect();
  await until("Ben", () => second.viewer.get()?.user.name === "Ben");
  await second.ready;
  expect(page.values.flatMap(({ records }) => records)).toEqual([]);
  second.close();

  cookie = sessionCookie(ada, 3600);
  const third = client();
  third.connect();
  await until("Ada's edit", async () => (await phoneOf(ada, id)) === "Ada's");
  third.close();
  await proxy.close();
});

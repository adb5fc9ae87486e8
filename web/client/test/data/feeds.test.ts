import "fake-indexeddb/auto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { changeCustomer, clientOf, createCustomer, watching } from "../../../testing/crm.js";
import { Holding } from "../../../testing/holding.js";
import { Proxy } from "../../../testing/proxy.js";
import { Server } from "../../../testing/server.js";
import { organization } from "../../../testing/token.js";

let server: Server;
beforeAll(async () => void (server = await Server.start()));
afterAll(() => server.remove());

test("activity comes in at the top, waits while the feed is held, and its past is read by pages", async () => {
  const hire = organization();
  const [ada, ben] = [hire("Ada"), hire("Ben")];
  const id = await createCustomer(server, ada, { name: "Acme" });
  for (let n = 0; n < 4; n++) await changeCustomer(server, ben, id, { phone: `${n}` });
  const tandem = clientOf(server.url, ada);
  const feed = tandem.activity({ feed: { type: "customer", id }, pageSize: 2 });
  const seen = watching(feed);
  const first = await seen.until("page", ({ status }) => status === "live");
  expect(first.items).toMatchObject([3, 2].map((n) => ({ type: "update", actor: { name: "Ben" }, entityType: "Customer", entityName: "Acme", changes: [{ field: "phone", newValue: `${n}` }] })));
  expect(first.items[0]?.at).toBeInstanceOf(Date);
  await feed.loadMore();
  await feed.loadMore();
  expect(feed.get()).toMatchObject({ hasMore: false, items: [{}, {}, {}, {}, { type: "create", actor: { name: "Ada" } }] });
  feed.hold(true);
  await changeCustomer(server, ben, id, { status: "ACTIVE" });
  const held = await seen.until("what waits", ({ newCount }) => newCount === 1);
  expect(held.items).toHaveLength(5);
  feed.showNew();
  await seen.until("what waited", ({ items, newCount }) => newCount === 0 && items.length === 6 && items[0]?.changes[0]?.newValue === "active");
  tandem.close();
});

test("the changes of an action are in words, too: an owner by name, and an amount with its currency", async () => {
  const hire = organization();
  const [ada, ben] = [hire("Ada"), hire("Ben")];
  await server.ask(ben, "{ viewer { role } }");
  const create = `mutation ($input: CreateDealInput!) { createDeal(input: $input) { ... on DealSaved { deal { id } } } }`;
  const customerId = await createCustomer(server, ada, { name: "Acme" });
  const input = { customerId, title: "Licenses", amountMinor: 960000, currency: "EUR" };
  const { createDeal: { deal: { id } } } = await server.ask<{ createDeal: { deal: { id: string } } }>(ada, create, { input });
  const change = `mutation ($input: UpdateDealInput!) { updateDeal(input: $input) { __typename } }`;
  await server.ask(ada, change, { input: { id, baseVersion: 1, patch: { ownerId: ben.id, amountMinor: 931200 } } });
  const tandem = clientOf(server.url, ada);
  const { items: [item] } = await watching(tandem.activity({ feed: { type: "customer", id: customerId } })).until("page", ({ status }) => status === "live");
  const byField = Object.fromEntries(item?.changes.map((each) => [each.field, each]) ?? []);
  expect(byField).toMatchObject({
    ownerId: { newValue: ben.id, newText: "Ben" },
    amountMinor: { oldValue: 960000, newValue: 931200, oldText: "9600.00 EUR", newText: "9312.00 EUR" },
  });
  tandem.close();
});

test("a notification is fresh if it comes while its person is there; all are counted, and can be read", async () => {
  const hire = organization();
  const [ada, ben] = [hire("Ada"), hire("Ben")];
  const proxy = await Proxy.before(server.port);
  await server.ask(ada, "{ viewer { role } }");
  await createCustomer(server, ben, { name: "before", ownerId: ada.id });
  const tandem = clientOf(proxy.url, ada);
  const seen = watching(tandem.inbox);
  await seen.until("first", ({ status, unread, items }) => status === "live" && unread === 1 && items[0]?.fresh === false);
  await seen.until("connection", () => tandem.status.get().state === "connected" && !tandem.status.get().catchingUp);
  await createCustomer(server, ben, { name: "while there", ownerId: ada.id });
  const second = await seen.until("second", ({ unread }) => unread === 2);
  expect(second.items[0]).toMatchObject({ fresh: true, read: false, type: "assignment", entityName: "while there", actor: { name: "Ben" } });
  proxy.set({ refuse: true });
  proxy.reset();
  await createCustomer(server, ben, { name: "while away", ownerId: ada.id });
  proxy.set({});
  const third = await seen.until("third", ({ unread }) => unread === 3);
  expect(third.items[0]).toMatchObject({ fresh: false, entityName: "while away" });
  await tandem.inbox.markRead({ ids: [third.items[0]?.id ?? ""] });
  expect(tandem.inbox.get()).toMatchObject({ unread: 2, items: [{ read: true }, { read: false }, { read: false }] });
  await tandem.inbox.markRead({ upTo: third.items[1]?.id ?? "" });
  expect(tandem.inbox.get().unread).toBe(0);
  const { viewer } = await server.ask<{ viewer: { unreadNotifications: number } }>(ada, "{ viewer { unreadNotifications } }");
  expect(viewer.unreadNotifications).toBe(0);
  tandem.close();
  await proxy.close();
});

test("a notification of a conflict leads to it", async () => {
  const hire = organization();
  const [ada, ben] = [hire("Ada"), hire("Ben")];
  const id = await createCustomer(server, ada, { name: "Acme", phone: "1" });
  await changeCustomer(server, ben, id, { phone: "2" });
  const tandem = clientOf(server.url, ben);
  const seen = watching(tandem.inbox);
  await seen.until("inbox", ({ status }) => status === "live");
  const query = `mutation ($id: ID!) { updateCustomer(input: { id: $id, baseVersion: 1, patch: { phone: "3" } }) { ... on CustomerConflict { id } } }`;
  const { updateCustomer } = await server.ask<{ updateCustomer: { id: string } }>(ada, query, { id });
  await seen.until("conflict", ({ items }) => items[0]?.type === "conflict" && items[0].conflictId === updateCustomer.id);
  tandem.close();
});

test("what comes while a feed is read again stays, and is counted", async () => {
  const hire = organization();
  const [ada, ben] = [hire("Ada"), hire("Ben")];
  await server.ask(ada, "{ viewer { role } }");
  await createCustomer(server, ben, { name: "one", ownerId: ada.id });
  const slow = new Holding();
  const tandem = clientOf(server.url, ada, { fetch: slow.fetch });
  const feed = tandem.activity();
  const [seen, inbox] = [watching(feed), watching(tandem.inbox)];
  await Promise.all([seen.until("feed", ({ items }) => items.length === 1), inbox.until("inbox", ({ unread }) => unread === 1)]);
  await seen.until("connection", () => tandem.status.get().state === "connected" && !tandem.status.get().catchingUp);
  slow.hold("pageInfo");
  const reloading = feed.reload();
  await seen.until("the page that is held", () => slow.waiting === 1);
  await createCustomer(server, ben, { name: "two", ownerId: ada.id });
  await seen.until("two", ({ items }) => items[0]?.entityName === "two");
  slow.release();
  await reloading;
  expect(feed.get().items.map(({ entityName }) => entityName)).toEqual(["two", "one"]);
  slow.hold("notifications(");
  await server.ask(hire("Boss", "ADMIN"), "mutation ($user: ID!) { setMemberRole(userId: $user, role: ADMIN) { __typename } }", { user: ada.id });
  await inbox.until("the page that is held", () => slow.waiting === 1);
  await createCustomer(server, ben, { name: "three", ownerId: ada.id });
  await inbox.until("three", ({ items }) => items[0]?.entityName === "three");
  slow.release();
  await inbox.until("the page", ({ status, items, unread }) => status === "live" && items.length === 4 && items[0]?.entityName === "three" && unread === 4);
  await feed.reload();
  expect(tandem.inbox.get()).toMatchObject({ unread: 4, items: [{ entityName: "three" }, { entityName: undefined }, { entityName: "two" }, { entityName: "one" }] });
  tandem.close();
});

test("an older page that is read while the feed begins anew leaves no gap", async () => {
  const ada = organization()("Ada");
  const id = await createCustomer(server, ada, { name: "Acme" });
  for (let n = 0; n < 5; n++) await changeCustomer(server, ada, id, { phone: `${n}` });
  const [slow, proxy] = [new Holding(), await Proxy.before(server.port)];
  const tandem = clientOf(proxy.url, ada, { fetch: slow.fetch });
  const feed = tandem.activity({ pageSize: 2 });
  const seen = watching(feed);
  const phones = () => feed.get().items.map(({ changes }) => changes[0]?.newValue).join(" ");
  await seen.until("page", ({ hasMore }) => hasMore && phones() === "4 3" && tandem.status.get().state === "connected");
  slow.hold(`"after":"`);
  const more = feed.loadMore();
  await seen.until("the older page that is held", () => slow.waiting === 1);
  proxy.freeze("socket");
  for (let n = 5; n < 9; n++) await changeCustomer(server, ada, id, { phone: `${n}` });
  await feed.reload();
  expect(phones()).toBe("8 7");
  slow.release();
  await more;
  expect(phones()).toBe("8 7 6 5");
  tandem.close();
  await proxy.close();
});

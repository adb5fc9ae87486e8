import "fake-indexeddb/auto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Colleague } from "../../../testing/colleague.js";
import { changeCustomer, clientOf, createCustomer, watching } from "../../../testing/crm.js";
import { Holding } from "../../../testing/holding.js";
import { Proxy } from "../../../testing/proxy.js";
import { Server } from "../../../testing/server.js";
import { organization } from "../../../testing/token.js";
import { until } from "../../../testing/until.js";
import type { Transport } from "../../src/connection/status.js";
import { adaWithCustomers, allIds, tabOf } from "./inboxes.js";

let server: Server;
beforeAll(async () => void (server = await Server.start()));
afterAll(() => server.remove());

test.concurrent.each<Transport>(["ws", "sse", "poll"])("over %s, a tab shows what another one marks, snoozes and makes unread, and what grows", async (transport) => {
  const { ada, ben, ids: [first = ""] } = await adaWithCustomers(server, 3);
  const [here, there] = [await tabOf(server.url, ada, { transports: [transport] }), await tabOf(server.url, ada)];
  const [newest = "", second = "", oldest = ""] = here.ids();
  expect(here.unread()).toBe(3);

  await there.tandem.inbox.markRead({ ids: [second] });
  await here.seen.until("a mark", ({ unread, items }) => unread === 2 && items[1]?.read === true);
  await there.tandem.inbox.markUnread([second]);
  await there.seen.until("no mark", ({ unread, items }) => unread === 3 && items[1]?.read === false);
  await here.seen.until("no mark", ({ unread, items }) => unread === 3 && items[1]?.read === false);

  const hour = new Date(Date.now() + 3_600_000);
  await there.tandem.inbox.snooze([newest], hour);
  await here.seen.until("a snooze", ({ unread, items }) => unread === 2 && items[0]?.read === true && items[0].snoozedUntil?.getTime() === hour.getTime());
  expect(here.tandem.inbox.get().items.filter(({ fresh }) => fresh)).toEqual([]);
  const soon = await new Colleague(server, ada).snoozeBriefly([newest]);
  const { items: [returned] } = await here.seen.until("its end", ({ unread, items }) => unread === 3 && items[0]?.read === false && items[0].snoozedUntil === undefined);
  expect(returned).toMatchObject({ id: newest, fresh: true, cameAt: soon });

  await changeCustomer(server, ben, first, { phone: "1" });
  const { items: [grown] } = await here.seen.until("a change", ({ items }) => items[0]?.type === "watched");
  expect(grown).toMatchObject({ fresh: true, text: expect.stringContaining("1 field") as string });
  await changeCustomer(server, ben, first, { email: "a@b.example" });
  await here.seen.until("a burst", ({ unread, items }) => unread === 4 && items.length === 4 && items[0]?.id === grown?.id && items[0]?.text.includes("2 fields") === true);
  expect(here.tandem.inbox.get().items[0]).toMatchObject({ count: 2, actors: [{ id: ben.id, name: "Ben" }] });
  expect(here.ids().slice(1)).toEqual([newest, second, oldest]);

  await there.seen.until("the burst", ({ items }) => items[0]?.count === 2);
  await there.tandem.inbox.markRead({ upTo: grown?.id ?? "" });
  await here.seen.until("all read", ({ unread, items }) => unread === 0 && items.every(({ read }) => read));
  for (const { tandem } of [here, there]) tandem.close();
});

test.concurrent.each<Transport>(["ws", "sse", "poll"])("over %s, what a person loses access to disappears, and is there again when they regain it", async (transport) => {
  const { ada, boss, ids } = await adaWithCustomers(server, 1);
  const secret = await createCustomer(server, boss, { name: "Secret", visibility: "RESTRICTED" });
  const admin = new Colleague(server, boss);
  await admin.grant(secret, ada, "READ");
  await until("access", async () => (await server.ask<{ watch: boolean }>(ada, "mutation ($id: ID!) { watch(entityId: $id) }", { id: secret })).watch);
  await changeCustomer(server, boss, secret, { phone: "1" });
  const here = await tabOf(server.url, ada, { transports: [transport] });
  const types = () => here.tandem.inbox.get().items.map(({ type, entityId }) => [type, entityId]);
  const before = [["watched", secret], ["access_changed", secret], ["assignment", ids[0]]];
  expect(types()).toEqual(before);

  await admin.revoke(secret, ada);
  await here.seen.until("loss", ({ unread, items }) => unread === 2 && items.every(({ entityId }) => entityId !== secret));
  expect(types()).toEqual([["access_changed", undefined], ["assignment", ids[0]]]);
  expect(JSON.stringify(here.tandem.inbox.get())).not.toContain("Secret");

  await admin.grant(secret, ada, "READ");
  await here.seen.until("what was lost", ({ items }) => items.some(({ type, entityId }) => type === "watched" && entityId === secret));
  here.tandem.close();
});

test.concurrent("after a resume, marks, losses and news of all that is shown are there, not only of the first page", async () => {
  const { ada, ben, boss, ids } = await adaWithCustomers(server, 40);
  const [proxy, admin] = [await Proxy.before(server.port), new Colleague(server, boss)];
  const here = await tabOf(proxy.url, ada);
  await here.tandem.inbox.loadMore();
  expect(here.ids()).toHaveLength(40);
  const [marked = ""] = here.ids().slice(30);
  proxy.set({ refuse: true });
  proxy.reset();
  await server.ask(ada, "mutation ($ids: [ID!]) { markNotificationsRead(ids: $ids) }", { ids: [marked] });
  await admin.remove(ids[1] ?? ""); // Ada is notified as its owner, and the older notification stays
  await changeCustomer(server, ben, ids[0] ?? "", { phone: "1" });
  proxy.set({});
  const { items } = await here.seen.until("what was missed", ({ items, unread }) => items[0]?.type === "watched" && unread === 41);
  expect(items).toHaveLength(40);
  expect(items.filter(({ fresh }) => fresh)).toEqual([]);
  expect(items.filter(({ read }) => read).map(({ id }) => id)).toEqual([marked]);
  expect(items.slice(0, 2).map(({ type }) => type)).toEqual(["watched", "entity_deleted"]);
  here.tandem.close();
  await proxy.close();
});

test.concurrent("over poll, notifications that take the places of removed ones are not new", async () => {
  const { ada, boss, ids } = await adaWithCustomers(server, 55);
  const here = await tabOf(server.url, ada, { transports: ["poll"] });
  const secret = ids.at(-1) ?? "";
  await changeCustomer(server, ada, secret, { visibility: "RESTRICTED", ownerId: boss.id }); // nobody is notified of their own act
  await here.seen.until("loss", ({ items }) => items.every(({ entityId }) => entityId !== secret));
  await changeCustomer(server, boss, ids[0] ?? "", { phone: "1" });
  await here.seen.until("a change", ({ items }) => items.some(({ type }) => type === "watched"));
  expect(here.seen.values.flatMap(({ items }) => items).filter(({ type, fresh }) => fresh && type === "assignment")).toEqual([]);
  here.tandem.close();
});

test.concurrent("all are read at once, also those that are not shown, and stay unread if the server can't be reached", async () => {
  const { ada } = await adaWithCustomers(server, 30);
  const proxy = await Proxy.before(server.port);
  const here = await tabOf(proxy.url, ada);
  expect(here.ids()).toHaveLength(25);
  const [newest = ""] = here.ids();
  proxy.set({ refuse: true }, "request");
  await expect(here.tandem.inbox.markRead({ upTo: newest })).rejects.toMatchObject({ retryable: true });
  expect(here.seen.values.some(({ unread }) => unread === 5)).toBe(true);
  expect(here.unread()).toBe(30);
  proxy.set({}, "request");
  await here.tandem.inbox.markRead({ upTo: newest });
  await here.seen.until("no unread ones", ({ unread, items }) => unread === 0 && items.every(({ read }) => read));
  await here.tandem.inbox.loadMore();
  expect(here.tandem.inbox.get()).toMatchObject({ unread: 0, hasMore: false });
  expect(here.ids()).toHaveLength(30);
  here.tandem.close();
  await proxy.close();
});

const marks = {
  "marked as read": (tandem: Tab["tandem"], id: string) => tandem.inbox.markRead({ ids: [id] }),
  "snoozed": (tandem: Tab["tandem"], id: string) => tandem.inbox.snooze([id], new Date(Date.now() + 3_600_000)),
};
type Tab = Awaited<ReturnType<typeof tabOf>>;

test.concurrent.each(Object.entries(marks))("a line that is %s stays unread if it has grown by what was not seen yet", async (_, mark) => {
  const { ada, ben, ids: [first = ""] } = await adaWithCustomers(server, 1);
  const proxy = await Proxy.before(server.port);
  const here = await tabOf(proxy.url, ada);
  await changeCustomer(server, ben, first, { phone: "1" });
  const { items: [line] } = await here.seen.until("a line", ({ items }) => items[0]?.type === "watched");
  const id = line?.id ?? "";
  proxy.set({ refuse: true }, "socket", "stream");
  proxy.reset("socket");
  await changeCustomer(server, ben, first, { email: "a@b.example" });
  await mark(here.tandem, id);
  proxy.set({});
  await here.seen.until("growth", ({ items, unread }) => items[0]?.id === id && items[0].count === 2 && !items[0].read && unread === 2);
  expect(here.tandem.inbox.get().items[0]?.snoozedUntil).toBeUndefined();
  await mark(here.tandem, id);
  await here.seen.until("the mark of what was seen", ({ items, unread }) => items[0]?.read === true && unread === 1);
  here.tandem.close();
  await proxy.close();
});

test.concurrent("a mark that comes while an older page is read is on it", async () => {
  const { ada } = await adaWithCustomers(server, 30);
  const slow = new Holding();
  const tandem = clientOf(server.url, ada, { fetch: slow.fetch });
  const seen = watching(tandem.inbox);
  await seen.until("inbox", ({ status, hasMore }) => status === "live" && hasMore);
  await seen.until("connection", () => tandem.status.get().state === "connected" && !tandem.status.get().catchingUp);
  const oldest = (await allIds(server, ada)).at(-1) ?? "";
  slow.hold(`"after":"`);
  const more = tandem.inbox.loadMore();
  await until("the page that is held", () => slow.waiting === 1);
  await server.ask(ada, "mutation ($ids: [ID!]) { markNotificationsRead(ids: $ids) }", { ids: [oldest] });
  await seen.until("the mark", ({ unread }) => unread === 29);
  slow.release();
  await more;
  expect(tandem.inbox.get()).toMatchObject({ unread: 29, hasMore: false });
  expect(tandem.inbox.get().items.at(-1)).toMatchObject({ id: oldest, read: true });
  tandem.close();
});

test.concurrent("a page that fails is read again alone", async () => {
  const { ada } = await adaWithCustomers(server, 130);
  const asked: string[] = [];
  let fails = false;
  const here = await tabOf(server.url, ada, {
    fetch: (url, init) => {
      const body = String(init?.body);
      if (fails && body.includes("query Notifications")) asked.push(body);
      if (asked.length !== 2 || body !== asked[1]) return fetch(url, init);
      return Promise.reject(new TypeError("no network"));
    },
  });
  for (let pages = 1; pages < 5; pages++) await here.tandem.inbox.loadMore();
  const [newest = ""] = here.ids();
  fails = true;
  await here.tandem.inbox.markRead({ upTo: newest }); // also those that are not shown, so it reads all that is shown again
  expect(asked[1]).toContain('"after":"');
  expect(asked[2]).toBe(asked[1]);
  expect(here.ids()).toHaveLength(125);
  here.tandem.close();
});

test.concurrent("after the log was replaced, the inbox is that of the new one", async () => {
  const replaced = await Server.start();
  const hire = organization();
  const [ada, ben] = [hire("Ada"), hire("Ben")];
  await replaced.ask(ada, "{ viewer { role } }");
  await createCustomer(replaced, ben, { name: "kept", ownerId: ada.id });
  await replaced.backUp();
  await createCustomer(replaced, ben, { name: "lost", ownerId: ada.id });
  const here = await tabOf(replaced.url, ada);
  expect(here.unread()).toBe(2);
  await replaced.restore();
  await createCustomer(replaced, ben, { name: "new", ownerId: ada.id });
  const names = () => here.tandem.inbox.get().items.map(({ entityName }) => entityName).join();
  await here.seen.until("the new log", ({ status }) => status === "live" && names() === "new,kept");
  here.tandem.close();
  await replaced.remove();
});

import "fake-indexeddb/auto";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { Colleague } from "../../../testing/colleague.js";
import { changeCustomer } from "../../../testing/crm.js";
import { Holding } from "../../../testing/holding.js";
import { Proxy } from "../../../testing/proxy.js";
import { Server } from "../../../testing/server.js";
import { until } from "../../../testing/until.js";
import { adaWithCustomers, allIds, tabOf } from "./inboxes.js";

let server: Server;
beforeAll(async () => void (server = await Server.start()));
afterEach(() => void vi.restoreAllMocks());
afterAll(() => server.remove());

/** Sets the clock of this device, which goes on, apart from the true time. */
function setClock(byMinutes: number): void {
  const { now } = Date;
  vi.spyOn(Date, "now").mockImplementation(() => now() + byMinutes * 60_000);
}

const inAnHour = () => new Date(Date.now() + 3_600_000);

test("the end of a snooze is shown on a device whose clock is slow", async () => {
  const { ada } = await adaWithCustomers(server, 2);
  const here = await tabOf(server.url, ada);
  const [newest = ""] = here.ids();
  setClock(-10);
  const soon = await new Colleague(server, ada).snoozeBriefly([newest]);
  const { items } = await here.seen.until("its end", ({ items }) => items[0]?.cameAt.getTime() === soon.getTime());
  expect(items[0]).toMatchObject({ id: newest, fresh: true, read: false });
  here.tandem.close();
});

test("a snooze that the person ends is not one that ended, on a device whose clock is fast", async () => {
  const { ada, ben, ids: [first = ""] } = await adaWithCustomers(server, 2);
  const here = await tabOf(server.url, ada);
  const [newest = ""] = here.ids();
  const end = new Date(Date.now() + 300_000);
  setClock(10);
  await here.tandem.inbox.snooze([newest], end);
  await here.tandem.inbox.markUnread([newest]);
  vi.restoreAllMocks();
  await changeCustomer(server, ben, first, { phone: "1" });
  const { items } = await here.seen.until("what came after it", ({ unread }) => unread === 3);
  expect(items[1]).toMatchObject({ id: newest, fresh: false, read: false, cameAt: items[1]?.at });
  here.tandem.close();
});

test.concurrent("snoozes and marks are shown at once, and read no page again", async () => {
  const { ada } = await adaWithCustomers(server, 130);
  const asked: string[] = [];
  const slow = new Holding();
  const here = await tabOf(server.url, ada, { fetch: (url, init) => (asked.push(String(init?.body)), slow.fetch(url, init)) });
  while (here.tandem.inbox.get().hasMore) await here.tandem.inbox.loadMore();
  const before = here.ids();
  expect(before).toHaveLength(130);
  await server.ask(ada, "mutation ($ids: [ID!]) { markNotificationsRead(ids: $ids) }", { ids: before.slice(-1) });
  await here.seen.until("a mark", ({ unread }) => unread === 129);
  asked.length = 0;
  const [first = "", second = ""] = before;
  slow.hold("mutation Snooze");
  const snoozing = here.tandem.inbox.snooze([first, second], inAnHour());
  await here.seen.until("two snoozed ones", ({ unread, items }) => unread === 127 && items.filter(({ snoozedUntil }) => snoozedUntil).length === 2);
  await until("the answer that is held", () => slow.waiting === 1);
  slow.release();
  await snoozing;
  await here.tandem.inbox.markUnread([second]);
  const shown = () => here.tandem.inbox.get().items.slice(0, 2).map(({ read }) => read);
  await here.seen.until("one snoozed one", ({ unread }) => unread === 128 && shown().join() === "true,false");
  expect(here.tandem.inbox.get().hasMore).toBe(false);
  expect(here.ids()).toEqual(before);
  expect(here.tandem.inbox.get().items.at(-1)?.read).toBe(true);
  expect(asked.filter((body) => body.includes("query Notifications"))).toEqual([]);
  await expect(here.tandem.inbox.snooze([second], new Date(0))).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
  expect(here.unread()).toBe(128);
  expect(shown()).toEqual([true, false]);
  here.tandem.close();
});

test.concurrent("a snooze that the person ends brings nothing", async () => {
  const { ada } = await adaWithCustomers(server, 3);
  const here = await tabOf(server.url, ada);
  const [newest = ""] = here.ids();
  await here.tandem.inbox.snooze([newest], inAnHour());
  await server.ask(ada, "mutation ($ids: [ID!]!) { markNotificationsUnread(ids: $ids) }", { ids: [newest] });
  const { items } = await here.seen.until("the return", ({ unread }) => unread === 3);
  expect(items[0]).toMatchObject({ id: newest, fresh: false, cameAt: items[0]?.at });
  here.tandem.close();
});

test.concurrent("of a page that was not read, a snooze that ends shows its notification, and a mark shows nothing", async () => {
  const { ada } = await adaWithCustomers(server, 30);
  const here = await tabOf(server.url, ada);
  const all = await allIds(server, ada);
  const [older = "", marked = ""] = all.slice(27);
  await server.ask(ada, "mutation ($ids: [ID!]) { markNotificationsRead(ids: $ids) }", { ids: [marked] });
  await here.seen.until("a mark", ({ unread }) => unread === 29);
  await server.ask(ada, "mutation ($ids: [ID!]!) { markNotificationsUnread(ids: $ids) }", { ids: [marked] });
  await here.seen.until("no mark", ({ unread }) => unread === 30);
  expect(here.ids()).toEqual(all.slice(0, 25));
  await new Colleague(server, ada).snoozeBriefly([older]);
  await here.seen.until("its end", ({ unread, items }) => unread === 30 && items.length > 25);
  expect(here.ids()).toEqual([older, ...all.slice(0, 25)]);
  expect(here.tandem.inbox.get().items.filter(({ fresh }) => fresh).map(({ id }) => id)).toEqual([older]);
  await here.tandem.inbox.loadMore();
  expect(here.ids()).toEqual([older, ...all.filter((id) => id !== older)]);
  here.tandem.close();
});

test.concurrent("what is snoozed, and what a snooze brought back, is there however old it is", async () => {
  const { ada } = await adaWithCustomers(server, 30);
  const all = await allIds(server, ada);
  const [snoozed = "", ended = ""] = all.slice(28);
  const brief = await new Colleague(server, ada).snoozeBriefly([ended]);
  await server.ask(ada, "mutation ($ids: [ID!]!, $until: DateTime!) { snoozeNotifications(ids: $ids, until: $until) }", { ids: [snoozed], until: inAnHour() });
  const counted = async () => (await server.ask<{ notifications: { unreadCount: number } }>(ada, "{ notifications(first: 0) { unreadCount } }")).notifications.unreadCount;
  await until("the end", async () => (await counted()) === 29);
  const here = await tabOf(server.url, ada);
  expect(here.ids()).toEqual([ended, ...all.slice(0, 25), snoozed]);
  expect(here.tandem.inbox.get().items[0]).toMatchObject({ read: false, fresh: false, cameAt: brief });
  expect(here.tandem.inbox.get().items.at(-1)?.snoozedUntil).toBeInstanceOf(Date);
  await here.tandem.inbox.markRead({ upTo: ended });
  expect(here.unread()).toBe(0);
  expect(await counted()).toBe(0);
  expect(here.ids()).toEqual([...all.slice(0, 25), snoozed]);
  await here.tandem.inbox.loadMore();
  expect(here.ids()).toEqual(all);
  here.tandem.close();
});

test.concurrent("a mark ends what a snooze brought, before a change reports it", async () => {
  const { ada } = await adaWithCustomers(server, 3);
  const all = await allIds(server, ada);
  const oldest = all.at(-1) ?? "";
  const slow = new Holding();
  const here = await tabOf(server.url, ada, { transports: ["poll"], fetch: slow.fetch });
  await new Colleague(server, ada).snoozeBriefly([oldest]);
  await here.seen.until("the end", ({ items }) => items[0]?.id === oldest);
  slow.hold("page: notifications");
  await here.tandem.inbox.markRead({ ids: [oldest] });
  expect(here.ids()).toEqual(all);
  await here.tandem.inbox.markUnread([oldest]);
  expect(here.ids()).toEqual(all);
  expect(here.unread()).toBe(3);
  slow.release();
  here.tandem.close();
});

test.concurrent("a snooze that ends while the connection is away is one that was missed", async () => {
  const { ada } = await adaWithCustomers(server, 2);
  const proxy = await Proxy.before(server.port);
  const here = await tabOf(proxy.url, ada);
  const [newest = ""] = here.ids();
  await here.tandem.inbox.snooze([newest], inAnHour());
  proxy.set({ refuse: true });
  proxy.reset();
  const soon = await new Colleague(server, ada).snoozeBriefly([newest]);
  const counted = async () => (await server.ask<{ notifications: { unreadCount: number } }>(ada, "{ notifications(first: 0) { unreadCount } }")).notifications.unreadCount;
  await until("the end", async () => (await counted()) === 2);
  proxy.set({});
  const { items } = await here.seen.until("what was missed", ({ status, unread }) => status === "live" && unread === 2);
  expect(items[0]).toMatchObject({ id: newest, fresh: false, cameAt: soon });
  here.tandem.close();
  await proxy.close();
});

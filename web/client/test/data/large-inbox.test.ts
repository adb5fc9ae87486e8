import "fake-indexeddb/auto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Colleague } from "../../../testing/colleague.js";
import { Server } from "../../../testing/server.js";
import { adaWithCustomers, allIds, assign, tabOf } from "./inboxes.js";

let server: Server;
beforeAll(async () => void (server = await Server.start()));
afterAll(() => server.remove());

test("marks of more notifications than a change lists are counted once", async () => {
  const { ada, ben } = await adaWithCustomers(server, 30);
  await assign(server, ben, ada, 100);
  const here = await tabOf(server.url, ada);
  while (here.tandem.inbox.get().hasMore) await here.tandem.inbox.loadMore();
  const before = here.seen.values.length;
  await here.tandem.inbox.markRead({ upTo: here.ids()[10] ?? "" });
  await here.seen.until("120 read ones", ({ items }) => items.filter(({ read }) => read).length === 120);
  expect(here.seen.values.slice(before).filter(({ unread }) => unread !== 10)).toEqual([]);
  here.tandem.close();
});

test("while a thousand notifications come, the oldest lines of the pages go, every one can be read, and the count never claims to be exact", { timeout: 300_000 }, async () => {
  const { ada, ben } = await adaWithCustomers(server, 30);
  const here = await tabOf(server.url, ada);
  const returned = (await allIds(server, ada)).filter((_, at) => at === 27 || at === 29);
  for (const id of returned) await new Colleague(server, ada).snoozeBriefly([id]);
  await here.seen.until("the ends of two snoozes", ({ items }) => returned.every((id) => items.some((item) => item.id === id && item.fresh)));
  for (let total = 80; total <= 1_030; total += 50) {
    await assign(server, ben, ada, 50); // a change lists no more than 100
    await here.seen.until(`${total} notifications`, ({ unread }) => unread === Math.min(total, 1_000));
  }
  const all = await allIds(server, ada);
  await here.seen.until("the newest", ({ items }) => items[0]?.id === all[0]);
  const later = returned.toReversed(); // the snooze of the second one ended last
  expect(here.ids()).toEqual([...all.slice(0, 525), ...later]);

  const before = here.seen.values.length;
  await here.tandem.inbox.markRead({ ids: all.slice(0, 5) });
  await here.seen.until("five read ones", ({ items }) => items.filter(({ read }) => read).length === 5);
  expect(here.seen.values.slice(before).filter(({ unread }) => unread !== 1_000)).toEqual([]);
  while (here.tandem.inbox.get().hasMore) await here.tandem.inbox.loadMore();
  expect(here.ids()).toEqual([...all.slice(0, 1_000), ...later, ...all.slice(1_000).filter((id) => !returned.includes(id))]);
  here.tandem.close();
});

import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { noteTold } from "../../../testing/told.js";
import type { Person } from "../../../testing/token.js";
import type { TandemClient } from "../../src/index.js";
import { Desks, type DeskQuery } from "./desk.js";

let desks: Desks;
beforeAll(async () => void (desks = await Desks.open()));
afterEach(() => desks.leave());
afterAll(() => desks?.close());

type Stored = { readonly id: string; readonly kind: string; readonly count: number; readonly readAt: string | null; readonly snoozedUntil: string | null };

/** A person of an inbox of their own, and a customer that Ben mentions them on and Grace makes them the owner of. */
async function person() {
  const ada = desks.world.hire("Ada");
  await desks.colleague(ada).ask("{ viewer { role } }");
  const id = await desks.customer();
  const comment = 'mutation ($id: ID!, $ada: ID!) { addComment(input: { entityId: $id, body: "Please call them.", mentionIds: [$ada] }) { __typename } }';
  return {
    /** Opens the page of the customer, where the place of the newest item is looked at, unless the query lacks that. */
    open: async (query: DeskQuery = { seen: "" }) => {
      const page = await desks.page(ada, id, query);
      await page.waitForFunction(() => (window as unknown as { tandem: TandemClient }).tandem.inbox.get().status === "live");
      if ("seen" in query) await noticesNewest(page);
      return page;
    },
    comment: () => desks.colleague().ask('mutation ($id: ID!) { addComment(input: { entityId: $id, body: "They called." }) { __typename } }', { id }),
    mention: () => desks.colleague().ask(comment, { id, ada: ada.id }),
    assign: () => desks.colleague(desks.grace).edit(id, { ownerId: ada.id }),
    stored: (kind: string) => stored(ada, kind),
    people: () => desks.colleague().ask("query ($room: ID!) { presence(room: $room) { users { status } } }", { room: `customer:${id}` }),
    me: desks.colleague(ada),
  };
}

async function stored(ada: Person, kind: string): Promise<Stored | undefined> {
  const query = "{ notifications(first: 10) { nodes { id kind count readAt snoozedUntil } } }";
  const { notifications } = await desks.colleague(ada).ask<{ notifications: { nodes: readonly Stored[] } }>(query);
  return notifications.nodes.find((each) => each.kind === kind);
}

/** Waits until a page has noticed that the place of its newest item is in view: until then what comes is a toast, since nothing shows it. */
function noticesNewest(page: Page): Promise<void> {
  return page.locator("[data-tandem=newest]").evaluate(async (place) => {
    const drawn = () => new Promise((resolve) => requestAnimationFrame(resolve));
    for (let frames = 0; frames < 2; frames++) await drawn(); // the page observes it by then
    await new Promise<void>((resolve) => {
      const observer = new IntersectionObserver((entries) => {
        if (!entries.at(-1)?.isIntersecting) return;
        observer.disconnect();
        resolve();
      });
      observer.observe(place);
    });
    await drawn();
  });
}

/** Hides a page, or shows it again. */
function turn(page: Page, state: DocumentVisibilityState): Promise<void> {
  return page.evaluate((next) => {
    Object.defineProperty(document, "visibilityState", { value: next, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);
}

/** Waits until a toast has been shown for its six seconds, after which what is looked at has been read. */
async function stays(page: Page, text: string): Promise<void> {
  const toast = page.locator("[data-tandem=toast]").filter({ hasText: text });
  await toast.waitFor();
  await toast.waitFor({ state: "detached" });
}

const isRead = async (each: Promise<Stored | undefined>) => Boolean((await each)?.readAt);
const isMention = (text: string) => text.includes("Ben mentioned you");

test("while the person is away, what an element shows is announced once however often it grows, and is read when they look", async () => {
  const { open, mention, stored, people } = await person();
  const page = await open();
  const told = await noteTold(page);
  await turn(page, "hidden");
  await expect.poll(people).toEqual({ presence: { users: [{ status: "AWAY" }] } });
  for (let times = 0; times < 3; times++) await mention();
  await page.waitForFunction(() => (window as unknown as { tandem: TandemClient }).tandem.inbox.get().items[0]?.count === 3);
  expect(await isRead(stored("MENTION"))).toBe(false);
  await turn(page, "visible");
  await expect.poll(() => isRead(stored("MENTION"))).toBe(true);
  const { toasts, announcements } = await told();
  expect([toasts.filter(isMention).length, announcements.filter(isMention).length]).toEqual([0, 1]);
});

test("a notification that the person makes unread stays unread when another one is read by looking", async () => {
  const { open, mention, assign, stored, me } = await person();
  await mention();
  await open();
  await expect.poll(() => isRead(stored("MENTION"))).toBe(true);
  await me.ask("mutation ($ids: [ID!]!) { markNotificationsUnread(ids: $ids) }", { ids: [(await stored("MENTION"))?.id] });
  await assign();
  await expect.poll(() => isRead(stored("ASSIGNMENT"))).toBe(true);
  expect(await isRead(stored("MENTION"))).toBe(false);
});

test("a refused notification is asked for again when the person comes back, not with the next one", async () => {
  const { open, mention, assign, stored } = await person();
  const page = await open();
  await page.evaluate(() => {
    const { inbox } = (window as unknown as { tandem: TandemClient }).tandem;
    const asked: string[][] = [];
    Object.assign(inbox, { markRead: (which: { ids: string[] }) => (asked.push(which.ids), Promise.reject(new Error("It is refused."))) });
    Object.assign(window, { asked });
  });
  const asked = () => page.evaluate(() => (window as unknown as { asked: string[][] }).asked);
  await mention();
  await expect.poll(asked).toHaveLength(1);
  await assign();
  await expect.poll(asked).toHaveLength(2);
  const [first, second] = [(await stored("MENTION"))?.id, (await stored("ASSIGNMENT"))?.id];
  expect(await asked()).toEqual([[first], [second]]);
  await turn(page, "hidden");
  await turn(page, "visible");
  await expect.poll(asked).toHaveLength(3);
  expect((await asked())[2]?.toSorted()).toEqual([first, second].toSorted());
});

test("a snooze that ended before the page was open is read by looking, and one that ends on it is a toast and stays unread", async () => {
  const { open, mention, assign, stored, me } = await person();
  await mention();
  const id = (await stored("MENTION"))?.id ?? "";
  const ended = () => expect.poll(async () => (await stored("MENTION"))?.snoozedUntil).toBeNull();
  await me.snoozeBriefly([id]);
  await ended();
  const page = await open();
  await expect.poll(() => isRead(stored("MENTION"))).toBe(true);
  const told = await noteTold(page);
  await me.snoozeBriefly([id]);
  await ended();
  await expect.poll(async () => (await told()).toasts.filter(isMention).length).toBe(1);
  await assign();
  await expect.poll(() => isRead(stored("ASSIGNMENT"))).toBe(true);
  expect(await isRead(stored("MENTION"))).toBe(false);
});

test("what a modal dialog covers before two seconds are over, or when it comes, is read only once the dialog is gone", async () => {
  const { open, mention, assign, stored } = await person();
  const page = await open();
  await page.evaluate(() => {
    const { inbox } = (window as unknown as { tandem: TandemClient }).tandem;
    const dialog = document.body.appendChild(document.createElement("dialog"));
    const stop = inbox.subscribe(() => {
      if (inbox.get().items.length === 0) return;
      stop();
      dialog.showModal();
    });
  });
  await mention();
  await page.locator("dialog:modal").waitFor({ state: "attached" });
  await assign();
  await stays(page, "Grace");
  expect([await isRead(stored("MENTION")), await isRead(stored("ASSIGNMENT"))]).toEqual([false, false]);
  await page.evaluate(() => document.querySelector("dialog")?.close());
  for (const kind of ["MENTION", "ASSIGNMENT"]) await expect.poll(() => isRead(stored(kind))).toBe(true);
});

test("what is scrolled away has a toast and stays unread until its person shows the new items", async () => {
  const { open, comment, mention, stored } = await person();
  for (let times = 0; times < 30; times++) await comment();
  const page = await open();
  const feed = page.locator("[data-tandem=activity-scroll]");
  await feed.getByText("Ben").first().waitFor();
  await feed.evaluate((each) => each.scrollTo(0, 600));
  await mention();
  await stays(page, "Ben mentioned you");
  expect(await isRead(stored("MENTION"))).toBe(false);
  await page.getByRole("button", { name: "1 new" }).click();
  await expect.poll(() => isRead(stored("MENTION"))).toBe(true);
});

test("a hidden page reads nothing while another device of the person is looked at, which has the toast", async () => {
  const { open, mention, stored, people } = await person();
  const laptop = await open();
  await turn(laptop, "hidden");
  const phone = await open({});
  await expect.poll(people).toEqual({ presence: { users: [{ status: "ONLINE" }] } });
  await mention();
  await stays(phone, "Ben mentioned you");
  expect(await isRead(stored("MENTION"))).toBe(false);
  await turn(laptop, "visible");
  await expect.poll(() => isRead(stored("MENTION"))).toBe(true);
});

test.each(["hidden", "busy"])("what a person who is %s looks at is read, without a toast", async (how) => {
  const { open, mention, stored, people, me } = await person();
  if (how === "hidden") await me.ask("mutation { setPresenceHidden(hidden: true) { id } }");
  const page = await open();
  if (how === "busy") {
    await page.evaluate(() => {
      const { tandem } = window as unknown as { tandem: TandemClient };
      tandem.room(`customer:${new URLSearchParams(location.search).get("customer")}`).update({ status: "busy" });
    });
    await expect.poll(people).toEqual({ presence: { users: [{ status: "BUSY" }] } });
  }
  const told = await noteTold(page);
  await mention();
  await expect.poll(() => isRead(stored("MENTION"))).toBe(true);
  expect((await told()).toasts).toEqual([]);
});

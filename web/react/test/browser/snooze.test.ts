import type { Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { noteTold } from "../../../testing/told.js";
import type { Person } from "../../../testing/token.js";
import { Desks, type DeskQuery } from "./desk.js";

let desks: Desks;
let ada: Person;
beforeAll(async () => void (desks = await Desks.open()));
afterEach(() => desks.leave());
afterAll(() => desks?.close());

/** Opens the inbox of a person who has one notification: Ben mentioned them. */
async function mentioned(query: DeskQuery = {}): Promise<{ page: Page; inbox: Locator }> {
  ada = desks.world.hire("Ada");
  await desks.colleague(ada).ask("{ viewer { role } }");
  const id = await desks.customer();
  const comment = 'mutation ($id: ID!, $ada: ID!) { addComment(input: { entityId: $id, body: "Please call them.", mentionIds: [$ada] }) { __typename } }';
  await desks.colleague().ask(comment, { id, ada: ada.id });
  const page = await desks.page(ada, id, query);
  return { page, inbox: await open(page) };
}

async function open(page: Page): Promise<Locator> {
  await page.getByRole("button", { name: "Notifications, 1 unread" }).press("Enter");
  const inbox = page.getByRole("dialog", { name: "Notifications" });
  await snoozeIn(inbox).waitFor();
  return inbox;
}

const snoozeIn = (inbox: Locator) => inbox.getByRole("button", { name: "Snooze: Ben mentioned you", exact: true });
const isFocused = (locator: Locator) => locator.evaluate((element) => element === document.activeElement);
const read = (page: Page) => page.getByRole("button", { name: "Notifications", exact: true });

/** Returns until when the server keeps the person's only notification out of the unread ones. */
async function storedUntil(): Promise<string | null> {
  type Answer = { readonly notifications: { readonly nodes: readonly { readonly snoozedUntil: string | null }[] } };
  const { notifications } = await desks.colleague(ada).ask<Answer>("{ notifications(first: 1) { nodes { snoozedUntil } } }");
  return notifications.nodes[0]?.snoozedUntil ?? null;
}

test("by keyboard alone a notification is snoozed until tomorrow at eight, and is back after undo", async () => {
  const { page, inbox } = await mentioned();
  await snoozeIn(inbox).press("Enter");
  const choices = page.getByRole("menuitem");
  const offered = ["In an hour", "Tomorrow morning", ...(await page.evaluate(() => new Date().getDay()) === 0 ? [] : ["Next week"])];
  await expect.poll(() => choices.evaluateAll((all) => all.map((each) => each.firstChild?.textContent))).toEqual(offered);
  await expect.poll(() => isFocused(choices.first())).toBe(true);
  await page.keyboard.press("ArrowUp");
  expect(await isFocused(choices.last())).toBe(true);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const undo = inbox.getByRole("button", { name: "Undo" });
  await expect.poll(() => isFocused(undo)).toBe(true);
  await read(page).waitFor();
  const tomorrow = await page.evaluate(() => new Date(new Date().setHours(32, 0, 0, 0)).getTime());
  expect(Date.parse((await storedUntil()) ?? "")).toBe(tomorrow);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Notifications, 1 unread" }).waitFor();
  await expect.poll(() => isFocused(snoozeIn(inbox))).toBe(true);
  expect(await storedUntil()).toBeNull();
});

test("Escape closes the menu, not the inbox, and the focus is back on the button", async () => {
  const { page, inbox } = await mentioned();
  await snoozeIn(inbox).press("Enter");
  await expect.poll(() => isFocused(page.getByRole("menuitem").first())).toBe(true);
  await page.keyboard.press("Escape");
  await page.getByRole("menu").waitFor({ state: "hidden" });
  expect(await isFocused(snoozeIn(inbox))).toBe(true);
  await page.keyboard.press("Tab");
  expect(await isFocused(snoozeIn(inbox))).toBe(false);
});

test("what one tab snoozes another tab shows as snoozed, and brings back for both", async () => {
  const { page, inbox } = await mentioned();
  const other = await page.context().newPage();
  await other.goto(page.url());
  const there = await open(other);
  await snoozeIn(inbox).click();
  await page.getByRole("menuitem", { name: "In an hour" }).click();
  await there.getByText("Snoozed (1)").click();
  await there.getByText("Snoozed until").waitFor();
  await snoozeIn(there).waitFor({ state: "detached" });
  await read(other).waitFor();
  await there.getByRole("button", { name: "Unsnooze: Ben mentioned you" }).click();
  for (const each of [page, other]) await each.getByRole("button", { name: "Notifications, 1 unread" }).waitFor();
  await snoozeIn(inbox).waitFor();
  await inbox.getByRole("button", { name: "Undo" }).waitFor({ state: "detached" });
});

test("a read notification that is snoozed by mistake is read again after undo", async () => {
  const { page, inbox } = await mentioned();
  await inbox.getByRole("button", { name: "Mark all as read" }).click();
  await read(page).waitFor();
  await snoozeIn(inbox).click();
  await page.getByRole("menuitem", { name: "Tomorrow morning" }).click();
  await inbox.getByRole("button", { name: "Undo" }).click();
  await expect.poll(storedUntil).toBeNull();
  await snoozeIn(inbox).waitFor();
  await read(page).waitFor();
});

test("if the server refuses, the person is told, and nothing is snoozed", async () => {
  const { page, inbox } = await mentioned();
  await page.clock.setFixedTime(Date.now() - 7_200_000); // an hour later is past for the server
  await snoozeIn(inbox).click();
  await page.getByRole("menuitem", { name: "In an hour" }).click();
  await inbox.getByRole("alert").getByText("That did not work. Try again.").waitFor();
  await snoozeIn(inbox).waitFor();
  expect(await storedUntil()).toBeNull();
});

test("if the server can't be reached, a person who marks all as read is told, and all are unread again", async () => {
  const { page, inbox } = await mentioned();
  await page.context().setOffline(true);
  await inbox.getByRole("button", { name: "Mark all as read" }).click();
  await inbox.getByRole("alert").getByText("That did not work. Try again.").waitFor();
  await page.context().setOffline(false);
  await page.getByRole("button", { name: "Notifications, 1 unread" }).waitFor();
  await inbox.getByRole("button", { name: "Mark all as read" }).click();
  await inbox.getByRole("alert").waitFor({ state: "detached" });
  await read(page).waitFor();
});

test("a snooze that ends while its person is there is shown and announced, and one that they end is not", async () => {
  const { page, inbox } = await mentioned();
  const told = await noteTold(page);
  const isIt = (text: string) => text.includes("Ben mentioned you");
  const times = async () => [(await told()).toasts.filter(isIt).length, (await told()).announcements.filter(isIt).length];
  await snoozeIn(inbox).click();
  await page.getByRole("menuitem", { name: "In an hour" }).click();
  await inbox.getByText("Snoozed (1)").click();
  await inbox.getByRole("button", { name: "Unsnooze: Ben mentioned you" }).click();
  await page.getByRole("button", { name: "Notifications, 1 unread" }).waitFor();
  await page.keyboard.press("Escape");
  await inbox.waitFor({ state: "hidden" });
  expect(await times()).toEqual([0, 0]);
  const { notifications } = await desks.colleague(ada).ask<{ notifications: { nodes: { id: string }[] } }>("{ notifications(first: 1) { nodes { id } } }");
  await desks.colleague(ada).snoozeBriefly(notifications.nodes.map(({ id }) => id));
  await expect.poll(times).toEqual([1, 1]);
  await page.getByRole("button", { name: "Notifications, 1 unread" }).waitFor();
  expect(await storedUntil()).toBeNull();
  expect(await times()).toEqual([1, 1]);
  const { toasts, announcements } = await told();
  expect(toasts.find(isIt)).toContain("Reminder · ");
  expect(announcements.find(isIt)).toMatch(/^Reminder: Ben mentioned you/);
});

test("in a low window the list can be scrolled through below the first line, with a notice above it", async () => {
  const { page, inbox } = await mentioned();
  await snoozeIn(inbox).click();
  await page.getByRole("menuitem", { name: "In an hour" }).click();
  await inbox.getByRole("button", { name: "Undo" }).waitFor();
  await page.setViewportSize({ width: 400, height: 300 });
  await inbox.getByText("Snoozed (1)").click();
  const isWholeInView = await inbox.locator("[data-tandem=notification]").evaluate((row) => {
    row.scrollIntoView({ block: "end" });
    const { left, top, bottom } = row.getBoundingClientRect();
    return [top + 2, bottom - 2].every((at) => row.contains(document.elementFromPoint(left + 20, at)));
  });
  expect(isWholeInView).toBe(true);
  expect(await inbox.getByText("Notifications", { exact: true }).evaluate((head) => head.getBoundingClientRect().top)).toBeGreaterThan(0);
});

test("on a page that runs from right to left English texts keep their order, and begin at the right", async () => {
  const { inbox } = await mentioned({ dir: "rtl" });
  const measured = (part: string) => inbox.locator(`[data-tandem=notification-${part}]`).evaluate((element) => {
    const text = element.firstChild as Text;
    const at = (index: number) => {
      const range = document.createRange();
      range.setStart(text, index);
      range.setEnd(text, index + 1);
      return range.getBoundingClientRect();
    };
    return { first: at(0).left, last: at(text.length - 1).right, end: element.getBoundingClientRect().right };
  });
  const { first, last } = await measured("details"); // it ends with a full stop
  expect(last).toBeGreaterThan(first);
  const title = await measured("title"); // it is shorter than the details, and has room at its left
  expect(Math.abs(title.end - title.last)).toBeLessThan(2);
});

test("by touch the inbox shows texts whole", async () => {
  ada = desks.world.hire("Ada");
  await desks.colleague(ada).ask("{ viewer { role } }");
  const id = await desks.customer({ name: "Aalto ".repeat(13) });
  await desks.colleague().ask('mutation ($id: ID!, $ada: ID!) { addComment(input: { entityId: $id, body: "Please call them, and have a look at what they sent: they want to sign before the end of the month.", mentionIds: [$ada] }) { __typename } }', { id, ada: ada.id });
  const page = await desks.page(ada, id, {}, { width: 360, height: 740 });
  await page.getByRole("button", { name: "Notifications, 1 unread" }).tap();
  const details = page.locator("[data-tandem=inbox-row] [data-tandem=notification-details]");
  await details.waitFor();
  const [shown, whole] = await details.evaluate(({ clientHeight, scrollHeight }) => [clientHeight, scrollHeight]);
  expect(shown).toBe(whole);
  expect(shown).toBeGreaterThan(60);
});

test("if the server can't be reached, a person who opens a notification is told, and it is unread again", async () => {
  const { page, inbox } = await mentioned();
  await page.context().setOffline(true);
  await inbox.getByRole("button", { name: /^Unread: Ben mentioned you/ }).click();
  await inbox.waitFor({ state: "hidden" });
  await page.locator("[data-visible]").getByText("That did not work. Try again.").waitFor();
  await page.context().setOffline(false);
  await page.getByRole("button", { name: "Notifications, 1 unread" }).waitFor();
});

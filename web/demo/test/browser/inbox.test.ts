import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { noteTold } from "../../../testing/told.js";
import { Office } from "./office.js";
import { hides, says, shows } from "./stage.js";

let office: Office;
beforeAll(async () => void (office = await Office.open()));
afterEach((test) => office.leave(test));
afterAll(() => office.close());

const line = (page: Page, text: string) => page.getByRole("listitem").filter({ hasText: text });

test("a notification is snoozed by keyboard, undone, snoozed again, and brought back in another tab", async () => {
  const id = await office.colleague("chloe").create("Snoozed Ltd", {});
  await office.ask("chloe", "mutation ($id: ID!) { addComment(input: { entityId: $id, body: \"Have a look.\", mentionIds: [\"jonas\"] }) { __typename } }", { id });
  const { page } = await office.open("jonas", "/inbox");
  const other = await page.context().newPage();
  await other.goto(page.url());
  const here = line(page, "Snoozed Ltd");
  const there = line(other, "Snoozed Ltd");
  await shows(there.getByRole("button", { name: /^Snooze: / }));

  await here.getByRole("button", { name: /^Snooze: / }).press("Enter");
  await shows(page.getByRole("menuitem", { name: "Tomorrow morning" }));
  await page.getByRole("menuitem", { name: "Tomorrow morning" }).press("Enter");
  await page.getByRole("button", { name: "Undo" }).press("Enter");
  await shows(here.getByRole("button", { name: /^Snooze: / }));

  await here.getByRole("button", { name: /^Snooze: / }).click();
  await page.getByRole("menuitem", { name: "In an hour" }).click();
  await hides(there.getByRole("button", { name: /^Snooze: / }));
  await other.locator(".inbox-snoozed > summary").click();
  await there.getByRole("button", { name: /^Unsnooze: / }).click();
  await shows(here.getByRole("button", { name: /^Snooze: / }));
  await hides(page.locator(".inbox-snoozed"));
  expect(await page.locator(".inbox-line.unread").filter({ hasText: "Snoozed Ltd" }).count()).toBe(1);
});

test("a notification is marked as unread again, and marking all as read is undone, on all tabs", async () => {
  const customers = await Promise.all(["Unread One", "Unread Two"].map((name) => office.colleague("chloe").create(name)));
  const { page } = await office.open("jonas", "/inbox");
  await shows(page.getByRole("heading", { name: "Inbox" }));
  for (const id of customers) await office.ask("chloe", 'mutation ($id: ID!) { addComment(input: { entityId: $id, body: "Have a look.", mentionIds: ["jonas"] }) { __typename } }', { id });
  const other = await page.context().newPage();
  await other.goto(page.url());
  const unread = (tab: Page) => tab.locator(".inbox-line.unread").filter({ hasText: /Unread (One|Two)/ });
  await expect.poll(() => unread(other).count()).toBe(2);
  await line(page, "Unread One").getByRole("button", { name: /^Mark as read: / }).press("Enter");
  await expect.poll(() => unread(other).count()).toBe(1);
  await page.keyboard.press("Enter"); // the button keeps the focus, and takes it back
  await expect.poll(() => unread(other).count()).toBe(2);

  await page.getByRole("button", { name: "Mark all as read" }).click();
  await expect.poll(() => unread(other).count()).toBe(0);
  await says(page.getByRole("status").filter({ hasText: "marked as read" }), /^\d+ notifications are marked as read/);
  await page.getByRole("button", { name: "Undo" }).press("Enter");
  await expect.poll(() => unread(other).count()).toBe(2);
  await hides(page.getByRole("button", { name: "Undo" }));
});

test("a snooze that ends moves its line to the top, and is a toast if that is out of sight; older lines are neither shown so nor announced", async () => {
  const customers = await Promise.all(Array.from({ length: 40 }, (_, at) => office.colleague("chloe").create(`Long Inbox ${at}`, {})));
  const mention = "mutation ($id: ID!) { addComment(input: { entityId: $id, body: \"Have a look.\", mentionIds: [\"jonas\"] }) { __typename } }";
  for (const id of customers) await office.ask("chloe", mention, { id });
  type Inbox = { readonly notifications: { readonly nodes: readonly { readonly id: string; readonly body: string; readonly snoozedUntil: string | null }[] } };
  const read = async () => (await office.ask<Inbox>("jonas", "{ notifications(first: 50) { nodes { id body snoozedUntil } } }", {})).notifications.nodes;
  const nodes = await read();
  const idOf = (name: string) => nodes.find(({ body }) => body.includes(name))?.id ?? "";
  await office.colleague("jonas").snoozeBriefly([idOf("Long Inbox 1:")]);
  await expect.poll(async () => (await read()).every(({ snoozedUntil }) => snoozedUntil === null)).toBe(true);
  const { page } = await office.open("jonas", "/inbox");
  await shows(line(page, "Long Inbox 39"));
  const told = await noteTold(page);
  await page.getByRole("button", { name: "Show older" }).click();
  await shows(line(page, "Long Inbox 0:"));

  const mentions = async () => (await told()).announcements.filter((text) => text.includes("mentioned you")).length;
  const end = async (name: string) => {
    const [ids, before] = [[idOf(name)], await mentions()];
    // The page knows of the snooze before it ends.
    await office.ask("jonas", "mutation ($ids: [ID!]!, $until: DateTime!) { snoozeNotifications(ids: $ids, until: $until) }", { ids, until: new Date(Date.now() + 3_600_000) });
    await says(page.locator(".inbox-snoozed > summary"), "Snoozed (1)");
    await office.colleague("jonas").snoozeBriefly(ids);
    await hides(page.locator(".inbox-snoozed"));
    await expect.poll(mentions).toBe(before + 1);
    await says(page.locator(".inbox-line").first(), new RegExp(name));
  };
  await page.locator(".inbox").evaluate((list) => list.scrollTo(0, 0));
  await end("Long Inbox 0:");
  expect((await told()).toasts).toEqual([]);
  await page.locator(".inbox").evaluate((list) => list.scrollTo(0, list.scrollHeight));
  await end("Long Inbox 39:");
  await expect.poll(async () => (await told()).toasts).toEqual([expect.stringContaining("Long Inbox 39:")]);
});

test("a record that its person looks at marks its notifications as read, without a toast; one in a hidden page, other records, and snoozed ones do not", async () => {
  const [looked, hidden, other] = await Promise.all(["Looked Ltd", "Hidden Ltd", "Other Ltd"].map((name) => office.colleague("chloe").create(name)));
  const seen = (await office.open("jonas", `/customers/${looked}`)).page;
  const away = (await office.open("jonas", `/customers/${hidden}`)).page;
  const turn = async (state: DocumentVisibilityState, status: string) => {
    await away.evaluate((next) => {
      Object.defineProperty(document, "visibilityState", { value: next, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, state);
    const presence = "query ($room: ID!) { presence(room: $room) { users { status } } }";
    await expect.poll(() => office.ask("chloe", presence, { room: `customer:${hidden}` })).toMatchObject({ presence: { users: [{ status }] } });
  };
  await turn("hidden", "AWAY");
  const inbox = (await office.open("jonas", "/inbox")).page;
  const told = await noteTold(seen);
  const mention = (id: string | undefined) => office.ask("chloe", 'mutation ($id: ID!) { addComment(input: { entityId: $id, body: "Have a look.", mentionIds: ["jonas"] }) { __typename } }', { id });
  for (const id of [hidden, other, looked]) await mention(id);
  const unread = (name: string) => inbox.locator(".inbox-line.unread").filter({ hasText: name });
  await shows(line(inbox, "Looked Ltd"));
  await hides(unread("Looked Ltd"));
  expect([await unread("Hidden Ltd").count(), await unread("Other Ltd").count()]).toEqual([1, 1]);
  await expect.poll(async () => [...(await told()).toasts].sort()).toEqual([expect.stringContaining("Hidden Ltd"), expect.stringContaining("Other Ltd")]);

  await line(inbox, "Looked Ltd").getByRole("button", { name: /^Snooze: / }).click();
  await inbox.getByRole("menuitem", { name: "In an hour" }).click();
  await shows(inbox.locator(".inbox-snoozed"));
  await turn("visible", "ONLINE");
  await hides(unread("Hidden Ltd"));
  expect(await unread("Other Ltd").count()).toBe(1);
  expect(await inbox.locator(".inbox-snoozed").filter({ hasText: "Looked Ltd" }).count()).toBe(1);
});

test("a mention above the comments that its person has scrolled to has a toast, and is read once they scroll back", async () => {
  const id = await office.colleague("chloe").create("Talkative Ltd");
  const comment = (body: string, mentionIds: readonly string[] = []) =>
    office.ask("chloe", "mutation ($id: ID!, $body: String!, $mentionIds: [ID!]!) { addComment(input: { entityId: $id, body: $body, mentionIds: $mentionIds }) { __typename } }", { id, body, mentionIds });
  for (let at = 0; at < 30; at++) await comment(`Comment ${at}.`);
  const { page } = await office.open("jonas", `/customers/${id}`);
  await page.locator("[data-tab=comments]").click();
  await shows(page.getByRole("list", { name: "Comments" }).getByText("Comment 20."));
  const panel = page.locator(".tab-panel");
  await shows(panel.locator(".newest")); // the list shows what it has before it is live
  // Until the page has noticed that its newest comment is out of sight.
  await panel.evaluate((each) => new Promise<void>((resolve) => {
    each.scrollTo(0, 600);
    const observer = new IntersectionObserver((entries) => {
      if (entries.at(-1)!.isIntersecting) return;
      observer.disconnect();
      resolve();
    });
    observer.observe(each.querySelector(".newest")!);
  }));
  await comment("Have a look.", ["jonas"]);
  const toast = page.locator("[data-tandem=toast]").filter({ hasText: "Talkative Ltd" });
  await toast.waitFor();
  await toast.waitFor({ state: "detached" });
  const isRead = async () => {
    const { notifications } = await office.ask<{ notifications: { nodes: readonly { readonly body: string; readonly readAt: string | null }[] } }>("jonas", "{ notifications(first: 5) { nodes { body readAt } } }", {});
    return Boolean(notifications.nodes.find(({ body }) => body.includes("Have a look."))?.readAt);
  };
  expect(await isRead()).toBe(false);
  await panel.evaluate((each) => each.scrollTo(0, 0));
  await expect.poll(isRead).toBe(true);
});

test("a mention beside other tabs, or behind a dialog, has a toast and stays unread until its person opens the comments and closes the dialog", async () => {
  const id = await office.colleague("chloe").create("Tabbed Ltd");
  const { page } = await office.open("jonas", `/customers/${id}`);
  await page.locator("button[data-tab=deals]").click();
  await shows(page.locator("button[data-tab=deals][aria-current=true]"));
  const mention = (body: string) => office.ask("chloe", 'mutation ($id: ID!, $body: String!) { addComment(input: { entityId: $id, body: $body, mentionIds: ["jonas"] }) { __typename } }', { id, body });
  const toast = page.locator("[data-tandem=toast]").filter({ hasText: "Tabbed Ltd" });
  const isRead = async () => {
    const { notifications } = await office.ask<{ notifications: { nodes: readonly { readonly entityId: string | null; readonly readAt: string | null }[] } }>("jonas", "{ notifications(first: 5) { nodes { entityId readAt } } }", {});
    return Boolean(notifications.nodes.find(({ entityId }) => entityId === id)?.readAt);
  };
  /** A toast stays for six seconds, after which what is looked at has been read. */
  const stays = async () => {
    await toast.waitFor();
    await toast.waitFor({ state: "detached" });
    expect(await isRead()).toBe(false);
  };
  await mention("Beside the deals.");
  await stays();
  await page.locator("button[data-tab=comments]").click();
  await expect.poll(isRead).toBe(true);

  await page.keyboard.press("Control+k");
  await shows(page.locator("dialog:modal"));
  await mention("Behind the palette.");
  await stays();
  await page.keyboard.press("Escape");
  await expect.poll(isRead).toBe(true);
});

test("a row that the person watches says which fields changed, as the forms call them", async () => {
  const { createDeal: deal } = await office.ask<{ createDeal: { deal: { id: string } } }>("chloe",
    'mutation { createDeal(input: {title: "Worded deal", amountMinor: 100000, currency: "EUR"}) { ... on DealSaved { deal { id } } } }', {});
  await office.ask("jonas", "mutation ($id: ID!) { watch(entityId: $id) }", { id: deal.deal.id });
  await office.ask("chloe", 'mutation ($id: ID!) { updateDeal(input: {id: $id, baseVersion: 1, patch: {amountMinor: 250000, expectedCloseDate: "2027-03-01"}}) { __typename } }', { id: deal.deal.id });
  const { page } = await office.open("jonas", "/inbox");
  await says(line(page, "Worded deal").locator(".inbox-details"), /^amount and expected close$/);
});

test("a person who refuses push reads what to do where they asked, in the words of the preferences", async () => {
  const { page } = await office.open("jonas", "/inbox/preferences");
  await page.addInitScript(() => {
    let permission: NotificationPermission = "default";
    Object.defineProperty(Notification, "permission", { get: () => permission });
    Notification.requestPermission = async () => (permission = "denied");
  });
  await page.goto(new URL("/inbox", page.url()).href);
  const refused = page.getByRole("status").filter({ hasText: "Your browser blocks notifications" });
  await shows(page.getByRole("button", { name: "Notify me on this device" }));
  expect(await refused.count()).toBe(0);
  await page.getByRole("button", { name: "Notify me on this device" }).click();
  await shows(refused);
  expect(await refused.count()).toBe(1);
  const words = await refused.textContent();
  await page.getByRole("link", { name: "Notification preferences" }).click();
  await says(page.getByRole("region", { name: "This device" }).getByRole("status"), words?.trim() ?? "");
});

test("a server without a mail server offers no e-mail, and says so", async () => {
  const { page } = await office.open("jonas", "/inbox/preferences");
  await says(page.getByRole("region", { name: "Channels" }), "E-mail is off: this server has no SMTP_URL.");
  expect(await page.getByRole("checkbox", { name: "Mentions: E-mail" }).isDisabled()).toBe(true);
  expect(await page.getByRole("checkbox", { name: "Mentions: Push" }).isEnabled()).toBe(true);
});

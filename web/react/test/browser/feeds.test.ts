import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { TandemClient } from "../../src/index.js";
import { picture } from "../../../testing/pictures.js";
import { Desks } from "./desk.js";

let desks: Desks;
beforeAll(async () => void (desks = await Desks.open()));
afterEach(() => desks.leave());
afterAll(() => desks?.close());

test("50 components of one entity in StrictMode are one subscription, which a form that comes and goes does not interrupt", async () => {
  const id = await desks.customer();
  const sent: string[] = [];
  const listen = (page: Page) => page.on("websocket", (socket) => socket.on("framesent", ({ payload }) => void sent.push(String(payload))));
  const page = await desks.page(desks.ada, id, { mounts: "50", strict: "1" }, undefined, listen);
  await expect.poll(() => page.getByRole("heading", { name: "Aalto Oy" }).count()).toBe(50);
  await expect.poll(() => page.getByLabel("Phone").inputValue()).toBe("+358 40 555 0100");
  const began = () => sent.map((frame) => JSON.parse(frame) as { type: string; payload?: { query?: string } }).filter(({ type }) => type === "subscribe").map(({ payload }) => payload?.query ?? "");
  const about = (field: string) => began().filter((query) => query.includes(`${field}(`)).length;
  const followed = () => about("customerChanged") + about("entityChanged");
  await expect.poll(followed).toBe(1);
  await page.getByRole("list", { name: "People here" }).getByText("Ada (you)").waitFor({ state: "attached" });
  const ben = desks.present(desks.ben, `customer:${id}`);
  const room = ben.room(`customer:${id}`);
  const isThere = () => room.get().users.some(({ isSelf }) => !isSelf);
  await expect.poll(isThere).toBe(true);
  const seen: boolean[] = [];
  room.subscribe(() => void seen.push(isThere()));
  const toggle = page.getByRole("button", { name: "Show or hide the form" });
  for (let at = 0; at < 6; at++) await toggle.click();
  await page.getByLabel("Phone").waitFor();
  await desks.colleague().edit(id, { phone: "+358 40 555 0199" });
  await expect.poll(() => page.getByLabel("Phone").inputValue()).toBe("+358 40 555 0199");
  expect(followed()).toBe(1);
  expect(about("presence")).toBe(1);
  expect(seen, "no leaving is seen").not.toContain(false);
  ben.close();
});

test("while its reader has scrolled away, the feed does not move: what is new waits behind a button", async () => {
  const id = await desks.customer();
  const ben = desks.colleague();
  for (let at = 0; at < 30; at++) await ben.edit(id, { phone: `+358 40 555 ${1000 + at}` });
  const page = await desks.page(desks.ada, id);
  const feed = page.getByRole("feed", { name: "Activity" });
  await feed.getByText("+358 40 555 1029").waitFor();
  const scroller = page.locator("[data-tandem=activity-scroll]");
  const top = () => scroller.evaluate((element) => element.scrollTop);
  await scroller.hover();
  await page.mouse.wheel(0, 400);
  await expect.poll(top).toBeGreaterThan(300);
  const before = await top();
  await ben.edit(id, { phone: "+358 40 555 7777" });
  await page.getByRole("button", { name: "1 new" }).waitFor();
  expect(await top()).toBe(before);
  await picture(page, "react", "feed-scrolled-away");
  await page.getByRole("button", { name: "1 new" }).click();
  await feed.getByText("+358 40 555 7777").waitFor();
  await expect.poll(top).toBe(0);
  const first = feed.getByRole("article").first();
  await first.focus();
  await page.keyboard.press("PageDown");
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute("aria-posinset"))).toBe("2");
});

test("a mention is announced, shown, opened by one click, and read then", async () => {
  const id = await desks.customer();
  const page = await desks.page(desks.ada, id);
  await page.getByRole("button", { name: "Notifications" }).waitFor();
  await page.waitForFunction(() => (window as unknown as { tandem: TandemClient }).tandem.inbox.get().status === "live");
  const comment = "mutation ($id: ID!, $ada: ID!) { addComment(input: { entityId: $id, body: \"Please call them.\", mentionIds: [$ada] }) { __typename } }";
  await desks.colleague().ask(comment, { id, ada: desks.ada.id });
  const toast = page.locator("[data-tandem=toast]");
  await toast.waitFor();
  await page.getByRole("button", { name: "Notifications, 1 unread" }).waitFor();
  await toast.locator("[data-tandem=notification]").click();
  await expect.poll(() => page.title()).toMatch(/^Opened: /);
  await toast.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Notifications", exact: true }).waitFor();
});

test("a notification that grows after its toast has gone is shown and announced again", async () => {
  const id = await desks.customer();
  const page = await desks.page(desks.ada, id);
  await page.waitForFunction(() => (window as unknown as { tandem: TandemClient }).tandem.inbox.get().status === "live");
  const mention = (by = desks.ben) => desks.colleague(by).ask(
    'mutation ($id: ID!, $ada: ID!) { addComment(input: { entityId: $id, body: "Please call them.", mentionIds: [$ada] }) { __typename } }', { id, ada: desks.ada.id },
  );
  const toast = page.locator("[data-tandem=toast]");
  await mention();
  await toast.getByText("Ben mentioned you").waitFor();
  await toast.getByRole("button", { name: "Dismiss" }).click();
  await toast.waitFor({ state: "detached" });
  const announcement = page.locator("[data-tandem=announcements]").getByText("Grace and 1 other mentioned you");
  await Promise.all([announcement.waitFor({ state: "attached" }), toast.getByText("Grace and 1 other mentioned you").waitFor(), mention(desks.grace)]);
  expect(await toast.count()).toBe(1);
});

// This one assigns a deal to Ada, who is notified of it.
test("the feed shows amounts with their currency, durations in minutes, and people by name", async () => {
  const id = await desks.customer();
  const ben = desks.colleague();
  type Made = { readonly made: { readonly node: { readonly id: string } } };
  const make = async (type: "Deal" | "Call", input: object) => (await ben.ask<Made>(
    `mutation ($input: Create${type}Input!) { made: create${type}(input: $input) { ... on ${type}Saved { node: ${type.toLowerCase()} { id } } } }`, { input: { customerId: id, ...input } },
  )).made.node.id;
  const change = (type: "Deal" | "Call", of: string, patch: object) =>
    ben.ask(`mutation ($input: Update${type}Input!) { update${type}(input: $input) { __typename } }`, { input: { id: of, baseVersion: 1, patch } });
  await desks.colleague(desks.ada).ask("{ viewer { role } }");
  await change("Deal", await make("Deal", { title: "Licenses", amountMinor: 960_000, currency: "EUR", ownerId: ben.person.id }), { amountMinor: 931_200, ownerId: desks.ada.id });
  await change("Call", await make("Call", { subject: "First call", direction: "INBOUND" }), { durationSeconds: 1_335 });
  const page = await desks.page(desks.ada, id);
  const changes = page.getByRole("feed", { name: "Activity" }).locator("[data-tandem=change]");
  await expect.poll(async () => (await changes.allTextContents()).sort()).toEqual([
    "Amount: €9,600.00 changed to→ €9,312.00", "Empty changed to→ 22 min", "Owner: Ben changed to→ Ada",
  ]);
});

import type { Page, Route } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { TandemClient } from "../../src/index.js";
import { token } from "../../../testing/token.js";
import { Desks } from "./desk.js";

let desks: Desks;
beforeAll(async () => void (desks = await Desks.open()));
afterEach(() => desks.leave());
afterAll(() => desks?.close());

const typed = "+358 40 555 0142";
const stored = (page: Page) => page.evaluate(() => JSON.stringify(Object.entries(sessionStorage)));
const personOn = (page: Page) => page.evaluate(() => (window as unknown as { tandem: TandemClient }).tandem.viewer.get()?.user.name);
const asksBeforeLeaving = (page: Page) => page.evaluate(() => !dispatchEvent(new Event("beforeunload", { cancelable: true })));

/** Ada's page, on which she types and leaves the form, before the server has named her. */
async function leftEarly() {
  const id = await desks.customer();
  const held: Route[] = [];
  let holds = true;
  const page = await desks.page(desks.ada, id, {}, undefined, async (early) => {
    await early.route("**/graphql", (route) => {
      if (route.request().postData()?.includes("query Viewer") && holds) held.push(route);
      else void route.continue();
    });
  });
  await expect.poll(() => page.getByLabel("Phone").inputValue()).toBe("+358 40 555 0100");
  expect(await asksBeforeLeaving(page)).toBe(false);
  await page.getByLabel("Phone").fill(typed);
  expect(await asksBeforeLeaving(page)).toBe(true);
  const toggle = page.getByRole("button", { name: "Show or hide the form" });
  await toggle.click();
  await page.getByLabel("Phone").waitFor({ state: "detached" });
  expect(await personOn(page)).toBeUndefined();
  expect(await asksBeforeLeaving(page)).toBe(true);
  const release = async (how: "continue" | "abort") => {
    holds = false;
    for (const route of held) await route[how]();
  };
  return { page, toggle, release };
}

test("a text that was typed and left before the page knows its person is a draft when it does", async () => {
  const { page, toggle, release } = await leftEarly();
  await release("continue");
  await expect.poll(() => stored(page)).toContain(typed);
  expect(await asksBeforeLeaving(page)).toBe(false);
  await toggle.click();
  await page.getByText("You left unsaved text here (Phone).").waitFor();
  await page.getByRole("button", { name: "Use it" }).click();
  expect(await page.getByLabel("Phone").inputValue()).toBe(typed);
});

test("such a text is nobody's when its person has to sign in again first, for then it may be another one", async () => {
  const { page, toggle, release } = await leftEarly();
  desks.world.site.tokens(desks.ada, () => "a token that was revoked");
  await release("abort");
  desks.world.network.reset();
  await expect.poll(() => page.evaluate(() => (window as unknown as { tandem: TandemClient }).tandem.status.get().state)).toBe("unauthorized");
  expect(await asksBeforeLeaving(page)).toBe(false);
  desks.world.site.tokens(desks.ada, () => token(desks.ben));
  await page.evaluate(() => (window as unknown as { tandem: TandemClient }).tandem.connect());
  await expect.poll(() => personOn(page)).toBe("Ben");
  await toggle.click();
  await expect.poll(() => page.getByLabel("Phone").inputValue()).toBe("+358 40 555 0100");
  expect(await page.getByText("You left unsaved text here").count()).toBe(0);
  expect(await stored(page)).not.toContain(typed);
  desks.world.site.tokens(desks.ada, () => token(desks.ada));
});

test("after a token was revoked the next person sees nothing that is stored, and the draft and the edit are back for their own person", async () => {
  const id = await desks.customer();
  const { site, network } = desks.world;
  const page = await desks.page(desks.ada, id);
  const status = () => page.evaluate(() => (window as unknown as { tandem: TandemClient }).tandem.status.get());
  const phone = page.getByLabel("Phone");
  await expect.poll(() => phone.inputValue()).toBe("+358 40 555 0100");
  await page.evaluate(() => (window as unknown as { tandem: TandemClient }).tandem.ready);
  network.set({ refuse: true });
  network.reset();
  await page.getByLabel("Company").fill("Ada's company");
  await page.getByRole("button", { name: "Save" }).click();
  await expect.poll(async () => (await status()).pending).toBe(1);
  await phone.fill(typed);
  await expect.poll(() => stored(page)).toContain(typed);
  site.tokens(desks.ada, () => token(desks.ada, -3600));
  network.set({});
  await expect.poll(async () => (await status()).state).toBe("unauthorized");
  expect(await phone.inputValue()).toBe(typed);

  await page.goto(desks.world.url(desks.ben, { customer: id }));
  await expect.poll(() => page.getByLabel("Phone").inputValue()).toBe("+358 40 555 0100");
  await page.evaluate(() => (window as unknown as { tandem: TandemClient }).tandem.ready);
  expect(await personOn(page)).toBe("Ben");
  expect(await page.getByText("You left unsaved text here").count()).toBe(0);
  expect(await page.getByLabel("Company").inputValue()).toBe("Aalto Design");
  expect(await page.evaluate(() => (window as unknown as { tandem: TandemClient }).tandem.outbox.get().records)).toEqual([]);
  expect(await page.content()).not.toMatch(/Ada's company|0142/);

  site.tokens(desks.ada, () => token(desks.ada));
  await page.goto(desks.world.url(desks.ada, { customer: id }));
  await page.getByText("You left unsaved text here (Phone).").waitFor();
  await page.getByRole("button", { name: "Use it" }).click();
  expect(await page.getByLabel("Phone").inputValue()).toBe(typed);
  const company = () => desks.colleague().ask("query ($id: ID!) { customer(id: $id) { company updatedBy { name } } }", { id });
  await expect.poll(company).toEqual({ customer: { company: "Ada's company", updatedBy: { name: "Ada" } } });
});

test("a page that replaces the form when access is lost keeps the text, and no value of others", async () => {
  const id = await desks.customer();
  const page = await desks.page(desks.ben, id, { replaced: "" });
  await expect.poll(() => page.getByLabel("Phone").inputValue()).toBe("+358 40 555 0100");
  await page.evaluate(() => (window as unknown as { tandem: TandemClient }).tandem.ready);
  await page.getByLabel("Phone").fill(typed);
  await expect.poll(() => stored(page)).toContain("+358 40 555 0100");
  await desks.colleague(desks.ada).edit(id, { visibility: "RESTRICTED" });
  await page.getByText("Nothing to see: denied").waitFor();
  await expect.poll(() => stored(page)).not.toContain("+358 40 555 0100");
  expect(await stored(page)).toContain(typed);
});

test("when access is lost after a form has gone, its text is kept, and no value of others", async () => {
  const id = await desks.customer();
  const page = await desks.page(desks.ben, id);
  await expect.poll(() => page.getByLabel("Phone").inputValue()).toBe("+358 40 555 0100");
  await page.evaluate(() => (window as unknown as { tandem: TandemClient }).tandem.ready);
  await page.getByLabel("Phone").fill(typed);
  await page.getByRole("button", { name: "Show or hide the form" }).click();
  await expect.poll(() => stored(page)).toContain("+358 40 555 0100");
  await desks.colleague(desks.ada).edit(id, { visibility: "RESTRICTED" });
  await expect.poll(() => stored(page)).not.toContain("+358 40 555 0100");
  expect(await stored(page)).toContain(typed);
});

test("where the browser keeps nothing, the page says that edits wait in it only, and asks before it is left", async () => {
  const id = await desks.customer();
  const page = await desks.page(desks.ada, id, {}, undefined, (early) => early.addInitScript(() => {
    Object.defineProperty(window, "indexedDB", { get: () => { throw new DOMException("This site may store nothing.", "SecurityError"); } });
  }));
  const { network } = desks.world;
  await expect.poll(() => page.getByLabel("Phone").inputValue()).toBe("+358 40 555 0100");
  await page.evaluate(() => (window as unknown as { tandem: TandemClient }).tandem.ready);
  network.set({ refuse: true });
  network.reset();
  await page.getByLabel("Phone").fill(typed);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("status", { name: "Connection" }).getByText("1 change waits in this page: keep it open").waitFor();
  expect(await asksBeforeLeaving(page)).toBe(true);
  network.set({});
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await page.getByText("All saved").waitFor();
  expect(await asksBeforeLeaving(page)).toBe(false);
});

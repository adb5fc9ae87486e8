import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { picture } from "../../../testing/pictures.js";
import { Desks } from "./desk.js";

let desks: Desks;
beforeAll(async () => void (desks = await Desks.open()));
afterEach(async () => {
  desks.world.network.set({});
  await desks.leave();
});
afterAll(() => desks?.close());

/** The announcements of a page, those to be spoken at once among them. */
const spoken = (page: Page, urgency: "polite" | "assertive") => page.locator(`[data-tandem=announcements][aria-live=${urgency}]`).first();

test("people who join are announced, several in one announcement, and typing never is", async () => {
  const id = await desks.customer();
  const page = await desks.page(desks.ada, id, { visible: "9" });
  await page.getByRole("list", { name: "People here" }).getByText("Ada (you)").waitFor({ state: "attached" });
  const others = ["Ben", "Cleo", "Dev"].map((name) => desks.present(desks.world.hire(name), `customer:${id}`, "notes"));
  await expect.poll(() => spoken(page, "polite").textContent()).toMatch(/joined/);
  await page.getByText("are typing").waitFor();
  await page.getByRole("list", { name: "People here" }).getByText("Dev, Notes").waitFor({ state: "attached" });
  expect(await spoken(page, "polite").textContent()).not.toMatch(/typing/);
  for (const other of others) other.close();
  await expect.poll(() => page.getByRole("list", { name: "People here" }).getByRole("listitem").count()).toBe(1);
});

test("a person is shown in the field that they are in, until they leave it or its page is hidden", async () => {
  const id = await desks.customer();
  const page = await desks.page(desks.ada, id);
  const ben = desks.present(desks.ben, `customer:${id}`);
  const field = () => ben.room(`customer:${id}`).get().users.find((each) => !each.isSelf)?.editingField;
  await page.getByLabel("Phone").focus();
  await expect.poll(field).toBe("phone");
  await page.getByLabel("Company").focus();
  await expect.poll(field).toBe("company");
  await page.getByLabel("Company").blur();
  await expect.poll(field).toBe(null);
  await page.getByLabel("Notes").focus();
  await expect.poll(field).toBe("notes");
  await page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await expect.poll(field).toBe(null);
  ben.close();
});

test("access that narrows makes the form read-only, that is taken away empties it, and that comes back fills it; text is kept", async () => {
  const id = await desks.customer();
  const [page, ada] = [await desks.page(desks.ben, id), desks.colleague(desks.ada)];
  const phone = page.getByLabel("Phone");
  const grant = (level: string) => ada.ask("mutation ($id: ID!, $user: ID!, $level: AccessLevel!) { grantAccess(entityId: $id, userId: $user, level: $level) }", { id, user: desks.ben.id, level });
  await expect.poll(() => phone.inputValue()).toBe("+358 40 555 0100");
  await phone.fill("+358 40 555 0142");
  await grant("WRITE");
  await ada.edit(id, { visibility: "RESTRICTED" });
  await grant("READ");
  await page.getByText("You can read this, but").first().waitFor();
  await expect.poll(() => phone.evaluate((input: HTMLInputElement) => input.readOnly)).toBe(true);
  await expect.poll(() => spoken(page, "assertive").textContent()).toMatch(/You can read this/);
  expect(await phone.inputValue()).toBe("+358 40 555 0142");
  await picture(page, "react", "read-only");
  await ada.ask("mutation ($id: ID!, $user: ID!) { revokeAccess(entityId: $id, userId: $user) }", { id, user: desks.ben.id });
  await page.getByText("You no longer have access to this.").first().waitFor();
  await phone.waitFor({ state: "detached" });
  await page.getByRole("region", { name: "Your text" }).getByText("+358 40 555 0142").waitFor();
  expect(await page.getByText("hello@aalto.example").count()).toBe(0);
  const draft = () => page.evaluate(() => JSON.stringify(Object.entries(sessionStorage)));
  await expect.poll(draft).not.toContain("+358 40 555 0100");
  expect(await draft()).toContain("+358 40 555 0142");
  await picture(page, "react", "access-lost");
  await grant("WRITE");
  await phone.waitFor();
  expect(await phone.inputValue()).toBe("+358 40 555 0142");
  await expect.poll(() => page.getByLabel("E-mail").inputValue()).toBe("hello@aalto.example");
});

test("an entity that was deleted under its editor can be restored, and the text is kept", async () => {
  const id = await desks.customer();
  const page = await desks.page(desks.ada, id);
  await page.getByLabel("Phone").fill("+358 40 555 0142");
  await desks.remove(id);
  await page.getByText("Grace deleted this").waitFor();
  await page.getByRole("button", { name: "Restore" }).click();
  await page.getByText("Grace deleted this").waitFor({ state: "detached" });
  expect(await page.getByLabel("Phone").inputValue()).toBe("+358 40 555 0142");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("All saved").waitFor();
  await expect.poll(() => desks.colleague().ask("query ($id: ID!) { customer(id: $id) { phone } }", { id })).toEqual({ customer: { phone: "+358 40 555 0142" } });
});

test("while the connection is away, the page says what happens to edits, and sends them afterwards", async () => {
  const id = await desks.customer();
  const page = await desks.page(desks.ada, id);
  const status = page.getByRole("status", { name: "Connection" });
  await expect.poll(() => status.textContent()).toBe("Live");
  await expect.poll(() => page.getByLabel("Phone").inputValue()).toBe("+358 40 555 0100");
  await page.getByRole("list", { name: "People here" }).getByText("Ada (you)").waitFor({ state: "attached" });
  desks.world.network.set({ refuse: true });
  desks.world.network.reset();
  await page.getByLabel("Phone").fill("+358 40 555 0142");
  await page.getByRole("button", { name: "Save" }).click();
  await status.getByText("Offline · 1 change waits on this device").waitFor();
  await page.locator("[data-tandem=presence][data-state=stale]").waitFor();
  await picture(page, "react", "offline");
  desks.world.network.set({});
  await expect.poll(() => status.textContent()).toBe("Live");
  await expect.poll(() => desks.colleague().ask("query ($id: ID!) { customer(id: $id) { phone } }", { id })).toEqual({ customer: { phone: "+358 40 555 0142" } });
});

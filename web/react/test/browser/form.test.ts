import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { TandemClient } from "../../src/index.js";
import { Desks } from "./desk.js";

let desks: Desks;
beforeAll(async () => void (desks = await Desks.open()));
afterEach(() => desks.leave());
afterAll(() => desks?.close());

test("a field that nobody types into follows, and a field with text keeps it and shows the other's value", async () => {
  const id = await desks.customer();
  const [page, ben] = [await desks.page(desks.ada, id), desks.colleague()];
  const [name, phone] = [page.getByLabel("Name"), page.getByLabel("Phone")];
  await phone.fill("+358 40 555 0142");
  await ben.edit(id, { name: "Aalto Oyj", phone: "+358 40 555 0199" });
  await page.getByText("Ben set +358 40 555 0199").waitFor();
  await expect.poll(() => name.inputValue()).toBe("Aalto Oyj");
  expect(await phone.inputValue()).toBe("+358 40 555 0142");
  await page.getByRole("button", { name: "Take theirs" }).click();
  expect(await phone.inputValue()).toBe("+358 40 555 0199");
  expect(await phone.evaluate((input) => input === document.activeElement)).toBe(true);
  await page.getByText("All saved").waitFor();
});

test("to keep one's own text over a value that was seen is no conflict", async () => {
  const id = await desks.customer();
  const [page, ben] = [await desks.page(desks.ada, id), desks.colleague()];
  await page.getByLabel("Phone").fill("+358 40 555 0142");
  await ben.edit(id, { phone: "+358 40 555 0199" });
  await page.getByRole("button", { name: "Keep mine" }).click();
  await page.getByRole("button", { name: "Save" }).click();
  await expect.poll(() => phoneOf(id)).toBe("+358 40 555 0142");
  expect(await page.getByRole("dialog").count()).toBe(0);
});

test("a field with the focus and without text of one's own waits until it is left", async () => {
  const id = await desks.customer();
  const [page, ben] = [await desks.page(desks.ada, id), desks.colleague()];
  const phone = page.getByLabel("Phone");
  await expect.poll(() => phone.inputValue()).toBe("+358 40 555 0100");
  await phone.focus();
  await ben.edit(id, { phone: "+358 40 555 0199", name: "Aalto Oyj" });
  await expect.poll(() => page.getByLabel("Name").inputValue()).toBe("Aalto Oyj");
  expect(await phone.inputValue()).toBe("+358 40 555 0100");
  await phone.blur();
  await expect.poll(() => phone.inputValue()).toBe("+358 40 555 0199");
});

test("what is typed over a value that waits is based on what was on screen, so saving it is a conflict", async () => {
  const id = await desks.customer();
  const [page, ben] = [await desks.page(desks.ada, id), desks.colleague()];
  const phone = page.getByLabel("Phone");
  await expect.poll(() => phone.inputValue()).toBe("+358 40 555 0100");
  await phone.focus();
  await ben.edit(id, { phone: "+358 40 555 0199", name: "Aalto Oyj" });
  await expect.poll(() => page.getByLabel("Name").inputValue()).toBe("Aalto Oyj");
  await page.keyboard.type("7");
  await page.getByText("Ben set +358 40 555 0199").waitFor();
  await page.keyboard.press("Control+Enter");
  await page.getByRole("dialog", { name: "Resolve conflict" }).waitFor();
  expect(await phoneOf(id)).toBe("+358 40 555 0199");
});

test("nothing moves while an input method composes", async () => {
  const id = await desks.customer({ phone: null });
  const [page, ben] = [await desks.page(desks.ada, id), desks.colleague()];
  await expect.poll(() => page.getByLabel("Name").inputValue()).toBe("Aalto Oy");
  await page.getByLabel("Phone").focus();
  const keyboard = await page.context().newCDPSession(page);
  await keyboard.send("Input.imeSetComposition", { text: "にほん", selectionStart: 3, selectionEnd: 3 });
  await ben.edit(id, { name: "Aalto Oyj", phone: "+358 40 555 0199" });
  await page.getByRole("heading", { name: "Aalto Oyj" }).waitFor();
  expect(await page.getByLabel("Name").inputValue()).toBe("Aalto Oy");
  expect(await page.getByText("Ben set").count()).toBe(0);
  await keyboard.send("Input.insertText", { text: "日本" });
  await expect.poll(() => page.getByLabel("Name").inputValue()).toBe("Aalto Oyj");
  expect(await page.getByLabel("Phone").inputValue()).toBe("日本");
  await page.getByText("Ben set +358 40 555 0199").waitFor();
});

test("two submissions at once make one version", async () => {
  const id = await desks.customer();
  const page = await desks.page(desks.ada, id);
  const before = await versionOf(id);
  await page.getByLabel("Phone").fill("+358 40 555 0142");
  await page.evaluate(() => {
    const form = document.querySelector("form");
    form?.requestSubmit();
    form?.requestSubmit();
  });
  await page.getByText("All saved").waitFor();
  await expect.poll(() => versionOf(id)).toBe(before + 1);
  await page.getByLabel("Name").fill("Aalto Oyj");
  await page.getByRole("button", { name: "Save" }).click();
  await expect.poll(() => versionOf(id)).toBe(before + 2);
});

test("autosave saves after the last keystroke, and when a field is left", async () => {
  const id = await desks.customer();
  const page = await desks.page(desks.ada, id, { mode: "autosave" });
  await page.getByLabel("Phone").fill("+358 40 555 0142");
  await expect.poll(() => phoneOf(id)).toBe("+358 40 555 0142");
  await page.getByLabel("Tags").fill("key, nordic");
  await page.getByLabel("Tags").blur();
  await expect.poll(() => desks.colleague().ask("query ($id: ID!) { customer(id: $id) { tags } }", { id })).toEqual({ customer: { tags: ["key", "nordic"] } });
});

test("a text that was left unsaved is offered at the next visit", async () => {
  const id = await desks.customer();
  const page = await desks.page(desks.ada, id);
  await page.getByLabel("Phone").fill("+358 40 555 0142");
  await knowsPerson(page);
  await page.reload();
  await page.getByText("You left unsaved text here (Phone).").waitFor();
  expect(await page.getByLabel("Phone").inputValue()).toBe("+358 40 555 0100");
  await page.getByRole("button", { name: "Use it" }).click();
  await page.getByText("Unsaved: phone").waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await expect.poll(() => phoneOf(id)).toBe("+358 40 555 0142");
  await page.getByText("All saved").waitFor();
  await page.reload();
  await expect.poll(() => page.getByLabel("Phone").inputValue()).toBe("+358 40 555 0142");
  expect(await page.getByText("You left unsaved text here").count()).toBe(0);
});

test("a text that was left unsaved is gone when its person signs out", async () => {
  const [id, other] = [await desks.customer(), await desks.customer()];
  const page = await desks.page(desks.ada, other);
  const drafts = () => page.evaluate(() => Object.keys(sessionStorage).filter((name) => name.startsWith("tandem:draft:")).length);
  await page.getByLabel("Phone").fill("+358 40 555 0143");
  await knowsPerson(page);
  await page.goto(desks.world.url(desks.ada, { customer: id }));
  await page.getByLabel("Phone").fill("+358 40 555 0142");
  await expect.poll(drafts).toBe(2);
  await page.evaluate(() => (window as unknown as { tandem: { signOut(): Promise<void> } }).tandem.signOut());
  await expect.poll(drafts).toBe(0);
  await page.reload();
  await expect.poll(() => page.getByLabel("Phone").inputValue()).toBe("+358 40 555 0100");
  expect(await drafts()).toBe(0);
});

test("a text that the server refuses is back in the form, with the reason beside its field", async () => {
  const id = await desks.customer();
  const page = await desks.page(desks.ada, id);
  const company = page.getByLabel("Company");
  await company.fill("x".repeat(300));
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("This was not saved:").first().waitFor();
  expect(await company.inputValue()).toBe("x".repeat(300));
  await company.fill("Aalto Systems");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("All saved").waitFor();
  await expect.poll(() => page.locator("[data-tandem=notice]").count()).toBe(0);
});

async function phoneOf(id: string): Promise<string | null> {
  return (await desks.colleague().ask<{ customer: { phone: string | null } }>("query ($id: ID!) { customer(id: $id) { phone } }", { id })).customer.phone;
}

async function versionOf(id: string): Promise<number> {
  return (await desks.colleague().ask<{ customer: { version: number } }>("query ($id: ID!) { customer(id: $id) { version } }", { id })).customer.version;
}

/** Waits until the page knows its person: a draft is one person's, so there is none before. */
async function knowsPerson(page: Page): Promise<void> {
  await page.waitForFunction(() => (window as unknown as { tandem: TandemClient }).tandem.viewer.get() !== undefined);
}

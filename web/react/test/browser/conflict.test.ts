import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { picture } from "../../../testing/pictures.js";
import { Desks } from "./desk.js";

let desks: Desks;
beforeAll(async () => void (desks = await Desks.open()));
afterEach(() => desks.leave());
afterAll(() => desks?.close());

/** Lets Ada and Ben set the phone and the notes of a customer, so that Ada has a dialog before her. */
async function clash(): Promise<{ id: string; page: Page }> {
  const id = await desks.customer();
  const page = await desks.page(desks.ada, id);
  await page.getByLabel("Phone").fill("+358 40 555 0142");
  await page.getByLabel("Notes").fill("Call in April.");
  await page.getByLabel("Company").fill("Aalto Systems");
  await desks.colleague().edit(id, { phone: "+358 40 555 0199", notes: "Call in May." });
  await page.getByText("Ben set +358 40 555 0199").waitFor();
  await page.getByLabel("Company").press("Control+Enter");
  await dialogOf(page).getByText("Ben changed this while you were typing").waitFor();
  return { id, page };
}

const dialogOf = (page: Page) => page.getByRole("dialog", { name: "Resolve conflict" });
const choose = (page: Page, field: RegExp, side: string) => dialogOf(page).getByRole("radiogroup", { name: field }).getByRole("radio", { name: side }).check();

test("each field is decided for itself, and the other fields of the edit are kept", async () => {
  const { id, page } = await clash();
  await dialogOf(page).getByText("Your other change (Company) will be kept").waitFor();
  await choose(page, /Phone/, "Theirs");
  await choose(page, /Notes/, "Custom");
  await page.getByLabel("Another value").fill("Call in June.");
  await dialogOf(page).getByRole("button", { name: "Apply" }).click();
  await dialogOf(page).waitFor({ state: "detached" });
  await expect.poll(() => stateOf(id)).toEqual({ phone: "+358 40 555 0199", notes: "Call in June.", company: "Aalto Systems" });
  await expect.poll(() => page.getByLabel("Notes").inputValue()).toBe("Call in June.");
});

test("a conflict is decided by keyboard alone", async () => {
  const { id, page } = await clash();
  // The heading has the focus, so that a key that was meant for the form decides nothing.
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("H2");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Control+Enter");
  await dialogOf(page).getByText("Choose a side for Phone and Notes").first().waitFor();
  await tabTo(page, "All mine");
  await page.keyboard.press("Space");
  await tabTo(page, "Apply");
  await page.keyboard.press("Enter");
  await dialogOf(page).waitFor({ state: "detached" });
  await expect.poll(() => stateOf(id)).toEqual({ phone: "+358 40 555 0142", notes: "Call in April.", company: "Aalto Systems" });
});

test("Escape puts the decision off, and the form keeps it at hand", async () => {
  const { id, page } = await clash();
  await page.keyboard.press("Escape");
  await dialogOf(page).waitFor({ state: "detached" });
  expect(await page.getByLabel("Phone").inputValue()).toBe("+358 40 555 0142");
  expect(await page.getByLabel("Phone").getAttribute("data-state")).toBe("undecided");
  expect((await stateOf(id)).phone).toBe("+358 40 555 0199");
  await page.getByRole("button", { name: "Resolve conflict" }).click();
  await dialogOf(page).getByRole("button", { name: "All theirs" }).click();
  await dialogOf(page).getByRole("button", { name: "Apply" }).click();
  await dialogOf(page).waitFor({ state: "detached" });
  await expect.poll(() => page.getByLabel("Phone").inputValue()).toBe("+358 40 555 0199");
  await expect.poll(() => stateOf(id)).toEqual({ phone: "+358 40 555 0199", notes: "Call in May.", company: "Aalto Systems" });
});

test("when the dialog is put off, the focus is back where it was, by keyboard as by mouse", async () => {
  const { page } = await clash();
  const focused = () => page.evaluate(() => (document.activeElement as HTMLElement).id || document.activeElement?.textContent);
  await page.keyboard.press("Escape");
  await dialogOf(page).waitFor({ state: "detached" });
  expect(await focused()).toBe("company");
  await page.getByRole("button", { name: "Resolve conflict" }).click();
  await dialogOf(page).getByRole("button", { name: "Decide later" }).click();
  await dialogOf(page).waitFor({ state: "detached" });
  expect(await focused()).toBe("Resolve conflict");
});

test("when the other side has changed again, the dialog shows its new values, and choices that still hold are kept", async () => {
  const { id, page } = await clash();
  await choose(page, /Phone/, "Yours");
  await choose(page, /Notes/, "Custom");
  await page.getByLabel("Another value").fill("Call in June.");
  await desks.colleague().edit(id, { phone: "+358 40 555 0777" });
  await dialogOf(page).getByText("+358 40 555 0777").waitFor();
  await dialogOf(page).getByText("Ben has changed Phone again.", { exact: true }).first().waitFor();
  expect(await dialogOf(page).getByRole("radiogroup", { name: /Phone/ }).getByRole("radio", { name: "Yours" }).isChecked()).toBe(true);
  await picture(page, "react", "moved-on");
  await dialogOf(page).getByRole("button", { name: "Apply" }).click();
  await dialogOf(page).waitFor({ state: "detached" });
  await expect.poll(() => stateOf(id)).toEqual({ phone: "+358 40 555 0142", notes: "Call in June.", company: "Aalto Systems" });
});

test("a choice that no longer holds is asked for again, until it is made", async () => {
  const { id, page } = await clash();
  await choose(page, /Phone/, "Theirs");
  await desks.colleague().edit(id, { phone: "+358 40 555 0777" });
  const said = dialogOf(page).locator("footer p");
  await said.getByText("Ben has changed Phone again. Choose again for Phone.", { exact: true }).waitFor();
  expect(await dialogOf(page).getByRole("radiogroup", { name: /Phone/ }).getByRole("radio", { checked: true }).count()).toBe(0);
  await choose(page, /Phone/, "Theirs");
  await said.getByText("Ben has changed Phone again.", { exact: true }).waitFor();
});

test("after the page was loaded again, the notice still names the other person", async () => {
  const { page } = await clash();
  await page.keyboard.press("Escape");
  await page.reload();
  await page.getByText("Ben changed the same fields as you. Your edit waits for your decision.").waitFor();
});

test("a conflict that was resolved elsewhere closes its dialog with a word", async () => {
  const { id, page } = await clash();
  const otherDevice = desks.colleague(desks.ada);
  const { conflicts } = await otherDevice.ask<{ conflicts: { nodes: { id: string }[] } }>("query ($id: ID!) { conflicts(open: true, entityId: $id) { nodes { id } } }", { id });
  const resolve = "mutation ($id: ID!) { resolveCustomerConflict(input: { conflictId: $id, resolution: REMOTE }) { __typename } }";
  await otherDevice.ask(resolve, { id: conflicts.nodes[0]?.id });
  await page.getByText("This conflict is resolved").waitFor();
  await dialogOf(page).waitFor({ state: "detached" });
});

async function stateOf(id: string): Promise<{ phone: string; notes: string; company: string }> {
  return (await desks.colleague().ask<{ customer: { phone: string; notes: string; company: string } }>("query ($id: ID!) { customer(id: $id) { phone notes company } }", { id })).customer;
}

/** Presses Tab until a button has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let at = 0; at < 20; at++) {
    if (await page.evaluate((text) => document.activeElement?.textContent === text, name)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not reach ${name}`);
}

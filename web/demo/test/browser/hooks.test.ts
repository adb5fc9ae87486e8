import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Locator, Page } from "playwright-core";
import { openCustomer, says, shows, Stage } from "./stage.js";

let stage: Stage;
beforeAll(async () => void (stage = await Stage.open()));
afterEach((test) => stage.leave(test));
afterAll(() => stage.close());

/** The elements that other programs find on the page of a customer by its name or its label. Labels match in part, as Playwright does it by default. */
function hooksOf(page: Page): readonly (readonly [string, Locator])[] {
  const fields = ["Name", "E-mail", "Phone", "Company", "Status", "Owner", "Notes"];
  return [
    ...fields.map((label) => [label, page.getByLabel(label)] as const),
    ["Save", page.getByRole("button", { name: "Save" })],
    ["People here", page.getByRole("list", { name: "People here" })],
    ["Connection", page.getByRole("status", { name: "Connection" })],
  ];
}

/** Expects each hook to be one element, which is visible. */
async function expectHooks(page: Page): Promise<void> {
  for (const [name, locator] of hooksOf(page)) {
    expect([name, await locator.count(), await locator.first().isVisible()]).toEqual([name, 1, true]);
  }
}

test.each([["a desktop", 1440, 900], ["a phone", 390, 844]])("on %s, each field, Save, the people and the connection are found by name, alone and with two", async (_, width, height) => {
  const ada = await stage.page("ada", "/customers", { width, height });
  const path = await openCustomer(ada, "Zoë van den Berg");
  await says(ada.getByRole("list", { name: "People here" }), "Ada Lindqvist");
  await expectHooks(ada);
  const ben = await stage.page("ben", path);
  await shows(ada.getByRole("list", { name: "People here" }).getByText("Ben Okafor"));
  await ben.getByLabel("Phone", { exact: true }).focus();
  await says(ada.locator("form"), "Ben Okafor is typing");
  await expectHooks(ada);
  await expectHooks(ben);
  await ben.context().close();
});

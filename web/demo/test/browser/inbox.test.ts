import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Office } from "./office.js";
import { hides, shows } from "./stage.js";

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
  await shows(page.getByRole("menuitem", { name: "Next week" }));
  await page.getByRole("menuitem", { name: "Next week" }).press("Enter");
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

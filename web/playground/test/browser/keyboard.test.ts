import { expect, test } from "vitest";
import { answer, editor, workspace } from "./page";
import { Setting } from "./setting";

const setting = Setting.forFile();

test("the keyboard alone reaches everything, and Tab leaves the editors", async () => {
  const { page, faults } = await setting.open();
  const pane = workspace(page);
  const before = await editor(pane).innerText();
  await editor(pane).focus();
  await page.keyboard.press("Tab");
  expect(await editor(pane, "Variables").evaluate((element) => element === document.activeElement)).toBe(true);
  await page.keyboard.press("Shift+Tab");
  expect(await editor(pane).evaluate((element) => element === document.activeElement)).toBe(true);
  expect(await editor(pane).innerText()).toBe(before);

  await page.keyboard.press("Control+Enter");
  await answer(pane).getByText("totalCount").waitFor();

  await page.keyboard.press("Control+k");
  await page.keyboard.type("audit");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await pane.getByRole("button", { name: "AuditTrail", exact: true }).waitFor();
  await page.keyboard.press("Control+Enter");
  await answer(pane).getByText("auditTrail").waitFor();

  await page.keyboard.press("F1");
  await page.getByRole("dialog", { name: "Help" }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  expect(faults).toEqual([]);
  await page.context().close();
});

test("Enter opens the first operation of the list, and leaves the menu", async () => {
  const { page, faults } = await setting.open();
  const pane = workspace(page);
  const operations = page.getByRole("button", { name: "Operations" });
  await operations.click();
  await page.keyboard.type("restoreEnt");
  await page.keyboard.press("Enter");
  await pane.getByRole("button", { name: "RestoreEntity", exact: true }).waitFor();
  expect(await page.getByRole("dialog").count()).toBe(0);
  expect(await operations.evaluate((element) => element === document.activeElement)).toBe(true);

  await page.keyboard.press("Enter");
  // The description of a query has the word too, and queries come first in a list without a word.
  await page.keyboard.type("room");
  await page.keyboard.press("ArrowDown");
  await page.locator(".menu .row:focus").getByText("leaveRoom", { exact: true }).waitFor();
  await page.keyboard.press("ArrowUp");
  expect(await page.getByLabel("Find an operation").evaluate((element) => element === document.activeElement)).toBe(true);
  expect(faults).toEqual([]);
  await page.context().close();
});

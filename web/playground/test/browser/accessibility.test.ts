import { expect, test } from "vitest";
import { answer, editor, isAccessible, openTab, run, second, workspace, write } from "./page";
import { Setting } from "./setting";

const setting = Setting.forFile();

const looks = (["light", "dark"] as const).flatMap((colorScheme) => [1440, 390].map((width) => ({ colorScheme, width })));

test.for(looks)("axe finds nothing: $colorScheme, $width px", async ({ colorScheme, width }) => {
  const { page, faults } = await setting.open("?as=ada", { viewport: { width, height: 860 }, colorScheme });
  const pane = workspace(page);
  await isAccessible(page, "first visit");
  await openTab(pane, "Follow");
  await run(pane);
  await pane.getByText("Live", { exact: true }).waitFor();
  await pane.getByRole("button", { name: "Cut", exact: true }).click();
  await pane.getByText(/^Cut;/).waitFor();
  await isAccessible(page, "a cut connection");
  await openTab(pane, "Read");
  await run(pane);
  await answer(pane).waitFor();
  await isAccessible(page, "an answer");
  await openTab(pane, "Conflicts");
  await run(pane);
  await pane.getByRole("form").first().waitFor();
  await isAccessible(page, "conflicts in an answer");
  await pane.getByRole("button", { name: "Open conflicts" }).click();
  await page.getByRole("dialog").getByRole("form").first().waitFor();
  await isAccessible(page, "open conflicts");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "History" }).click();
  await write(editor(pane, "Variables"), "{");
  await run(pane);
  await pane.getByText(/The variables are not JSON/).waitFor();
  await isAccessible(page, "history and a mistake");
  await page.getByRole("button", { name: "Docs" }).click();
  await page.getByRole("button", { name: "Mutation" }).click();
  await isAccessible(page, "documentation");
  await page.keyboard.press("F1");
  await page.getByRole("dialog", { name: "Help" }).waitFor();
  await isAccessible(page, "help");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Two people" }).click();
  await editor(second(page)).waitFor();
  await isAccessible(page, "two people");
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").getByText("Queries").waitFor();
  await isAccessible(page, "menu");
  expect(faults).toEqual([]);
  await page.context().close();
});

test("a phone shows the operation in full lines, without scrolling sideways", async () => {
  const { page } = await setting.open("", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const box = await editor(workspace(page)).boundingBox();
  expect(box?.width).toBeGreaterThan(320);
  expect(box?.height).toBeGreaterThan(300);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await page.context().close();
});

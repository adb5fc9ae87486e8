import axe from "axe-core";
import type { BrowserContextOptions, Locator, Page } from "playwright-core";
import { expect } from "vitest";
import type { Chromium } from "../../../testing/browsers/chromium";
import { picture } from "../../../testing/pictures";

/** Opens an address in a browser context of its own. The errors of the page and of its console are in `faults`. */
export async function open(
  browser: Chromium,
  address: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; faults: string[] }> {
  const { context } = await browser.profile({ viewport: { width: 1440, height: 860 }, ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", ({ message }) => faults.push(message));
  page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
  await page.goto(address);
  await editor(page.getByRole("region", { name: /Workspace|First person/ })).waitFor();
  return { page, faults };
}

/** The one side of the page, and the two sides of it. */
export const workspace = (page: Page) => page.getByRole("region", { name: "Workspace", exact: true });
export const first = (page: Page) => page.getByRole("region", { name: "First person", exact: true });
export const second = (page: Page) => page.getByRole("region", { name: "Second person", exact: true });
/** The select of the person who acts on a side. */
export const person = (pane: Locator) => pane.getByLabel("Act as");
/** The answer of a side. */
export const answer = (pane: Locator) => pane.getByRole("textbox", { name: "Answer", exact: true });

/** The editor of an operation. */
export function editor(pane: Locator, name = "Operation"): Locator {
  return pane.getByRole("textbox", { name, exact: true });
}

/** Replaces the text of an editor, as by pasting. */
export async function write(field: Locator, text: string): Promise<void> {
  await field.focus();
  await field.press("ControlOrMeta+a");
  await field.page().keyboard.insertText(text);
}

/** Opens the tab of a name. */
export async function openTab(pane: Locator, name: string): Promise<void> {
  await pane.getByRole("button", { name, exact: true }).and(pane.locator(".tab")).click();
}

/** Runs the open tab, and returns its answer. */
export async function run(pane: Locator): Promise<void> {
  await pane.getByRole("button", { name: "Run", exact: true }).click();
}

/** Expects that axe finds nothing on the page, and writes a picture of it. */
export async function isAccessible(page: Page, state: string): Promise<void> {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const { axe: loaded } = globalThis as unknown as { axe: typeof axe };
    return (await loaded.run({ resultTypes: ["violations"] })).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  });
  const scheme = await page.evaluate(() => (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
  await picture(page, "playground", `${state} ${scheme} ${page.viewportSize()?.width}`);
  expect(violations, state).toEqual([]);
}

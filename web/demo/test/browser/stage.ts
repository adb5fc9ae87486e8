import { expect, type TestContext } from "vitest";
import type { FrameLocator, Locator, Page } from "playwright-core";
import { Chromium } from "../../../testing/browsers/index.js";
import { Server } from "../../../testing/server.js";

/** How long a test waits for what a person would wait for. Only a failing test takes this long. */
const patience = 45_000;

/** A page, or one of two people in a page. */
export type Screen = Page | FrameLocator;

/** The demo as the program serves it, with a browser before it. */
export class Stage {
  private constructor(readonly server: Server, private readonly browser: Chromium, readonly url: string) {}

  static async open(): Promise<Stage> {
    const server = await Server.start({ AUTH_SECRET: "" });
    return new Stage(server, await Chromium.launch(), `http://127.0.0.1:${server.port}`);
  }

  /** Opens a page of the demo as a person, on a device of their own. */
  async page(person: string, path: string, options: { readonly dark?: boolean; readonly width?: number; readonly height?: number; readonly touch?: boolean; before?(page: Page): Promise<void> } = {}): Promise<Page> {
    const { dark = false, width = 1360, height = 800, touch = false } = options;
    const profile = await this.browser.profile({ viewport: { width, height }, colorScheme: dark ? "dark" : "light", reducedMotion: "reduce", hasTouch: touch, isMobile: touch });
    profile.context.setDefaultTimeout(patience);
    const page = await profile.context.newPage();
    page.on("pageerror", (error) => { throw error; });
    await options.before?.(page);
    await page.goto(`${this.url}${path}${path.includes("?") ? "&" : "?"}as=${person}`);
    return page;
  }

  /** Closes the pages of a test. The second try of one that failed finds what the first one found. */
  async leave({ task }: TestContext): Promise<void> {
    await this.browser.close();
    if (task.result?.state === "fail") await this.server.renew();
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.remove();
  }
}

/** Waits until a locator shows something. */
export async function shows(locator: Locator): Promise<void> {
  await locator.first().waitFor({ state: "visible", timeout: patience });
}

/** Waits until a locator shows nothing any more. */
export async function hides(locator: Locator): Promise<void> {
  await locator.first().waitFor({ state: "hidden", timeout: patience });
}

/** Waits until the value of a field is the wanted one. */
export async function hasValue(locator: Locator, wanted: string): Promise<void> {
  await expect.poll(() => locator.inputValue(), { timeout: patience, interval: 50 }).toBe(wanted);
}

/** Waits until a locator has a text that matches. */
export async function says(locator: Locator, text: string | RegExp): Promise<void> {
  await expect.poll(() => locator.first().textContent(), { timeout: patience, interval: 50 }).toMatch(text);
}

/** Opens the first customer of the list that has a name, and returns its path. */
export async function openCustomer(page: Page, name: string): Promise<string> {
  await page.goto(new URL(`/customers?q=${encodeURIComponent(name)}`, page.url()).href);
  await page.getByRole("link", { name, exact: true }).click();
  await shows(page.getByLabel("Name", { exact: true }));
  return new URL(page.url()).pathname;
}

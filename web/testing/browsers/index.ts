import type { Browser, Engine } from "./browser.js";
import { Chromium } from "./chromium.js";
import { PuppeteerBrowser } from "./puppeteer.js";
import { WebKit } from "./webkit.js";

export { Tab, type Browser, type Engine, type Profile } from "./browser.js";
export { Chromium, type ChromiumProfile, type ChromiumTab } from "./chromium.js";
export { PuppeteerBrowser, PuppeteerTab, type PuppeteerProfile } from "./puppeteer.js";

/** All engines that a page has to work in. */
export const engines: readonly Engine[] = ["Chromium", "Firefox", "WebKit"];

/**
 * Starts a browser. A test fails if it is not installed: none is left out.
 *
 * @example
 * ```ts
 * const browser = await launch("Firefox");
 * const profile = await browser.profile();
 * const tab = await profile.tab(site.url);
 * expect(await tab.run(() => document.title)).toBe("Tandem");
 * await browser.close();
 * ```
 */
export function launch(engine: Engine): Promise<Browser> {
  switch (engine) {
    case "Chromium": return Chromium.launch();
    case "Firefox": return PuppeteerBrowser.firefox();
    case "WebKit": return WebKit.launch();
  }
}

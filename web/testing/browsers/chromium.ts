import { chromium, type Browser as Playwright, type BrowserContext, type BrowserContextOptions, type Page } from "playwright-core";
import { PATIENCE } from "../until.js";
import { Tab, type Browser, type Driver, type Profile } from "./browser.js";
import { shared } from "./shared.js";

/** Debian's Chromium. CHROMIUM names another one. */
export const chromiumPath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

/**
 * The popups of the address bar, which new versions of Chromium render as two pages behind each window of a test: they took 40 % of
 * its processor time.
 */
export const addressBar = ["WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"];

/** The features that Playwright switches off. Chromium reads only the last such list, so ours repeats them. */
const byPlaywright = [
  "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter",
  "PaintHolding", "ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled",
  "PreconnectToSearch",
];

/** Playwright switches the cache for back and forward off, unless `backForwardCache` is true. */
export interface ChromiumOptions {
  readonly backForwardCache?: boolean;
}

/** Chromium by way of Playwright, whose pages always believe that they are in front. */
export class Chromium implements Browser {
  readonly engine = "Chromium";
  private readonly contexts: BrowserContext[] = [];

  private constructor(readonly playwright: Playwright) {}

  /** Starts it, or returns the one that runs: the test files of a worker share it, and each has profiles of its own. */
  static async launch(options: ChromiumOptions = {}): Promise<Chromium> {
    const name = JSON.stringify(["Chromium", options]);
    return new Chromium(await shared(name, { start: () => start(options), isAlive: (each) => each.isConnected(), end: (each) => each.close() }));
  }

  async profile(options: BrowserContextOptions = {}): Promise<ChromiumProfile> {
    const context = await this.playwright.newContext(options);
    this.contexts.push(context);
    return new ChromiumProfile(context);
  }

  /** Closes the profiles of this file. */
  async close(): Promise<void> {
    await Promise.all(this.contexts.splice(0).map((context) => context.close()));
  }
}

function start({ backForwardCache }: ChromiumOptions): Promise<Playwright> {
  return chromium.launch({
    executablePath: chromiumPath,
    args: ["--no-sandbox", "--disable-dev-shm-usage", `--disable-features=${[...byPlaywright, ...addressBar].join(",")}`],
    ignoreDefaultArgs: backForwardCache ? ["--disable-back-forward-cache"] : [],
    timeout: PATIENCE,
  });
}

export class ChromiumProfile implements Profile {
  constructor(readonly context: BrowserContext) {
    context.setDefaultTimeout(PATIENCE);
  }

  async tab(url: string): Promise<ChromiumTab> {
    const tab = new ChromiumTab(await this.context.newPage());
    await tab.open(url);
    return tab;
  }

  close = (): Promise<void> => this.context.close();
}

export class ChromiumTab extends Tab {
  constructor(readonly page: Page) {
    super(driverOf(page));
  }
}

function driverOf(page: Page): Driver {
  // With the cache for back and forward, Playwright does not hear that a page was loaded, only that it was committed.
  const committed = { waitUntil: "commit" } as const;
  return {
    open: async (url) => void (await page.goto(url)),
    reload: async () => void (await page.reload()),
    back: async () => void (await page.goBack(committed)),
    forward: async () => void (await page.goForward(committed)),
    evaluate: (expression) => page.evaluate(expression),
    fill: (selector, text) => page.fill(selector, text),
    click: (selector) => page.click(selector),
    screenshot: () => page.screenshot(),
    close: () => page.close(),
  };
}

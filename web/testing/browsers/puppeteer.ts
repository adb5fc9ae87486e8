import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer, { type Browser as Puppeteer, type BrowserContext, type CDPSession, type LaunchOptions, type Page } from "puppeteer-core";
import { PATIENCE } from "../until.js";
import { Tab, type Browser, type Driver, type Engine, type Profile } from "./browser.js";
import { addressBar, chromiumPath } from "./chromium.js";
import { shared } from "./shared.js";

/** A browser by way of Puppeteer: Firefox, or a Chromium whose tabs really are hidden and frozen. */
export class PuppeteerBrowser implements Browser {
  private readonly contexts: BrowserContext[] = [];

  private constructor(readonly engine: Engine, private readonly puppeteer: Puppeteer) {}

  /**
   * Starts Debian's Firefox by WebDriver BiDi, or returns the one that the test files of this worker share. FIREFOX names
   * another one. It may have preferences that a person could have set.
   */
  static async firefox(preferences: Readonly<Record<string, unknown>> = {}): Promise<PuppeteerBrowser> {
    const executablePath = process.env["FIREFOX"] ?? "/usr/bin/firefox-esr";
    return PuppeteerBrowser.shared("Firefox", preferences, async () => ({ browser: "firefox", executablePath, extraPrefsFirefox: preferences }));
  }

  /** Starts a Chromium, or returns the one that the test files of this worker share. It may have preferences that a person could have set. */
  static async chromium(preferences: Readonly<Record<string, unknown>> = {}): Promise<PuppeteerBrowser> {
    return PuppeteerBrowser.shared("Chromium", preferences, async (folder) => {
      await mkdir(join(folder, "Default"));
      await writeFile(join(folder, "Default", "Preferences"), JSON.stringify(preferences));
      return { executablePath: chromiumPath, args: ["--no-sandbox", "--disable-dev-shm-usage", `--disable-features=${addressBar.join(",")}`] };
    });
  }

  private static async shared(engine: Engine, preferences: object, prepare: (folder: string) => Promise<LaunchOptions>): Promise<PuppeteerBrowser> {
    let userDataDir = "";
    return new PuppeteerBrowser(engine, await shared(`Puppeteer ${engine} ${JSON.stringify(preferences)}`, {
      start: async () => {
        userDataDir = await mkdtemp(join(tmpdir(), "tandem-browser-"));
        return puppeteer.launch({ ...(await prepare(userDataDir)), userDataDir, headless: true, timeout: 2 * PATIENCE });
      },
      isAlive: ({ connected }) => connected,
      end: async (each) => {
        await each.close();
        await rm(userDataDir, { recursive: true, force: true });
      },
    }));
  }

  async profile(): Promise<PuppeteerProfile> {
    const context = await this.puppeteer.createBrowserContext();
    this.contexts.push(context);
    return new PuppeteerProfile(context, this.engine);
  }

  /** Closes the profiles of this file. */
  async close(): Promise<void> {
    for (const context of this.contexts.splice(0)) await context.close();
  }
}

export class PuppeteerProfile implements Profile {
  constructor(private readonly context: BrowserContext, private readonly engine: Engine) {}

  async tab(url: string): Promise<PuppeteerTab> {
    const tab = new PuppeteerTab(await this.context.newPage(), this.engine);
    await tab.open(url);
    return tab;
  }

  close = (): Promise<void> => this.context.close();
}

export class PuppeteerTab extends Tab {
  private cdp: CDPSession | undefined;

  constructor(readonly page: Page, readonly engine: Engine) {
    page.setDefaultTimeout(PATIENCE);
    super(driverOf(page));
  }

  /** Lets the site of the page store no more than this many bytes, in Chromium. It has to be called before the site stores anything. */
  async limitStorage(bytes: number): Promise<void> {
    this.cdp ??= await this.page.createCDPSession();
    await this.cdp.send("Storage.overrideQuotaForOrigin", { origin: new URL(this.page.url()).origin, quotaSize: bytes });
  }

  /** Freezes the page, as Chromium does with tabs in the background after a while, or lets it go on. */
  async freeze(frozen: boolean): Promise<void> {
    this.cdp ??= await this.page.createCDPSession();
    await this.cdp.send("Page.setWebLifecycleState", { state: frozen ? "frozen" : "active" });
  }
}

function driverOf(page: Page): Driver {
  return {
    open: async (url) => void (await page.goto(url)),
    reload: async () => void (await page.reload()),
    back: async () => void (await page.goBack()),
    forward: async () => void (await page.goForward()),
    evaluate: (expression) => page.evaluate(expression) as Promise<unknown>,
    fill: (selector, text) => page.locator(selector).fill(text),
    click: (selector) => page.locator(selector).click(),
    screenshot: () => page.screenshot(),
    close: () => page.close(),
  };
}

import { chromium } from "playwright-core";
import puppeteer from "puppeteer-core";
import { PATIENCE } from "./until.ts";

/** A page of a real browser, with what the tests of both browsers need. */
export interface Tab {
  open(url: string): Promise<void>;
  evaluate<T>(expression: string): Promise<T>;
  close(): Promise<void>;
}

/** Debian's Chromium, driven by Playwright. CHROMIUM names another one. */
export function launchChromium() {
  return chromium.launch({ executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium", args: ["--no-sandbox"], timeout: PATIENCE });
}

async function chromiumTab(): Promise<Tab> {
  const browser = await launchChromium();
  const page = await browser.newPage();
  return {
    open: async (url) => void (await page.goto(url, { timeout: PATIENCE })),
    evaluate: (expression) => page.evaluate(expression),
    close: () => browser.close(),
  };
}

/** Debian's Firefox, driven by WebDriver BiDi. FIREFOX names another one. */
async function firefoxTab(): Promise<Tab> {
  const executablePath = process.env["FIREFOX"] ?? "/usr/bin/firefox-esr";
  const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true, timeout: PATIENCE });
  const page = await browser.newPage();
  return {
    open: async (url) => void (await page.goto(url, { timeout: PATIENCE })),
    evaluate: <T>(expression: string) => page.evaluate(expression) as Promise<T>,
    close: () => browser.close(),
  };
}

export const tabs: Readonly<Record<string, () => Promise<Tab>>> = { Chromium: chromiumTab, Firefox: firefoxTab };

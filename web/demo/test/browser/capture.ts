import axe from "axe-core";
import type { AxeResults, RunOptions } from "axe-core";
import type { Page } from "playwright-core";
import { picture } from "../../../testing/pictures.js";

/** A way in which a person can see a page. */
export interface Style {
  readonly name: string;
  readonly size: { readonly width: number; readonly height: number };
  readonly colorScheme: "light" | "dark";
  readonly forcedColors?: "active";
  readonly direction?: "rtl";
  /** The rules of axe that can differ from those of the first style; all, if none are named. */
  readonly rules?: readonly string[];
}

const desktop = { width: 1360, height: 800 };

/** The styles in which every page and state is looked at. */
export const everyStyle: readonly Style[] = [
  { name: "light", size: desktop, colorScheme: "light" },
  // In the dark only colors differ.
  { name: "dark", size: desktop, colorScheme: "dark", rules: ["color-contrast"] },
  { name: "phone", size: { width: 390, height: 844 }, colorScheme: "light" },
];

/** The styles of people who set up their browser for themselves. */
export const ownStyles: readonly Style[] = [
  { name: "right-to-left", size: desktop, colorScheme: "light", direction: "rtl" },
  // A window of 1360 pixels at 200 %.
  { name: "zoomed", size: { width: 680, height: 400 }, colorScheme: "light" },
  // The browser replaces the colors, so their contrast is its own.
  { name: "forced-colors", size: desktop, colorScheme: "dark", forcedColors: "active", rules: ["link-in-text-block"] },
];

/** Writes a picture of a state in each style, and returns what axe finds and where the page is larger than its window. */
export async function capture(page: Page, state: string, styles: readonly Style[] = everyStyle): Promise<string[]> {
  const found: string[] = [];
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  for (const { name, size, colorScheme, forcedColors, direction, rules } of styles) {
    await page.setViewportSize(size);
    await page.emulateMedia({ colorScheme, forcedColors: forcedColors ?? "none" });
    await page.evaluate((dir) => void (document.documentElement.dir = dir), direction ?? "ltr");
    found.push(...(await overflows(page)).map((each) => `${state}, ${name}: ${each}`));
    await picture(page, "demo", `${state} ${name}`);
    found.push(...(await violations(page, rules)).map((each) => `${state}, ${name}: ${each}`));
  }
  const [first] = styles;
  if (first) await page.setViewportSize(first.size);
  return found;
}

/** Returns how the page is larger than its window: higher, so that a focused element could move all of it, or wider. */
function overflows(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const frames = [document.documentElement, document.body, document.getElementById("app")].filter((each) => each !== null);
    const high = frames.some(({ scrollHeight, clientHeight }) => scrollHeight > clientHeight);
    const wide = frames.some(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth);
    return [...(high ? ["the frame of the page can scroll"] : []), ...(wide ? ["the page is wider than its window"] : [])];
  });
}

async function violations(page: Page, rules: readonly string[] | undefined): Promise<string[]> {
  // The policy of the page lets no other script in; this one is evaluated from outside.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  const options: RunOptions = { resultTypes: ["violations"], ...(rules ? { runOnly: [...rules] } : {}) };
  const { violations: list } = await page.evaluate(async (given) => (await (window as unknown as { axe: typeof axe }).axe.run(document, given)) as AxeResults, options);
  return list.flatMap(({ id, nodes }) => nodes.map(({ target, any }) => `${id} at ${target.join(" ")} (${any[0]?.message ?? ""})`));
}

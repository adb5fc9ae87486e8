import { setTimeout as pause } from "node:timers/promises";
import type { CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PATIENCE, until } from "../../../testing/until.js";
import { Office } from "./office.js";
import type { Screen } from "./screen.js";
import { heldMemory, mark, tasks } from "./work.js";

const items = 10_000;
const perSecond = 200;
const news = 2_000;

let office: Office;

beforeAll(async () => void (office = await Office.open()));
afterAll(() => office.close());

/** Makes edits at the rate of the burst. After the machine was busy, batches are larger, until the rate is reached again. */
async function burst(edit: (count: number) => Promise<void>): Promise<void> {
  const began = performance.now();
  for (let sent = 0; sent < news; ) {
    const due = Math.floor(((performance.now() - began) / 1000) * perSecond) + 1;
    const count = Math.min(due, news, sent + 100) - sent;
    if (count > 0) await edit(count);
    else await pause(5);
    sent += Math.max(0, count);
  }
}

/** Counts the activities that come to a page. */
async function arrivals(devtools: CDPSession): Promise<{ readonly count: number }> {
  const arrived = { count: 0 };
  devtools.on("Network.webSocketFrameReceived", ({ response: { payloadData } }) => {
    if (payloadData.includes('"data":{"activity":{')) arrived.count++;
  });
  await devtools.send("Network.enable");
  return arrived;
}

/** The activities that are rendered, from top to bottom: their places in the feed and the phones that were set. */
const rendered = (page: Page) => page.getByRole("feed").getByRole("article").evaluateAll((articles) => articles
  .map((article) => ({ top: article.getBoundingClientRect().top, place: Number(article.ariaPosInSet), texts: [...article.querySelectorAll("ins")].map(({ textContent }) => textContent) }))
  .sort((one, other) => one.top - other.top));

/** The article in the middle of the window, and its place there. */
const middle = (page: Page) => page.evaluate(() => {
  const article = document.elementFromPoint(innerWidth / 2, innerHeight / 2)?.closest("article");
  return article && `${article.ariaPosInSet} ${article.querySelector("ins")?.textContent} @${Math.round(article.getBoundingClientRect().top)}`;
});

/** Scrolls on until the feed has read this many activities. */
async function readOn(screen: Screen, count: number): Promise<void> {
  await until(`${count} activities`, () => screen.page.evaluate((wanted) => {
    const scroller = document.querySelector("[data-tandem=activity-scroll]");
    scroller?.scrollTo({ top: scroller.scrollHeight });
    return [...document.querySelectorAll("[role=feed] article")].some((article) => Number(article.ariaPosInSet) >= wanted);
  }, count), 10 * PATIENCE, 50);
}

/** Scrolls up to a place that is not the top, and returns what is in the middle when the feed has come to rest. */
async function settle(screen: Screen): Promise<string> {
  await screen.page.locator("[data-tandem=activity-scroll]").evaluate((scroller) => scroller.scrollTo({ top: 3_000 }));
  let seen: string | null | undefined;
  await screen.shows("a feed that has come to rest", async () => {
    const last = seen;
    await pause(300);
    seen = await middle(screen.page);
    return Boolean(seen) && seen === last;
  });
  return seen ?? "";
}

/** Reads a page's tasks during the burst from the trace, prints their figures, and returns their processor time in all, in milliseconds. */
function workOf(trace: Buffer, name: string): number {
  const all = tasks(trace, name);
  const total = all.reduce((sum, each) => sum + each, 0);
  console.info(`${name}: ${Math.round(total)} ms of processor time for ${news} activities; the longest tasks: ${all.slice(0, 3).map((each) => `${Math.round(each)} ms`).join(", ")}`);
  return total;
}

// It takes half a minute, and slow machines need several times as long.
test("in a feed of 10,000 activities, while 2,000 come at 200 a second, nothing moves, the work is that of a short feed, and memory stays", async () => {
  const ben = office.colleague("ben");
  const edit = await ben.many();
  for (let round = 0; round < items / 100; round++) await edit();
  const [ada, chloe] = await Promise.all([office.open("ada", "/activity"), office.open("chloe", "/activity")]);
  for (const each of [ada, chloe]) await each.shows("activity", async () => (await each.page.getByRole("article").count()) > 5);
  await readOn(ada, items);
  const [before] = await Promise.all([settle(ada), settle(chloe)]);
  const devtools = await ada.page.context().newCDPSession(ada.page);
  await devtools.send("HeapProfiler.enable");
  const memory = await heldMemory(devtools);
  const arrived = await arrivals(devtools);
  const { playwright } = office.browser;
  await playwright.startTracing(ada.page, { categories: ["toplevel", "blink.user_timing"] });
  await Promise.all([mark(ada.page, "long feed"), mark(chloe.page, "short feed")]);

  await burst(edit);
  for (const { page } of [ada, chloe]) await page.getByRole("button", { name: `${news} new` }).waitFor({ timeout: 4 * PATIENCE });
  const trace = await playwright.stopTracing();
  expect(arrived.count).toBe(news);
  // Both pages ran at the same time on the same machine, so the ratio holds on slow and busy ones.
  expect(workOf(trace, "long feed") / workOf(trace, "short feed")).toBeLessThan(1.5);
  expect(await middle(ada.page)).toBe(before);
  expect((await heldMemory(devtools)) - memory, "MB more").toBeLessThan(3);
  const places = (await rendered(ada.page)).map(({ place }) => place);
  expect(places.length, "articles that are rendered").toBeLessThan(100);
  expect(places).toEqual(places.map((_, at) => (places[0] ?? 0) + at));

  await ada.page.getByRole("button", { name: `${news} new` }).click();
  await ada.shows("the newest activity", async () => (await rendered(ada.page))[0]?.texts.includes(String(items + news)));
  const newest = await rendered(ada.page);
  expect(newest.map(({ place }) => place)).toEqual(newest.map((_, at) => at + 1));
  for (const [at, { texts }] of newest.entries()) expect(texts).toContain(String(items + news - at));
}, 20 * PATIENCE);

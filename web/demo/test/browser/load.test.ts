import { setTimeout as pause } from "node:timers/promises";
import type { CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { until } from "../../../testing/until.js";
import { Office } from "./office.js";
import type { Screen } from "./screen.js";
import { heldMemory, longestTasks } from "./work.js";

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

/** Notes when each activity comes to a page, in seconds of the browser's clock. */
async function arrivals(devtools: CDPSession): Promise<readonly number[]> {
  const times: number[] = [];
  devtools.on("Network.webSocketFrameReceived", ({ timestamp, response: { payloadData } }) => {
    if (payloadData.includes('"data":{"activity":{')) times.push(timestamp);
  });
  await devtools.send("Network.enable");
  return times;
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
  }, count), 300_000, 50);
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

// It takes half a minute, and a busy machine needs many times as long.
test("in a feed of 10,000 activities, while 2,000 come at 200 a second, nothing moves, no task is longer than 50 ms, and memory stays", async () => {
  const ben = office.colleague("ben");
  const edit = await ben.many();
  for (let round = 0; round < items / 100; round++) await edit();
  const ada = await office.open("ada", "/activity");
  await ada.shows("activity", async () => (await ada.page.getByRole("article").count()) > 5);
  await readOn(ada, items);
  const before = await settle(ada);
  const devtools = await ada.page.context().newCDPSession(ada.page);
  await devtools.send("HeapProfiler.enable");
  const memory = await heldMemory(devtools);
  const times = await arrivals(devtools);
  const { playwright } = office.browser;
  await playwright.startTracing(ada.page, { categories: ["toplevel", "disabled-by-default-devtools.timeline", "__metadata"] });

  await burst(edit);
  await ada.page.getByRole("button", { name: `${news} new` }).waitFor({ timeout: 120_000 });
  const tasks = longestTasks(await playwright.stopTracing());
  expect(times.length).toBe(news);
  const seconds = (times.at(-1) ?? 0) - (times[0] ?? 0);
  // A machine that does other work takes longer, but not twice as long.
  expect(news / seconds, "activities a second").toBeGreaterThan(perSecond / 2);
  expect(tasks[0], `milliseconds of the longest tasks: ${tasks.join(", ")}`).toBeLessThan(50);
  expect(await middle(ada.page)).toBe(before);
  expect((await heldMemory(devtools)) - memory, "MB more").toBeLessThan(3);
  const places = (await rendered(ada.page)).map(({ place }) => place);
  expect(places).toEqual(places.map((_, at) => (places[0] ?? 0) + at));

  await ada.page.getByRole("button", { name: `${news} new` }).click();
  await ada.shows("the newest activity", async () => (await rendered(ada.page))[0]?.texts.includes(String(items + news)));
  const newest = await rendered(ada.page);
  expect(newest.map(({ place }) => place)).toEqual(newest.map((_, at) => at + 1));
  for (const [at, { texts }] of newest.entries()) expect(texts).toContain(String(items + news - at));
}, 600_000);

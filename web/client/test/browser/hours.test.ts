import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Chromium, type ChromiumTab } from "../../../testing/browsers/index.js";
import { until } from "../../../testing/until.js";
import { Scene } from "./scene.js";

let browser: Chromium;
let scene: Scene;

beforeAll(async () => void (browser = await Chromium.launch()));
afterEach(() => scene.close());
afterAll(() => browser.close());

test("a page that is open for twelve hours, by a fast clock, keeps its connection and its presence, and misses nothing", async () => {
  scene = await Scene.open([["Chromium", await browser.profile()]], { prepare: (tab) => (tab as ChromiumTab).page.clock.install() });
  const tab = scene.followers[0]?.tab as ChromiumTab;
  await scene.are("connected", { state: "connected", transport: "ws" });
  await tab.run(() => void globalThis.page.enter("room", "ada's tab"));
  const present = async () => (await scene.colleague.ask<{ presence: { totalCount: number } }>('{ presence(room: "room") { totalCount } }')).presence.totalCount;
  await until("presence", async () => (await present()) === 1);
  const began = await tab.run(() => Date.now());
  for (let round = 1; round <= 72; round++) {
    await tab.page.clock.fastForward("10:00");
    // An event that was sent after the client's ping shows that the answer to that ping is there.
    await scene.colleague.edit(scene.customer, { notes: `after ${round * 10} minutes` });
    await tab.waitFor("event", (count) => globalThis.page.events.length >= count, round + 1);
  }
  expect(await tab.run((from) => Date.now() - from, began)).toBeGreaterThanOrEqual(12 * 3_600_000);
  expect(scene.world.network.seen.socket, "sockets").toBe(1);
  expect(await present()).toBe(1);
  await scene.agree();
});

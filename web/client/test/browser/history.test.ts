import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { until } from "../../../testing/until.js";
import { Engines, Scene } from "./scene.js";

let browsers: Engines;
let scene: Scene;

beforeAll(async () => void (browsers = await Engines.launch()));
afterAll(() => browsers.close());
afterEach(() => scene.close());

test("a page that comes back from the history is live again and never old, with one presence for each person", async () => {
  scene = await Scene.open(browsers.profiles);
  const { world, colleague, customer } = scene;
  await scene.are("connected", { state: "connected" });
  const present = async () => (await colleague.ask<{ presence: { totalCount: number } }>('{ presence(room: "room") { totalCount } }')).presence.totalCount;
  await scene.all((tab, name) => tab.run((clientId) => {
    globalThis.page.enter("room", clientId);
    document.title = "the same page";
  }, name));
  await until("all people in the room", async () => (await present()) === scene.followers.length);
  for (let round = 0; round < 2; round++) {
    await scene.all((tab) => tab.open(`${world.origin}/blank`));
    await until("end of the sockets", () => world.network.open("socket") === 0);
    await colleague.edit(customer, { notes: `while away: ${round}` });
    await scene.all((tab) => tab.back());
    await scene.all((tab, name) => tab.waitFor(`page of ${name}`, () => Boolean(globalThis.page?.status)));
    await scene.are("connected", { state: "connected" });
    await scene.agree();
    expect(await present()).toBeLessThanOrEqual(scene.followers.length);
  }
  const titles = await scene.all(async (tab, name) => [name, await tab.run(() => document.title)] as const);
  expect(new Map(titles).get("Chromium")).toBe("the same page");
});

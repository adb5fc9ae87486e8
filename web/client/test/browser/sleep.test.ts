import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { PuppeteerBrowser, type PuppeteerProfile, type PuppeteerTab } from "../../../testing/browsers/index.js";
import { until } from "../../../testing/until.js";
import { Scene } from "./scene.js";

/** A Chromium whose tabs are hidden and frozen as those of people are. */
let browser: PuppeteerBrowser;
let profile: PuppeteerProfile;
let scene: Scene;

beforeAll(async () => {
  browser = await PuppeteerBrowser.chromium();
  profile = await browser.profile();
});
afterAll(() => browser.close());
afterEach(() => scene.close());

test("a tab that was frozen for ten minutes has everything after one attempt, with one presence", async () => {
  scene = await Scene.open([["Chromium", profile]]);
  const { network } = scene.world;
  const tab = scene.followers[0]?.tab as PuppeteerTab;
  await scene.are("connected", { state: "connected", transport: "ws" });
  await tab.run(() => {
    globalThis.page.enter("room", "ada's tab");
    const clock = Date.now;
    const woken = { at: 0, freshAfter: 0 };
    Object.assign(globalThis, { woken });
    // Ten minutes have passed when the client is notified.
    window.addEventListener("resume", () => {
      woken.at = performance.now();
      Date.now = () => clock() + 600_000;
    }, { capture: true });
    const { status } = globalThis.page.tandem;
    status.subscribe(() => {
      const { state, catchingUp } = status.get();
      if (woken.at > 0 && state === "connected" && !catchingUp) woken.freshAfter ||= performance.now() - woken.at;
    });
  });
  const { length: before } = await tab.run(() => globalThis.page.states);
  await tab.freeze(true);
  await until("end of the socket", () => network.open("socket") === 0);
  for (let count = 0; count < 20; count++) await scene.colleague.edit(scene.customer, { notes: `while it slept: ${count}` });

  const { socket } = network.seen;
  await tab.freeze(false);
  await scene.agree();
  expect(network.seen.socket - socket, "attempts").toBe(1);
  const freshAfter = await tab.waitFor("end of the catching up", () => (globalThis as unknown as { woken: { freshAfter: number } }).woken.freshAfter);
  // It takes less than a second, unless the machine is busy.
  expect(freshAfter, "milliseconds").toBeLessThan(5_000);
  const states = await tab.run((from) => globalThis.page.states.slice(from).map(({ state }) => state), before);
  // It is hidden before it is frozen, which the status shows too.
  expect(states.filter((state, at) => state !== (states[at - 1] ?? "connected"))).toEqual(["reconnecting", "connected"]);
  await expect(scene.colleague.ask('{ presence(room: "room") { totalCount } }')).resolves.toEqual({ presence: { totalCount: 1 } });
});

import type { CDPSession } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Chromium, type ChromiumTab } from "../../../testing/browsers/index.js";
import { PATIENCE } from "../../../testing/until.js";
import { Scene } from "./scene.js";

let browser: Chromium;
let scene: Scene;

beforeAll(async () => {
  browser = await Chromium.launch();
  scene = await Scene.open([["Chromium", await browser.profile()]]);
});
afterAll(async () => {
  await scene.close();
  await browser.close();
});

/** The memory that the page holds, in MB. */
async function held(devtools: CDPSession): Promise<number> {
  await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize } = await devtools.send("Runtime.getHeapUsage");
  return usedSize / 2 ** 20;
}

/** Follows the customers from a position until this many changes have come, and stops. Returns the last of them. */
async function replay(after: string, count: number): Promise<string> {
  const query = `subscription ($after: Cursor) { customerChanged(after: $after) {
    cursor kind entityId version fromVersion clientMutationId changes { field oldValue newValue } customer { id version name phone notes }
  } }`;
  let seen = 0;
  return new Promise((resolve, fail) => {
    const stop = globalThis.page.tandem.link.follow<{ customerChanged: { entityId: string; version: number } }>({
      query, after,
      next: ({ customerChanged: { entityId, version } }) => {
        if (++seen < count) return;
        setTimeout(stop);
        resolve(`${entityId}:${version}`);
      },
      ended: fail,
    });
  });
}

// It takes half a minute, and a busy machine needs many times as long.
test("a page that has received 100,000 changes holds no more memory than before", async () => {
  const { colleague, followers: [follower] } = scene;
  const tab = follower?.tab as ChromiumTab;
  const devtools = await tab.page.context().newCDPSession(tab.page);
  await devtools.send("HeapProfiler.enable");
  const after = await colleague.position();
  const edit = await colleague.many();
  await tab.run(() => {
    for (const list of [globalThis.page.tandem.list({ type: "Customer" }), globalThis.page.tandem.activity()]) list.subscribe(() => undefined);
  });
  for (let round = 0; round < 10; round++) await edit();
  await tab.run(replay, after, 1_100);
  const before = await held(devtools);

  for (let round = 0; round < 90; round++) await edit();
  const [last] = (await colleague.changes(after)).slice(-1);
  for (let round = 0; round < 9; round++) expect(await tab.run(replay, after, 10_100)).toBe(last);
  await scene.agree();
  // The page of the tests keeps what it saw itself: about a hundred bytes of each of the 9,000 live changes.
  expect((await held(devtools)) - before, "MB more").toBeLessThan(3);
}, 20 * PATIENCE);

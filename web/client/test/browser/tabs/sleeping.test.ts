import { afterEach, beforeEach, expect, test } from "vitest";
import { PuppeteerBrowser } from "../../../../testing/browsers/index.js";
import { Crew } from "./crew.js";

let browser: PuppeteerBrowser;
let crew: Crew;

beforeEach(async () => void (crew = await Crew.gather()));
afterEach(async () => {
  await browser.close();
  await crew.close();
});

test("a leader that the browser freezes leaves the lead, and has missed nothing when it runs again", async () => {
  browser = await PuppeteerBrowser.chromium();
  const profile = await browser.profile();
  const tabs = [await crew.open(profile), await crew.open(profile), await crew.open(profile)];
  const { leader, others } = await crew.leader(tabs);
  await others[0]?.page.bringToFront();
  await leader.freeze(true);
  await crew.leader(others);
  await crew.sockets(1);
  await crew.create();
  for (const tab of others) await crew.sees(tab);

  await leader.freeze(false);
  expect((await crew.leader(tabs)).leader).not.toBe(leader);
  await crew.create();
  for (const tab of tabs) await crew.sees(tab);
  await crew.sockets(1);
});

test("a hidden tab says that events may come late, and one in front does not", async () => {
  browser = await PuppeteerBrowser.chromium();
  const profile = await browser.profile();
  const behind = await crew.open(profile);
  const front = await crew.open(profile);
  await front.page.bringToFront();
  await behind.waitFor("slowness", () => globalThis.shared.tandem.status.get().slow);
  expect(await front.run(() => globalThis.shared.tandem.status.get().slow)).toBe(false);
  await behind.page.bringToFront();
  await behind.waitFor("end of slowness", () => !globalThis.shared.tandem.status.get().slow);
});

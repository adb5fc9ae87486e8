import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Office } from "./office.js";
import { hasValue, hides, shows } from "./stage.js";
import { expectStored, of, setPreferences } from "./stored.js";

let office: Office;
beforeAll(async () => void (office = await Office.open()));
afterEach((test) => office.leave(test));
afterAll(() => office.close());

declare global {
  /** The timers of half a minute that run. */
  var intervals: Set<number>;
}

test("what one tab changes shows in another", async () => {
  const { page } = await office.open("chloe", "/inbox/preferences");
  const other = await page.context().newPage();
  await other.goto(page.url());
  const push = (tab: typeof page) => tab.getByRole("checkbox", { name: "Comments: Push" });
  await shows(push(other));
  expect(await push(other).isChecked()).toBe(false);
  await push(page).check();
  await expect.poll(() => push(other).isChecked()).toBe(true);
  await other.getByRole("checkbox", { name: "Quiet hours" }).check();
  await hasValue(page.getByLabel("From", { exact: true }), "22:00");
});

test("a channel that is turned off leaves the others as another device stored them, also before the page shows that", async () => {
  const { page } = await office.open("ben", "/inbox/preferences");
  const inbox = page.getByRole("checkbox", { name: "Mentions: Inbox" });
  await shows(inbox);
  await office.ask("ben", setPreferences, { input: { channels: [{ kind: "MENTION", channels: ["IN_APP", "PUSH", "EMAIL"] }] } });
  await inbox.uncheck();
  await expectStored(office, "ben", of("MENTION"), { kind: "MENTION", channels: ["PUSH", "EMAIL"], isDefault: false });
  await expect.poll(() => page.getByRole("checkbox", { name: "Mentions: E-mail" }).isChecked()).toBe(true);
});

test("what another device changes shows when the person comes back to the page, which asks nothing while it is hidden", async () => {
  const { page } = await office.open("ben", "/inbox/preferences");
  await page.addInitScript(countIntervals);
  await page.reload();
  const box = page.getByRole("checkbox", { name: "Deletions: Push" });
  await shows(box);
  const intervals = () => page.evaluate(() => globalThis.intervals.size);
  const [before, shown] = [await box.isChecked(), await intervals()];
  const turn = (state: DocumentVisibilityState) => page.evaluate((next) => {
    Object.defineProperty(document, "visibilityState", { value: next, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);
  await turn("hidden");
  expect(await intervals()).toBe(shown - 1);
  const channels = before ? ["IN_APP"] : ["IN_APP", "PUSH"];
  await office.ask("ben", setPreferences, { input: { channels: [{ kind: "ENTITY_DELETED", channels }] } });
  await turn("visible");
  await expect.poll(() => box.isChecked(), { timeout: 20_000 }).toBe(!before);
  expect(await intervals()).toBe(shown);
});

/** Counts the timers of half a minute that run in a page. */
function countIntervals(): void {
  const [begin, end] = [window.setInterval.bind(window), window.clearInterval.bind(window)];
  globalThis.intervals = new Set();
  const counted = (run: () => void, ms?: number) => {
    const id = begin(run, ms);
    if (ms === 30_000) globalThis.intervals.add(id);
    return id;
  };
  Object.assign(window, { setInterval: counted, clearInterval: (id: number) => (globalThis.intervals.delete(id), end(id)) });
}

test("a change that was not stored is taken back, and its error goes once the page has read what is stored", async () => {
  const screen = await office.open("ada", "/inbox/preferences");
  const box = screen.page.getByRole("checkbox", { name: "Comments: Push" });
  await shows(box);
  const before = await box.isChecked();
  office.network.set({ refuse: true });
  office.network.reset();
  await box.click();
  const alert = screen.page.getByRole("row", { name: "Comments" }).getByRole("alert").filter({ hasText: "The server did not answer." });
  await shows(alert);
  await expect.poll(() => box.isChecked()).toBe(before);
  office.network.set({});
  await screen.connected();
  await hides(alert);
  expect(await box.isChecked()).toBe(before);
});

test("what was read before a change is not shown after it", async () => {
  const { page } = await office.open("jonas", "/inbox/preferences");
  const box = page.getByRole("checkbox", { name: "Deletions: Push" });
  await shows(box);
  const before = await box.isChecked();
  let release: (() => void) | undefined;
  await page.route("**/graphql", async (route) => {
    const answer = await route.fetch();
    await new Promise<void>((resolve) => (release = resolve));
    await route.fulfill({ response: answer });
  }, { times: 1 });
  await page.evaluate(() => window.dispatchEvent(new Event("focus")));
  await expect.poll(() => release !== undefined).toBe(true);
  const answered = async (operation: string) => {
    const response = await page.waitForResponse((each) => each.url().endsWith("/graphql") && (each.request().postData() ?? "").includes(operation));
    await response.finished();
  };
  // A tab that has stored a change notifies itself, too, and reads once more.
  await Promise.all([answered("mutation SetPreferences"), answered("query Preferences"), box.click()]);
  await Promise.all([answered("query Preferences"), release?.()]);
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  expect(await box.isChecked()).toBe(!before);
});

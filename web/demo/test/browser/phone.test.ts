import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Locator, Page } from "playwright-core";
import { hides, openCustomer, says, shows, Stage } from "./stage.js";

let stage: Stage;
beforeAll(async () => void (stage = await Stage.open()));
afterEach((test) => stage.leave(test));
afterAll(() => stage.close());

const size = { width: 390, height: 844 };

/** Returns the box of an element that is shown. */
async function boxOf(locator: Locator) {
  await shows(locator);
  const box = await locator.first().boundingBox();
  if (!box) throw new Error("it has no box");
  return box;
}

/** Expects the whole width of an element to be on the screen. */
async function expectOnScreen(locator: Locator): Promise<void> {
  const { x, width } = await boxOf(locator);
  expect(x).toBeGreaterThanOrEqual(0);
  expect(x + width).toBeLessThanOrEqual(size.width);
}

/** Has Ada mention a person on a customer. */
async function mention(name: string, customer: string): Promise<void> {
  const ada: Page = await stage.page("ada", "/customers");
  await openCustomer(ada, customer);
  await ada.getByRole("button", { name: "Comments" }).click();
  await ada.getByLabel("Comment", { exact: true }).fill(`@${name.slice(0, 3)}`);
  await shows(ada.getByRole("listbox", { name: "People to mention" }).getByRole("option", { name }));
  await ada.keyboard.press("Enter");
  await ada.getByRole("button", { name: /^Comment/ }).last().click();
  await ada.context().close();
}

test("offline, the head keeps the name and the people, and a line below says what waits", async () => {
  const page = await stage.page("ben", "/customers", size);
  await openCustomer(page, "Erik Johansson");
  await says(page.getByRole("list", { name: "People here" }), "Ben Okafor");
  await page.context().setOffline(true);
  await page.getByLabel("Phone", { exact: true }).fill("+46 1");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await says(page.getByRole("status", { name: "Connection" }), /Offline.*1/);
  for (const each of [page.locator(".record-title h1"), page.getByRole("list", { name: "People here" }), page.getByRole("status", { name: "Connection" })]) await expectOnScreen(each);
  const [name, line] = [await boxOf(page.locator(".record-title h1")), await boxOf(page.getByRole("status", { name: "Connection" }))];
  expect(name.width).toBeGreaterThan(90);
  expect(line.y).toBeGreaterThan(name.y + name.height);
});

test("beside two people, the buttons of a record keep their size, and the tab has the name of the record", async () => {
  const page = await stage.page("ada", "/customers", { ...size, touch: true });
  const ben = await stage.page("ben", await openCustomer(page, "Erik Johansson"));
  await shows(page.getByRole("list", { name: "People here" }).getByText("Ben Okafor"));
  const more = page.getByRole("button", { name: "More", exact: true });
  await expectOnScreen(more);
  expect((await boxOf(more)).width).toBe(44);
  expect(await page.title()).toBe("Erik Johansson · Tandem");
  await ben.context().close();
});

test("a toast covers nothing of the page, and leaves the navigation where it is", async () => {
  const page = await stage.page("chloe", "/customers", size);
  await openCustomer(page, "Niamh Gallagher");
  const navigation = page.getByRole("navigation", { name: "Main" }).last();
  const before = await boxOf(navigation);
  expect(before.y + before.height).toBe(size.height);
  await mention("Chloé Marchand", "Niamh Gallagher");
  const toast = await boxOf(page.locator("[data-tandem=toast]"));
  const content = await boxOf(page.locator("main"));
  expect(content.y + content.height).toBeLessThanOrEqual(toast.y);
  expect(toast.y + toast.height).toBeLessThanOrEqual(before.y);
  expect(await boxOf(navigation)).toEqual(before);
});

test("a conflict whose dialog is open has no toast, and put off, its notice leaves Save where it is", async () => {
  const page = await stage.page("ben", "/customers", size);
  const path = await openCustomer(page, "Håkon Sæther");
  const ada = await stage.page("ada", path);
  const unread = page.getByRole("link", { name: /^Inbox/ }).last();
  const before = await unread.textContent();
  await page.getByLabel("Phone", { exact: true }).fill("+47 2");
  await ada.getByLabel("Phone", { exact: true }).fill("+47 1");
  await ada.getByRole("button", { name: "Save", exact: true }).click();
  await shows(page.getByText("+47 1"));
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await shows(page.getByRole("dialog", { name: "Resolve conflict" }));
  await expect.poll(() => unread.textContent()).not.toBe(before);
  await hides(page.locator("[data-tandem=toast]"));
  const options = await page.locator("[data-tandem=option]").all();
  expect(new Set(await Promise.all(options.map(async (option) => (await boxOf(option)).x))).size).toBe(1);
  await page.getByRole("button", { name: "Decide later" }).click();
  const [notice, save] = [await boxOf(page.locator("[data-tandem=notice]")), await boxOf(page.getByRole("button", { name: "Save", exact: true }))];
  expect(notice.y + notice.height).toBeLessThanOrEqual(save.y);
  await ada.context().close();
});

test("filters and the search are large enough to touch", async () => {
  const page = await stage.page("ada", "/customers", { ...size, touch: true });
  await shows(page.locator("tbody [data-row]"));
  for (const each of [...await page.locator(".filter-button").all(), page.getByRole("searchbox")]) expect((await boxOf(each)).height).toBeGreaterThanOrEqual(40);
});

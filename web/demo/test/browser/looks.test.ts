import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { capture, ownStyles } from "./capture.js";
import { openCustomer, says, shows, Stage } from "./stage.js";

let stage: Stage;
let page: Page;
beforeAll(async () => {
  stage = await Stage.open();
  page = await stage.page("ada", "/customers");
});
afterAll(() => stage.close());

/** A page in a state that a person can bring it into. */
interface Look {
  readonly name: string;
  readonly path: string;
  readonly ready: string;
  /** Brings the page into its state. */
  then?(page: Page): Promise<void>;
}

const open = (keys: string) => async (page: Page) => {
  await page.keyboard.press(keys);
  await shows(page.locator("dialog[open]"));
};

const looks: readonly Look[] = [
  { name: "customers", path: "/customers", ready: "tbody [data-row]" },
  { name: "customers-filtered", path: "/customers?status=lead,active&owner=ben", ready: "tbody [data-row]" },
  { name: "customers-none", path: "/customers?q=xyzzy", ready: ".notice h2" },
  { name: "calls", path: "/calls", ready: "tbody [data-row]" },
  { name: "meetings", path: "/meetings", ready: ".agenda-line" },
  { name: "deals", path: "/deals", ready: ".card [data-row]" },
  { name: "deals-table", path: "/deals/table", ready: "tbody [data-row]" },
  { name: "inbox", path: "/inbox", ready: ".inbox-line:visible" },
  { name: "inbox-snoozing", path: "/inbox", ready: ".inbox-line:visible", then: snooze },
  { name: "preferences", path: "/inbox/preferences", ready: ".channels tbody tr" },
  { name: "activity", path: "/activity", ready: "[role=feed] article" },
  { name: "gone", path: "/customers/cus_00000000000000000000000000", ready: ".notice h2" },
  { name: "no-page", path: "/deals/table/none", ready: ".notice h2" },
  { name: "palette", path: "/customers", ready: "tbody [data-row]", then: open("Control+k") },
  { name: "help", path: "/customers", ready: "tbody [data-row]", then: open("?") },
  { name: "create", path: "/deals", ready: ".card [data-row]", then: open("c") },
  ...["details", "comments", "calls", "history"].map((tab): Look => ({ name: `customer-${tab}`, path: "/customers?q=Gro%C3%9F", ready: "tbody [data-row]", then: (page) => openTab(page, tab) })),
  { name: "filter-menu", path: "/customers", ready: "tbody [data-row]", then: (page) => page.getByRole("button", { name: "Filter by status" }).click() },
];

/** Leaves one notification snoozed, and the menu of the next one open. */
async function snooze(page: Page): Promise<void> {
  const menus = page.getByRole("button", { name: /^Snooze: / });
  const [undo, snoozed, choice] = [page.getByRole("button", { name: "Undo" }), page.locator(".inbox-snoozed > summary"), page.getByRole("menuitem").first()];
  await menus.first().click();
  await choice.click();
  await shows(undo);
  await snoozed.click();
  await menus.first().click();
  await shows(choice);
}

async function openTab(page: Page, tab: string): Promise<void> {
  await page.locator("tbody [data-row]").first().click();
  await shows(page.locator(".record"));
  if (tab === "details") return says(page.locator(".record-title h1"), "Groß");
  await page.locator(`.tab[data-tab=${tab}]`).click();
  await shows(page.locator(tab === "history" ? ".history-table" : tab === "comments" ? ".feed .deed" : ".related-row"));
}

test.each(looks)("$name is accessible, light, dark, and on a phone", async (look) => {
  await show(look);
  expect(await capture(page, look.name)).toEqual([]);
});

const someLooks = looks.filter(({ name }) => ["customers", "customer-details", "deals", "meetings", "inbox-snoozing", "palette", "create"].includes(name));

test.each(someLooks)("$name fits and is accessible from right to left, at 200 %, and with forced colors", async (look) => {
  await show(look);
  expect(await capture(page, look.name, ownStyles)).toEqual([]);
});

async function show({ path, ready, then }: Look): Promise<void> {
  await page.goto(`${stage.url}${path}`);
  await page.locator(ready).first().waitFor({ state: "attached" });
  await then?.(page);
}

test("what two people do at once is accessible, light, dark, and on a phone", async () => {
  const found: string[] = [];
  const ada = await stage.page("ada", "/customers");
  const ben = await stage.page("ben", await openCustomer(ada, "Jürgen Groß"));
  await shows(ada.getByRole("list", { name: "People here" }).getByText("Ben Okafor"));
  await ada.getByLabel("Company", { exact: true }).fill("Hopfenstern Brewing");
  await ada.getByLabel("Phone", { exact: true }).fill("+49 30 23125 142");
  await ada.getByLabel("Notes", { exact: true }).fill("Two brewhouses, one taproom.\nPrefers calls before eleven.");
  await shows(ben.getByText("Ada Lindqvist is typing"));
  found.push(...(await capture(ben, "another is typing")));
  await ben.getByLabel("Phone", { exact: true }).fill("+49 30 23125 199");
  await ben.getByLabel("Notes", { exact: true }).fill("Two brewhouses, one taproom.\nPrefers calls before nine.");
  await ben.getByRole("button", { name: "Save", exact: true }).click();
  await shows(ada.getByText("+49 30 23125 199"));
  found.push(...(await capture(ada, "changed by another")));
  await ada.getByRole("button", { name: "Save", exact: true }).click();
  const dialog = ada.getByRole("dialog", { name: "Resolve conflict" });
  await dialog.getByRole("radio", { name: "Theirs" }).first().check();
  found.push(...(await capture(ada, "conflict")));
  await dialog.getByRole("button", { name: "Decide later" }).click();
  await shows(ada.getByRole("button", { name: "Resolve conflict" }));
  found.push(...(await capture(ada, "decided later")));
  await ada.goto(`${stage.url}/customers`);
  await shows(ada.getByRole("list", { name: "On this row" }));
  found.push(...(await capture(ada, "somebody on a row")));
  await ada.keyboard.press("n");
  await ada.getByRole("button", { name: "Cut", exact: true }).click();
  await shows(ada.getByText("Offline"));
  found.push(...(await capture(ada, "network cut")));
  expect(found).toEqual([]);
});

test("everything can be done by keys", async () => {
  await page.goto(`${stage.url}/inbox`);
  await shows(page.locator(".inbox-line:visible"));
  await page.keyboard.press("g");
  await page.keyboard.press("c");
  await shows(page.locator("tbody [data-row]"));
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  const name = await page.evaluate(() => document.activeElement?.textContent ?? "");
  expect(name).toBe(await page.locator("tbody [data-row]").nth(1).textContent());
  await page.keyboard.press("Enter");
  await says(page.locator(".record-title h1"), name);
  await shows(page.getByLabel("Name", { exact: true }));
  await page.keyboard.press("e");
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).name)).toBe("email");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("deals as");
  await page.keyboard.press("Enter");
  await says(page.getByRole("heading", { level: 1 }), "Deals");
  await page.keyboard.press("?");
  await shows(page.getByRole("dialog", { name: "Keyboard shortcuts" }));
  await page.keyboard.press("Escape");
  expect(await page.locator("dialog[open]").count()).toBe(0);
});

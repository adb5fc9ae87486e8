import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Locator, Page } from "playwright-core";
import { hasValue, openCustomer, says, shows, Stage } from "./stage.js";

let stage: Stage;
beforeAll(async () => void (stage = await Stage.open()));
afterEach((test) => stage.leave(test));
afterAll(() => stage.close());

/** Returns a number of the panel of the network. */
const number = (page: Page, label: string) => page.locator(".numbers > div").filter({ hasText: label }).locator("dd");

test("beside each other: one is cut off, both edit, and nothing is lost or doubled", async () => {
  const finder = await stage.page("ada", "/customers");
  const path = await openCustomer(finder, "Erik Johansson");
  await finder.close();
  const page = await stage.page("", `/beside?left=ada&right=ben&at=${path}`, { width: 1560, height: 900 });
  const [ada, ben] = [page.frameLocator("iframe[name=left]"), page.frameLocator("iframe[name=right]")];
  await shows(ada.getByRole("list", { name: "People here" }).getByText("Ben Okafor"));
  const bottomOf = async (locator: Locator) => (await locator.boundingBox().then((box) => box && box.y + box.height)) ?? Infinity;
  expect(await bottomOf(ada.getByLabel("Notes", { exact: true }))).toBeLessThanOrEqual((await ada.locator(".record-foot").boundingBox())?.y ?? 0);
  expect(await ada.locator(".tabs").evaluate((tabs) => tabs.scrollWidth - tabs.clientWidth)).toBe(0);
  await page.getByRole("button", { name: "Cut" }).click();
  await says(number(page, "Connection"), /reconnecting|offline/);
  await ben.getByLabel("Phone", { exact: true }).fill("+46 31 1");
  await ben.getByRole("button", { name: "Save", exact: true }).click();
  await says(number(page, "Waiting edits"), "1");
  await says(ben.getByRole("status", { name: "Connection" }), "1 change waits on this device");
  for (const company of ["Skärgården 1", "Skärgården 2", "Skärgården 3"]) {
    await ada.getByLabel("Company", { exact: true }).fill(company);
    await ada.getByRole("button", { name: "Save", exact: true }).click();
    await says(ada.locator(".record-foot"), /^Save$/);
  }
  await page.getByRole("button", { name: "Reset" }).click();
  await says(number(page, "Connection"), "WebSocket");
  await hasValue(ben.getByLabel("Company", { exact: true }), "Skärgården 3");
  await hasValue(ada.getByLabel("Phone", { exact: true }), "+46 31 1");
  await says(number(page, "Compared with the server"), /^[1-9]/);
  await says(number(page, "Resumed"), /^[1-9]/);
  expect(await number(page, "Lost").textContent()).toBe("0");
  expect(await number(page, "Doubled").textContent()).toBe("0");
  await says(page.locator(".timeline"), /resumed \d+ events?, sent 1 edit, none lost, none doubled/);
});

test("without WebSockets the client uses event streams, without streams it polls, and each still receives changes", async () => {
  const ada = await stage.page("ada", "/customers");
  const path = await openCustomer(ada, "Niamh Gallagher");
  const ben = await stage.page("ben", path);
  await shows(ben.getByLabel("Phone", { exact: true }));
  await ben.keyboard.press("n");
  for (const [knob, transport, phone] of [["No WebSockets", "event stream", "+353 1"], ["No streams", "polling", "+353 2"]] as const) {
    await ben.getByRole("button", { name: knob }).click();
    await says(number(ben, "Connection"), transport);
    await ada.getByLabel("Phone", { exact: true }).fill(phone);
    await ada.getByRole("button", { name: "Save", exact: true }).click();
    await hasValue(ben.getByLabel("Phone", { exact: true }), phone);
  }
  // By itself the client would try a socket again only after half a minute.
  await ben.getByRole("button", { name: "Reset" }).click();
  await expect.poll(() => number(ben, "Connection").textContent()).toContain("WebSocket");
});

test("a token that the server refuses, and an instance that stops, are recovered from", async () => {
  const page = await stage.page("chloe", "/customers");
  await shows(page.getByRole("row", { name: /Ruairí/ }));
  await page.keyboard.press("n");
  await says(number(page, "Connection"), "WebSocket");
  await page.getByRole("button", { name: "Expire the token" }).click();
  await says(page.locator(".timeline"), /away/);
  await says(number(page, "Connection"), "WebSocket");
  await page.getByRole("button", { name: "Stop this instance" }).click();
  await says(number(page, "Connection"), /reconnecting|offline/);
  await says(number(page, "Connection"), "WebSocket");
  await page.getByRole("link", { name: "Ruairí Mac Giolla" }).click();
  await shows(page.getByLabel("Name", { exact: true }));
  expect(await number(page, "Lost").textContent()).toBe("0");
});

import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { hasValue, hides, says, shows, Stage } from "./stage.js";

let stage: Stage;
beforeAll(async () => void (stage = await Stage.open()));
afterEach((test) => stage.leave(test));
afterAll(() => stage.close());

/** Waits until the page has loaded the code of all that this test opens, which it does while nothing else is to be done. */
async function loadsParts(page: Page): Promise<void> {
  const parts = ["ActivityPage", "Agenda", "Board", "CustomerPage", "RecordPage"];
  await page.waitForFunction((names) => {
    const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
    return names.every((part) => loaded.some((name) => name.includes(`/assets/${part}-`)));
  }, parts);
  // The page asks for the imports of the parts together with the parts.
  await page.waitForLoadState("networkidle");
}

test("a page that was never opened says so while the server is away, counts nothing, and comes by itself", async () => {
  const page = await stage.page("ada", "/customers");
  await shows(page.locator("tbody [data-row]"));
  await loadsParts(page);
  await stage.server.kill();
  for (const [link, what] of [["Deals", "Deals"], ["Calls", "Calls"], ["Meetings", "Meetings"], ["Activity", "Activities"]] as const) {
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: new RegExp(`^${link}`) }).click();
    await shows(page.getByText(`${what} can’t be shown until the connection is back.`));
  }
  expect(await page.locator(".sidebar[data-stale] .total").count()).toBeGreaterThan(0);
  await page.getByRole("link", { name: /^Deals/ }).click();
  expect(await page.locator(".column").count()).toBe(0);
  await page.getByRole("link", { name: /^Customers/ }).click();
  await page.locator("tbody [data-row]").first().click();
  await shows(page.getByLabel("Name", { exact: true }));
  await shows(page.locator(".record-side").getByText("You are offline"));
  await stage.server.start();
  await shows(page.locator(".record-side article"));
  await hides(page.locator(".sidebar[data-stale]"));
  await page.getByRole("link", { name: /^Deals/ }).click();
  await says(page.locator(".column h2 .number").first(), /^\d+$/);
});

test("a new customer has the address of the server once it is there, and the old address leads to it on this device only", async () => {
  const page = await stage.page("ada", "/customers");
  await shows(page.locator("tbody [data-row]"));
  let answers: (() => void) | undefined;
  const answered = new Promise<void>((resolve) => (answers = resolve));
  await page.route("**/graphql", async (route) => {
    if (route.request().postData()?.includes("createCustomer")) await answered;
    await route.fallback();
  });
  await page.getByRole("button", { name: "New customer" }).first().click();
  await page.getByRole("dialog").getByLabel("Name", { exact: true }).fill("Readdressed Oy");
  await page.keyboard.press("Control+Enter");
  await says(page.getByRole("heading", { level: 1 }), "Readdressed Oy");
  const early = page.url();
  expect(early).toContain("/customers/new%3A");
  const phone = page.getByLabel("Phone", { exact: true });
  await phone.fill("+358 40 555");
  answers?.();
  await page.waitForURL(/customers\/(?!new)/);
  // The person goes on where they are.
  await page.keyboard.type(" 0142");
  await page.keyboard.press("Control+Enter");
  await shows(page.getByRole("feed").getByText("+358 40 555 0142"));
  const address = page.url();

  const ben = await stage.page("ben", new URL(address).pathname);
  await hasValue(ben.getByLabel("Phone", { exact: true }), "+358 40 555 0142");
  await shows(page.getByRole("list", { name: "People here" }).getByText("Ben Okafor"));
  await page.reload();
  await hasValue(phone, "+358 40 555 0142");
  await page.goto(early);
  await hasValue(phone, "+358 40 555 0142");
  expect(page.url()).toBe(address);

  await ben.goto(early);
  await shows(ben.getByRole("heading", { name: "This customer is not on this device" }));
  await ben.getByRole("main").getByRole("button", { name: "All customers" }).click();
  await shows(ben.getByRole("heading", { name: "Customers", exact: true }));
});

test("a page that is loaded again without a connection shows the edits that wait for it, and the customer when it is back", async () => {
  let away = false;
  const cut = new Set<{ close(): unknown }>();
  const page = await stage.page("jonas", "/customers", {
    before: async (opened) => {
      await opened.route("**/graphql**", (route) => (away ? route.abort() : route.continue()));
      await opened.routeWebSocket("**/graphql**", (socket) => {
        if (away) return void socket.close();
        socket.connectToServer();
        cut.add(socket);
      });
    },
  });
  await page.locator("tbody [data-row]").first().click();
  await shows(page.getByLabel("Name", { exact: true }));
  const name = await page.getByLabel("Name", { exact: true }).inputValue();
  away = true;
  for (const socket of cut) socket.close();
  await page.getByLabel("Phone", { exact: true }).fill("+44 20 7946 0999");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await shows(page.getByText("Kept on this device"));
  await page.reload();
  await shows(page.getByText("This customer can’t be shown until the connection is back."));
  const waiting = page.getByRole("region", { name: "Changes that wait" });
  await says(waiting, /Phone\s*\+44 20 7946 0999/);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: /^Customers/ }).click();
  await waiting.getByRole("link", { name: "A customer" }).click();
  away = false;
  await hasValue(page.getByLabel("Phone", { exact: true }), "+44 20 7946 0999");
  await hasValue(page.getByLabel("Name", { exact: true }), name);
  await hides(page.getByText(/waits? on this device/));
});

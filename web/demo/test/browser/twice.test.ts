import type { Page, WebSocket } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openCustomer, shows, Stage } from "./stage.js";

let stage: Stage;
beforeAll(async () => void (stage = await Stage.open()));
afterEach((test) => stage.leave(test));
afterAll(() => stage.close());

const pressTwice = (page: Page, selector: string) => page.locator(selector).evaluate((form: HTMLFormElement) => (form.requestSubmit(), form.requestSubmit()));

test("a form that is submitted twice at once creates once", async () => {
  const ada = await stage.page("ada", "/customers");
  await shows(ada.getByRole("row"));
  await ada.keyboard.press("c");
  await ada.getByLabel("Name", { exact: true }).fill("Once Oy");
  await pressTwice(ada, "[role=dialog] form, dialog form");
  await shows(ada.getByRole("heading", { level: 1, name: "Once Oy" }));
  await ada.goto(`${stage.url}/customers?q=Once`);
  await shows(ada.getByRole("link", { name: "Once Oy" }));
  expect(await ada.getByRole("link", { name: "Once Oy" }).count()).toBe(1);
});

test("what is typed while a comment is sent stays, and a comment without an answer is sent again as it was", async () => {
  const ada = await stage.page("ada", "/customers");
  await openCustomer(ada, "Erik Johansson");
  await ada.getByRole("button", { name: "Comments" }).click();
  const field = ada.getByRole("textbox", { name: "Comment", exact: true });
  const sent: string[] = [];
  let answers: Promise<unknown> = Promise.resolve();
  await ada.route("**/graphql", async (route) => {
    const body = route.request().postData() ?? "";
    if (!body.includes("mentionIds")) return route.continue();
    sent.push(body);
    if (sent.length === 2) return route.abort();
    await answers;
    return route.continue();
  });
  let answer = () => {};
  answers = new Promise<void>((resolve) => (answer = resolve));
  await field.fill("First");
  await field.press("Control+Enter");
  await expect.poll(() => sent.length).toBe(1);
  await field.fill("Second");
  answer();
  await shows(ada.getByText("First", { exact: true }));
  expect(await field.inputValue()).toBe("Second");
  await field.press("Control+Enter");
  await shows(ada.getByRole("alert").getByText(/^Not sent/));
  await field.fill("Second, changed");
  await field.press("Control+Enter");
  await shows(ada.getByText("Sent as it was at first."));
  expect(await field.inputValue()).toBe("Second, changed");
  expect(sent[2]).toBe(sent[1]);
});

test("a page reads one token, and of two people that are chosen at once the last one counts", async () => {
  const page = await stage.page("mallory", "/customers");
  const open = new Set<WebSocket>();
  const tokens: string[] = [];
  page.on("websocket", (socket) => (open.add(socket), socket.on("close", () => open.delete(socket))));
  page.on("request", (request) => void (request.url().endsWith("/demo/token") && tokens.push(request.postData() ?? "")));
  await page.evaluate(() => sessionStorage.setItem("tandem-demo-lab", "open"));
  const choices = page.getByRole("button", { name: /Grace Whitfield|Ben Okafor/ });
  await expect.poll(() => choices.count()).toBe(2);
  await choices.evaluateAll((buttons) => buttons.forEach((button) => (button as HTMLElement).click()));
  await shows(page.getByRole("button", { name: /^Grace Whitfield/ }));
  await page.getByRole("status", { name: "Connection" }).getByText("Live").waitFor();
  await page.getByRole("row").getByRole("link").first().click();
  await shows(page.getByLabel("Name", { exact: true }));
  expect(open.size).toBe(1);
  expect(tokens.length).toBe(1);
});

test("a part that the server no longer has offers a reload", async () => {
  const ada = await stage.page("ada", "/customers");
  await ada.route("**/assets/Board-*.js", (route) => route.fulfill({ status: 404 }));
  await ada.goto(`${stage.url}/deals`);
  await shows(ada.getByText("This page could not be loaded"));
  await ada.unroute("**/assets/Board-*.js");
  await ada.getByRole("button", { name: "Reload" }).click();
  await shows(ada.getByRole("heading", { level: 1, name: "Deals" }));
});

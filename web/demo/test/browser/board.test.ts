import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Locator, Page } from "playwright-core";
import { hides, says, shows, Stage } from "./stage.js";

let stage: Stage;
beforeAll(async () => void (stage = await Stage.open()));
afterEach((test) => stage.leave(test));
afterAll(() => stage.close());

const column = (page: Page, stage: string): Locator => page.locator(`[data-stage=${stage}]`);
const card = (page: Page, stage: string, title: RegExp): Locator => column(page, stage).getByRole("listitem").filter({ hasText: title });
const centre = async (locator: Locator) => {
  const box = await locator.boundingBox();
  if (!box) throw new Error("it is not on the page");
  return { x: box.x + box.width / 2, y: box.y + Math.min(box.height / 2, 60) };
};

test("a deal moves by the mouse, everybody sees who holds it, and sums follow", async () => {
  const [ada, ben] = [await stage.page("ada", "/deals"), await stage.page("ben", "/deals")];
  await shows(card(ben, "open", /Drinking water/));
  const from = await centre(card(ada, "open", /Drinking water/));
  const to = await centre(column(ada, "negotiation"));
  await ada.mouse.move(from.x, from.y);
  await ada.mouse.down();
  await ada.mouse.move(from.x + 20, from.y + 20);
  await ada.mouse.move(to.x, to.y, { steps: 5 });
  await shows(column(ben, "negotiation").getByText("Ada is moving this"));
  await ada.mouse.up();
  await shows(card(ada, "negotiation", /Drinking water/));
  await shows(card(ben, "negotiation", /Drinking water/));
  await hides(ben.getByText("Ada is moving this"));
  await says(column(ben, "negotiation").locator("h2"), "€24,362");
});

test("a deal moves by keys and by its menu", async () => {
  const ada = await stage.page("ada", "/deals");
  await card(ada, "open", /Replacement/).getByRole("link").focus();
  await ada.keyboard.press("Shift+ArrowRight");
  await shows(card(ada, "proposal", /Replacement/));
  await card(ada, "proposal", /Replacement/).getByRole("button", { name: /^Move/ }).click();
  await ada.getByRole("menuitemradio", { name: "Lost" }).click();
  await shows(card(ada, "lost", /Replacement/));
});

test("a finger that rests on a deal moves it, also to a stage beyond the edge of a phone", async () => {
  const ada = await stage.page("ada", "/deals", { width: 390, height: 844, touch: true });
  const deal = card(ada, "proposal", /Service for all branches/);
  await deal.scrollIntoViewIfNeeded();
  const { x, y } = await centre(deal);
  const fingers = await ada.context().newCDPSession(ada);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", ...touchPoints: { x: number; y: number }[]) => fingers.send("Input.dispatchTouchEvent", { type, touchPoints });
  await touch("touchStart", { x, y });
  await shows(ada.locator(".card.dragged"));
  await touch("touchMove", { x: 370, y });
  await shows(ada.locator(".column.over[data-stage=lost]"));
  await touch("touchEnd");
  await shows(card(ada, "lost", /Service for all branches/));
});

test("a deal that two people move at once is a conflict", async () => {
  const [ada, ben] = [await stage.page("ada", "/deals"), await stage.page("ben", "/deals")];
  const from = await centre(card(ben, "negotiation", /Taps on five floors/));
  await ben.mouse.move(from.x, from.y);
  await ben.mouse.down();
  await ben.mouse.move(from.x + 20, from.y + 20);
  await shows(ada.getByText("Ben is moving this"));
  await card(ada, "negotiation", /Taps on five floors/).getByRole("link").focus();
  await ada.keyboard.press("Shift+ArrowRight");
  await shows(card(ada, "won", /Taps on five floors/));
  const to = await centre(column(ben, "lost"));
  await ben.mouse.move(to.x, to.y, { steps: 5 });
  await ben.mouse.up();
  const dialog = ben.getByRole("dialog", { name: "Resolve conflict" });
  await dialog.getByRole("radio", { name: "Theirs" }).check();
  await dialog.getByRole("button", { name: "Apply" }).click();
  await hides(dialog);
  await shows(card(ben, "won", /Taps on five floors/));
});

test("the activity names a changed amount in its currency", async () => {
  const ada = await stage.page("ada", "/deals/table");
  await ada.locator("tbody [data-row]").filter({ hasText: /Drinking water/ }).click();
  await ada.getByLabel(/^Amount/).fill("1234");
  await ada.getByRole("button", { name: "Save", exact: true }).click();
  await says(ada.getByRole("feed").locator("ins").first(), "€1,234");
  await ada.getByRole("link", { name: /^Activity/ }).click();
  await says(ada.getByRole("feed").locator("ins").first(), "€1,234");
  await says(ada.getByRole("feed").locator("s").first(), /^€/);
});

test("a person whose role lets them only read is offered nothing that they may not do", async () => {
  const grace = await stage.page("grace", "/deals");
  await shows(grace.locator("[data-deal]"));
  expect(await grace.getByRole("button", { name: /^Move/ }).count()).toBe(0);
  const from = await centre(grace.locator("[data-deal]").first());
  await grace.mouse.move(from.x, from.y);
  await grace.mouse.down();
  await grace.mouse.move(from.x + 40, from.y + 20, { steps: 3 });
  expect(await grace.locator(".dragged").count()).toBe(0);
  await grace.mouse.up();
  for (const [path, name] of [["/deals", "Deals"], ["/calls", "Calls"], ["/meetings", "Meetings"], ["/customers", "Customers"]] as const) {
    await grace.goto(`${stage.url}${path}`);
    await shows(grace.locator("main [data-row]"));
    await shows(grace.getByRole("heading", { level: 1, name }));
    expect(await grace.getByRole("button", { name: /^New/ }).count()).toBe(0);
    await grace.keyboard.press("c");
    expect(await grace.getByRole("dialog").count()).toBe(0);
  }
});

test("a deal that the server refuses to create says why, and its page leads back", async () => {
  const ada = await stage.page("ada", "/deals");
  await shows(ada.locator("[data-deal]"));
  await ada.keyboard.press("c");
  await ada.getByRole("dialog").getByLabel("Title", { exact: true }).fill("x".repeat(5_000));
  await ada.keyboard.press("Control+Enter");
  const notice = ada.getByRole("alert").filter({ hasText: "This deal was not created" });
  await shows(notice.getByText("Owner: Ada Lindqvist"));
  await notice.getByRole("button", { name: "Dismiss" }).click();
  await shows(ada.locator("[data-deal]"));
  await hides(ada.getByText("could not be stored"));
});

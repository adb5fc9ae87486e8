import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { noteTold } from "../../../testing/told.js";
import { hasValue, hides, openCustomer, says, shows, Stage } from "./stage.js";

let stage: Stage;
beforeAll(async () => void (stage = await Stage.open()));
afterEach((test) => stage.leave(test));
afterAll(() => stage.close());

test("a page remembers its person, and another page has another one", async () => {
  const ben = await stage.page("ben", "/");
  await shows(ben.getByRole("button", { name: /^Ben Okafor/ }));
  expect(new URL(ben.url()).search).toBe("");
  await ben.reload();
  await shows(ben.getByRole("button", { name: /^Ben Okafor/ }));
  const nobody = await stage.page("mallory", "/customers");
  await nobody.getByRole("button", { name: /Grace Whitfield/ }).click();
  await shows(nobody.getByRole("button", { name: /^Grace Whitfield/ }));
});

test("a page that is left before it is ready remembers its person, too", async () => {
  const page = await stage.page("grace", "/", { before: async (opened) => void (await opened.route("**/demo/people.json", (route) => route.abort(), { times: 1 })) });
  await shows(page.getByRole("button", { name: "Try again" }));
  await page.goto(`${stage.url}/customers`);
  await shows(page.getByRole("button", { name: /^Grace Whitfield/ }));
});

test("an address with a malformed id has no page, also where others see who is there", async () => {
  const ben = await stage.page("ben", "/customers");
  const ada = await stage.page("ada", "/customers/%E0");
  await shows(ada.getByRole("heading", { name: "There is no such page" }));
  const here = ben.getByRole("region", { name: "Here now" });
  await says(here.getByRole("link", { name: /^Ada/ }), "Customers");
  await ada.getByRole("link", { name: "Deals" }).click();
  await says(here.getByRole("link", { name: /^Ada/ }), "Deals");
  await ada.goto(`${stage.url}/customers/a%20b%2F`);
  await shows(ada.getByRole("heading", { name: "This customer is gone" }));
});

test("two people see each other, and each other's changes as they are saved", async () => {
  const ada = await stage.page("ada", "/customers");
  const path = await openCustomer(ada, "Björn Öström");
  const ben = await stage.page("ben", path);
  await shows(ada.getByRole("list", { name: "People here" }).getByText("Ben Okafor"));
  await shows(ben.getByRole("list", { name: "People here" }).getByText("Ada Lindqvist"));
  await ben.getByLabel("Phone", { exact: true }).focus();
  await says(ada.locator("form"), "Ben Okafor is typing");
  await ben.getByLabel("Phone", { exact: true }).fill("+46 8 555 0199");
  await ben.getByRole("button", { name: "Save", exact: true }).click();
  await hasValue(ada.getByLabel("Phone", { exact: true }), "+46 8 555 0199");
  await shows(ada.getByRole("feed").getByText("+46 8 555 0199"));
});

test("a list shows who is on a row, counts what is there, and receives what others create", async () => {
  const ada = await stage.page("ada", "/customers?sort=created_at_desc");
  const ben = await stage.page("ben", "/customers");
  await openCustomer(ben, "Erik Johansson");
  await shows(ada.getByRole("row", { name: /Erik Johansson/ }).getByRole("list", { name: "On this row" }).getByText("Ben Okafor"));
  const before = Number((await ada.locator(".count").textContent())?.split(" ")[0]);
  await ben.goto(`${stage.url}/customers`);
  await shows(ben.getByRole("row", { name: /Erik Johansson/ }));
  await ben.keyboard.press("c");
  await ben.getByLabel("Name", { exact: true }).fill("Aalto Oy");
  await ben.keyboard.press("Control+Enter");
  await says(ben.getByRole("heading", { level: 1 }), "Aalto Oy");
  await shows(ada.getByRole("link", { name: "Aalto Oy" }));
  await says(ada.locator(".count"), `${before + 1} customers`);
});

test("two edits of one field are a conflict, which its person decides", async () => {
  const ada = await stage.page("ada", "/customers");
  const path = await openCustomer(ada, "Håkon Sæther");
  const ben = await stage.page("ben", path);
  const phone = "Phone";
  await ada.getByLabel(phone, { exact: true }).fill("+47 1");
  await ben.getByLabel(phone, { exact: true }).fill("+47 2");
  await ada.getByRole("button", { name: "Save", exact: true }).click();
  await shows(ben.getByText("+47 1"));
  await ben.getByRole("button", { name: "Save", exact: true }).click();
  const dialog = ben.getByRole("dialog", { name: "Resolve conflict" });
  await dialog.getByRole("radio", { name: "Custom" }).check();
  await dialog.getByRole("textbox").fill("+47 3");
  await dialog.getByRole("button", { name: "Apply" }).click();
  await hides(dialog);
  await hasValue(ben.getByLabel(phone, { exact: true }), "+47 3");
  await hasValue(ada.getByLabel(phone, { exact: true }), "+47 3");
});

test("a comment that mentions somebody reaches them as a toast, or as a line of the inbox if they look at that", async () => {
  const ben = await stage.page("ben", "/customers");
  await shows(ben.getByRole("heading", { name: "Customers" }));
  const inbox = await stage.page("ben", "/inbox");
  await shows(inbox.locator(".inbox-line"));
  const [toldThere, toldHere] = [await noteTold(ben), await noteTold(inbox)];
  const ada = await stage.page("ada", "/customers");
  await openCustomer(ada, "Niamh Gallagher");
  await ada.getByRole("button", { name: "Comments" }).click();
  await ada.getByLabel("Comment", { exact: true }).fill("@Be");
  await shows(ada.getByRole("listbox", { name: "People to mention" }).getByRole("option", { name: "Ben Okafor" }));
  await ada.keyboard.press("Enter");
  await ada.getByLabel("Comment", { exact: true }).pressSequentially("can you take the call?");
  await ada.getByRole("button", { name: /^Comment/ }).last().click();
  await shows(ada.getByRole("list", { name: "Comments" }).getByText("can you take the call?"));
  const comments = await ada.getByRole("list", { name: "Comments" }).getByRole("listitem").count();
  await says(ada.locator("[data-tab=comments] .number"), String(comments));
  await expect.poll(async () => (await toldThere()).toasts).toEqual([expect.stringMatching(/Ada Lindqvist mentioned you.*Niamh Gallagher.*can you take the call\?/)]);
  await shows(inbox.locator(".inbox-line.unread").filter({ hasText: "Ada Lindqvist mentioned you" }));
  await expect.poll(async () => (await toldHere()).announcements).toEqual([expect.stringContaining("Ada Lindqvist mentioned you")]);
  expect((await toldHere()).toasts).toEqual([]);
});

test("two versions of a customer can be compared", async () => {
  const ada = await stage.page("ada", "/customers");
  await openCustomer(ada, "Marek Dvořák");
  await ada.getByLabel("Company", { exact: true }).fill("Pivovar Nový");
  await ada.keyboard.press("Control+Enter");
  await ada.getByRole("button", { name: "History" }).click();
  await shows(ada.getByRole("row", { name: /^Company/ }).getByText("Pivovar Nový"));
});

test("a deleted customer says who deleted it, and can be restored", async () => {
  const ada = await stage.page("ada", "/customers");
  const path = await openCustomer(ada, "Vasile Țepeș");
  const ben = await stage.page("ben", path);
  await shows(ben.getByLabel("Name", { exact: true }));
  await ada.getByRole("button", { name: "More" }).click();
  await ada.getByRole("menuitem", { name: "Delete this customer" }).click();
  await shows(ben.getByText(/Ada Lindqvist deleted/));
  await ada.goto(`${stage.url}${path}`);
  await shows(ada.getByRole("heading", { name: "This customer is gone" }));
});

test("a deletion says what was deleted, and can be undone from where it leads", async () => {
  const ada = await stage.page("ada", "/customers");
  const path = await openCustomer(ada, "Marek Dvořák");
  await ada.getByRole("button", { name: "More" }).click();
  await ada.getByRole("menuitem", { name: "Delete this customer" }).click();
  await shows(ada.getByRole("heading", { level: 1, name: "Customers" }));
  const toast = ada.getByRole("status").filter({ hasText: "Marek Dvořák deleted" });
  await toast.getByRole("button", { name: "Undo" }).click();
  await hasValue(ada.getByLabel("Name", { exact: true }), "Marek Dvořák");
  expect(new URL(ada.url()).pathname).toBe(path);
  await hides(toast);
});

import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Office } from "./office.js";
import type { Screen } from "./screen.js";

let office: Office;

beforeAll(async () => void (office = await Office.open()));
afterEach((test) => office.leave(test));
afterAll(() => office.close());

/** Changes the name of a customer from elsewhere, and waits until the person sees it. */
async function meanwhile(screen: Screen, id: string, name: string): Promise<void> {
  await office.colleague("ben").edit(id, { name });
  await screen.has("Name", name);
}

const caret = (screen: Screen) => screen.field("Notes").evaluate((input: HTMLTextAreaElement) => [input.selectionStart, input.selectionEnd]);

test("text that is composed, pasted, undone or written from right to left, and the caret in it, stay while others change the customer", async () => {
  const id = await office.colleague("ben").create("Acme", { notes: "", company: " – Oulu" });
  const ada = await office.open("ada", `/customers/${id}`);
  await ada.has("Name", "Acme");
  const notes = ada.field("Notes");
  await notes.focus();

  const devtools = await ada.page.context().newCDPSession(ada.page);
  await devtools.send("Input.imeSetComposition", { text: "にほ", selectionStart: 2, selectionEnd: 2 });
  // While a word is composed nothing in the form moves; the rest of the page is current.
  await office.colleague("ben").edit(id, { name: "Acme while composing" });
  await ada.page.getByRole("heading", { name: "Acme while composing" }).waitFor();
  await ada.has("Notes", "にほ");
  await devtools.send("Input.imeSetComposition", { text: "にほん", selectionStart: 3, selectionEnd: 3 });
  await devtools.send("Input.insertText", { text: "日本" });
  await ada.has("Notes", "日本");
  await ada.has("Name", "Acme while composing");

  await devtools.send("Input.insertText", { text: " مرحبا بالعالم" });
  await notes.evaluate((input: HTMLTextAreaElement) => input.setSelectionRange(4, 6));
  await meanwhile(ada, id, "Acme while selecting");
  expect(await caret(ada)).toEqual([4, 6]);
  await ada.has("Notes", "日本 مرحبا بالعالم");

  await ada.page.keyboard.press("End");
  await ada.page.keyboard.type("!");
  await meanwhile(ada, id, "Acme before undoing");
  await ada.page.keyboard.press("ControlOrMeta+z");
  await ada.has("Notes", "日本 مرحبا بالعالم");

  await ada.field("Company").focus();
  await ada.page.keyboard.press("ControlOrMeta+a");
  await ada.page.keyboard.press("ControlOrMeta+c");
  await notes.focus();
  await ada.page.keyboard.press("End");
  await ada.page.keyboard.press("ControlOrMeta+v");
  await ada.has("Notes", "日本 مرحبا بالعالم – Oulu");
  const pasted = await caret(ada);
  await meanwhile(ada, id, "Acme after pasting");
  await ada.has("Notes", "日本 مرحبا بالعالم – Oulu");
  expect(await caret(ada)).toEqual(pasted);

  await ada.save();
  await ada.shows("the saved notes", async () => {
    const query = "query ($id: ID!) { customer(id: $id) { name notes } }";
    const { customer } = await office.colleague("ben").ask<{ customer: { name: string; notes: string } }>(query, { id });
    return customer.notes === "日本 مرحبا بالعالم – Oulu" && customer.name === "Acme after pasting";
  });
  await office.agree(id, ada);
});

test("a value that the browser fills in by itself is an edit like any other", async () => {
  const id = await office.colleague("ben").create("Acme", { phone: "1" });
  const ada = await office.open("ada", `/customers/${id}`);
  await ada.has("Phone", "1");
  await ada.field("Phone").evaluate((input: HTMLInputElement) => {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(input, "filled in");
    for (const type of ["input", "change"]) input.dispatchEvent(new Event(type, { bubbles: true }));
  });
  await meanwhile(ada, id, "Acme after filling in");
  await ada.has("Phone", "filled in");
  await ada.save();
  await ada.shows("the saved phone", async () => (await office.colleague("ben").read(id)).phone === "filled in");
  await office.agree(id, ada);
});

test("a comment that is being written stays through the parts of the page, other pages, a reload and a send without an answer, and is added once", async () => {
  const ben = office.colleague("ben");
  const first = await ben.create("Written about");
  await ben.create("Not written about");
  const ada = await office.open("ada", `/customers/${first}?tab=comments`);
  const { page } = ada;
  const part = (name: string) => page.getByRole("navigation", { name: "Parts of this page" }).getByRole("button", { name }).click();
  await ada.field("Comment").fill("half written");
  await part("Activity");
  await part("Comments");
  await ada.has("Comment", "half written");
  await page.getByRole("link", { name: "All customers" }).click();
  await page.getByRole("link", { name: "Not written about", exact: true }).click();
  await part("Comments");
  await ada.has("Comment", "");
  await page.goto(`${new URL(page.url()).origin}/customers/${first}?tab=comments`);
  await ada.has("Comment", "half written");

  let answers = false;
  await page.route("**/graphql", async (route) => {
    if (answers || !route.request().postData()?.includes("addComment")) return route.fallback();
    answers = true;
    await route.fetch();
    await route.abort();
  });
  await ada.field("Comment").press("Control+Enter");
  await page.getByText("Your text is kept").waitFor();
  await part("Activity");
  await part("Comments");
  await page.reload();
  await ada.has("Comment", "half written");
  await ada.field("Comment").press("Control+Enter");
  await ada.has("Comment", "");
  const comments = page.getByRole("list", { name: "Comments" }).getByText("half written");
  await comments.first().waitFor();
  expect(await comments.count()).toBe(1);
  expect(await page.evaluate(() => JSON.stringify(Object.entries(sessionStorage)))).not.toContain("half written");

  await ada.field("Comment").fill("Ada alone");
  await page.goto(`${new URL(page.url()).origin}/customers/${first}?tab=comments&as=chloe`);
  await page.getByRole("button", { name: /^Chlo/ }).waitFor();
  await ada.has("Comment", "");
});

test("a comment that is too long says by how much, and keeps its text", async () => {
  const id = await office.colleague("ben").create("Long story");
  const ada = await office.open("ada", `/customers/${id}?tab=comments`);
  await ada.field("Comment").fill("y".repeat(9_500));
  await ada.page.getByText("9,500 of 10,000 characters").waitFor();
  await ada.field("Comment").fill("y".repeat(20_001));
  await ada.field("Comment").press("Control+Enter");
  await ada.page.getByText("A comment has at most 10,000 characters; this has 20,001.").waitFor();
  expect((await ada.field("Comment").inputValue()).length).toBe(20_001);
  await ada.field("Comment").fill("😀".repeat(10_000));
  await ada.field("Comment").press("Control+Enter");
  await ada.has("Comment", "");
});

test("a comment that is being written is forgotten when its person is removed from the organization, which signs them out", async () => {
  const id = await office.colleague("ben").create("Left behind");
  const jonas = await office.open("jonas", `/customers/${id}?tab=comments`);
  const stored = () => jonas.page.evaluate(() => JSON.stringify(Object.entries(sessionStorage)));
  await jonas.field("Comment").fill("half written");
  await jonas.shows("the comment in storage", async () => (await stored()).includes("half written"));
  await office.colleague("ada").ask("mutation { removeMember(userId: \"jonas\") }", {});
  await jonas.page.getByRole("heading", { name: "You are no longer a member of Brightwater" }).waitFor();
  expect(await stored()).not.toContain("half written");
});

import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Office } from "./office.js";
import type { Screen } from "./screen.js";

let office: Office;

beforeAll(async () => void (office = await Office.open()));
afterEach((test) => office.leave(test));
afterAll(() => office.close());

/** Has Ada edit a customer while Ben changes the same fields, so that her edit is a conflict. */
async function dispute(his: Readonly<Record<string, string>>, hers: Readonly<Record<string, string>>, more: Readonly<Record<string, string>> = {}) {
  const ben = office.colleague("ben");
  const id = await ben.create("Acme", { phone: "1", company: "One", ...more });
  const ada = await office.open("ada", `/customers/${id}`);
  await ada.has("Name", "Acme");
  for (const [label, text] of Object.entries(hers)) await ada.field(label).fill(text);
  await ben.edit(id, his);
  await ada.save();
  await ada.dialog.waitFor();
  return { id, ben, ada };
}

test("a person who types in one field sees the others follow; to save is a conflict with the value that was there at first", async () => {
  const ben = office.colleague("ben");
  const id = await ben.create("Acme", { phone: "1" });
  const [ada, screen] = await Promise.all([office.open("ada", `/customers/${id}`), office.open("ben", `/customers/${id}`)]);
  await ada.has("Name", "Acme");
  await ada.field("Phone").fill("");
  await ada.field("Phone").pressSequentially("22");
  await screen.field("Phone").fill("333");
  await screen.field("Name").fill("Acme & Sons");
  await screen.save();
  await ada.has("Name", "Acme & Sons");
  await ada.has("Phone", "22");
  await ada.field("Phone").pressSequentially("2");
  await ada.save();
  await ada.dialog.waitFor();
  const { conflicts } = await office.colleague("ada").ask<{ conflicts: { nodes: { baseVersion: number; conflictedFields: unknown[] }[] } }>(
    "query ($id: ID!) { conflicts(open: true, entityId: $id) { nodes { baseVersion conflictedFields { field base local remote } } } }", { id });
  expect(conflicts.nodes).toEqual([{ baseVersion: 1, conflictedFields: [{ field: "phone", base: "1", local: "222", remote: "333" }] }]);
  await ada.choose("Phone", "Yours");
  await ada.apply();
  for (const each of [ada, screen]) await each.has("Phone", "222");
  expect(await ben.read(id)).toMatchObject({ name: "Acme & Sons", phone: "222", version: 3 });
  await office.agree(id, ada, screen);
});

test("five edits and an undo on a slow network end with the last value, and never in a conflict with oneself", async () => {
  const ben = office.colleague("ben");
  const id = await ben.create("Acme", { phone: "0" });
  const [ada, screen] = await Promise.all([office.open("ada", `/customers/${id}`), office.open("ben", `/customers/${id}`)]);
  await ada.has("Phone", "0");
  for (const each of [ada, screen]) await each.page.getByRole("list", { name: "People here" }).getByRole("listitem").first().waitFor();
  office.network.set({ delayMs: 1_000 }); // each way
  for (const phone of ["1", "2", "3", "4", "5", "4"]) {
    await ada.field("Phone").fill(phone);
    await ada.page.keyboard.press("Enter");
  }
  await ada.has("Phone", "4");
  await ada.shows("nothing that waits", async () => !(await ada.page.locator("body").innerText()).match(/on this device|unsaved/));
  await screen.has("Phone", "4");
  expect(await ben.read(id)).toMatchObject({ phone: "4" });
  expect(await office.colleague("ada").ask("query ($id: ID!) { conflicts(entityId: $id) { totalCount } }", { id })).toEqual({ conflicts: { totalCount: 0 } });
  await office.agree(id, ada, screen);
});

test("a name that its person decides on later is marked in the title, beside the people who are there, and in the list", async () => {
  const { id, ada } = await dispute({ name: "His name" }, { Name: "Her name" });
  await ada.dialog.getByRole("button", { name: "Decide later" }).click();
  await ada.page.getByRole("heading", { level: 1, name: "Undecided: Her name" }).waitFor();
  await office.open("ben", `/customers/${id}`);
  await ada.page.getByRole("region", { name: "Here now" }).getByText("Undecided: ").waitFor();
  await ada.page.getByRole("link", { name: "All customers" }).click();
  await ada.page.getByRole("link", { name: "Undecided: Her name", exact: true }).click();
  await ada.page.getByRole("button", { name: "Resolve conflict" }).click();
  await ada.dialog.getByRole("button", { name: "All mine" }).click();
  await ada.apply();
  await ada.page.getByRole("heading", { level: 1, name: "Her name", exact: true }).waitFor();
});

type Decide = (ada: Screen) => Promise<void>;
const theirs = { Phone: "his", Company: "his" };
const ways: readonly (readonly [string, Decide, { phone: string; company: string }])[] = [
  ["all mine", (ada) => ada.dialog.getByRole("button", { name: "All mine" }).click(), { phone: "hers", company: "hers" }],
  ["all theirs", (ada) => ada.dialog.getByRole("button", { name: "All theirs" }).click(), { phone: "his", company: "his" }],
  ["one of each", async (ada) => {
    await ada.choose("Phone", "Yours");
    await ada.choose("Company", "Theirs");
  }, { phone: "hers", company: "his" }],
  ["a text of one's own", async (ada) => {
    await ada.choose("Phone", "Custom");
    await ada.dialog.getByLabel("Another value").fill("ours");
    await ada.choose("Company", "Theirs");
  }, { phone: "ours", company: "his" }],
];

test.each(ways)("a conflict that is decided as %s keeps the other fields of the edit, and the other person sees it", async (_, decide, expected) => {
  const { id, ben, ada } = await dispute({ phone: theirs.Phone, company: theirs.Company }, { Phone: "hers", Company: "hers", Name: "Renamed" });
  const screen = await office.open("ben", `/customers/${id}`);
  await decide(ada);
  await ada.apply();
  for (const each of [ada, screen]) {
    await each.has("Name", "Renamed");
    await each.has("Phone", expected.phone);
    await each.has("Company", expected.company);
  }
  expect(await ben.read(id)).toMatchObject({ name: "Renamed", phone: expected.phone });
  await office.agree(id, ada, screen);
});

test("a conflict about a long text shows the words that differ; the own text of its person and their other fields are kept, and the other person is told", async () => {
  const notes = ["Renewal in March.", "Wants SSO before they sign.", "Talk to their security team first."];
  const text = (second: string) => [notes[0], second, notes[2]].join("\n");
  const { id, ada } = await dispute({ notes: text("Wants single sign-on soon.") }, { Notes: text("Wants SSO and an export."), Company: "Hers" }, { notes: notes.join("\n") });
  const screen = await office.open("ben", `/customers/${id}`);
  const words = (mark: "ins" | "del") => ada.dialog.locator(`[data-tandem=diff] ${mark}`).allInnerTexts().then((texts) => texts.join(" "));
  await ada.shows("the words that differ", async () => (await words("del")).includes("export") && (await words("ins")).includes("sign-on"));
  for (const mark of ["ins", "del"] as const) expect(await words(mark)).not.toMatch(/Renewal|security/);
  await ada.choose("Notes", "Custom");
  await ada.dialog.getByLabel("Another value").fill(text("Wants single sign-on and an export."));
  await ada.apply();
  await screen.has("Notes", text("Wants single sign-on and an export."));
  await screen.has("Company", "Hers");
  await screen.page.getByRole("feed").getByRole("article").filter({ hasText: /Ada changed/ }).first().waitFor();
  await office.agree(id, ada, screen);
});

test("choices that still hold are kept when the other side changes again; a toast comes into the dialog, and focus stays; the dialog closes when the conflict is resolved elsewhere", async () => {
  const { id, ben, ada } = await dispute({ phone: "his", company: "his" }, { Phone: "hers", Company: "hers" });
  await ada.choose("Company", "Theirs");
  await ada.choose("Phone", "Yours");
  await ben.ask("mutation ($id: ID!) { addComment(input: { entityId: $id, body: \"Which number is it?\", mentionIds: [\"ada\"] }) { __typename } }", { id });
  await ada.dialog.locator("[data-tandem=toast]").getByText(/mentioned you/).waitFor();
  expect(await ada.option("Phone", "Yours").evaluate((option) => option === document.activeElement)).toBe(true);
  await office.colleague("jonas").edit(id, { phone: "Jonas's" });
  await ada.shows("what Jonas set", async () => (await ada.dialog.innerText()).includes("Jonas's"));
  expect(await ada.option("Phone", "Yours").isChecked()).toBe(true);
  expect(await ada.dialog.evaluate((dialog) => dialog.contains(document.activeElement))).toBe(true);

  const elsewhere = office.colleague("ada");
  const { conflicts } = await elsewhere.ask<{ conflicts: { nodes: { id: string }[] } }>("query ($id: ID!) { conflicts(open: true, entityId: $id) { nodes { id } } }", { id });
  await elsewhere.ask("mutation ($input: ResolveCustomerConflictInput!) { resolveCustomerConflict(input: $input) { __typename } }", {
    input: { conflictId: conflicts.nodes[0]?.id, resolution: "REMOTE" },
  });
  await ada.dialog.waitFor({ state: "hidden" });
  await ada.shows("a word about it", async () => (await ada.page.locator("body").innerText()).includes("resolved"));
  await ada.has("Phone", "Jonas's");
  await office.agree(id, ada);
});

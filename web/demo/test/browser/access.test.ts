import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Office } from "./office.js";
import { hides, says, shows } from "./stage.js";

let office: Office;

beforeAll(async () => void (office = await Office.open()));
afterEach((test) => office.leave(test));
afterAll(() => office.close());

/** Everything that the browser stores for the page, as text. */
async function stored(): Promise<string> {
  const texts = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })];
  for (const { name } of await indexedDB.databases()) {
    const database = await new Promise<IDBDatabase>((resolve, fail) => {
      const opening = indexedDB.open(name ?? "");
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => fail(opening.error ?? new Error("it can't be opened"));
    });
    for (const store of database.objectStoreNames) {
      texts.push(await new Promise<string>((resolve) => {
        const reading = database.transaction(store).objectStore(store).getAll();
        reading.onsuccess = () => resolve(JSON.stringify(reading.result));
      }));
    }
    database.close();
  }
  return texts.join("\n");
}

test("a form becomes read-only while its person types, keeps the text, and is gone everywhere when the person may not see it any more", async () => {
  const ben = office.colleague("ben");
  const id = await ben.create("Confidential Ltd", { phone: "1", visibility: "RESTRICTED" });
  await ben.grant(id, { ...ben.person, id: "jonas" }, "WRITE");
  const jonas = await office.open("jonas", `/customers/${id}`);
  await jonas.has("Name", "Confidential Ltd");
  await jonas.field("Phone").fill("12345");

  await ben.grant(id, { ...ben.person, id: "jonas" }, "READ");
  await jonas.shows("the reason", async () => (await jonas.page.locator("body").innerText()).includes("You can read this, but you can’t change it now"));
  expect(await jonas.field("Phone").evaluate((input: HTMLInputElement) => input.readOnly || input.disabled)).toBe(true);
  await jonas.has("Phone", "12345");

  await ben.ask("mutation ($id: ID!) { revokeAccess(entityId: $id, userId: \"jonas\") }", { id });
  await jonas.shows("the loss", async () => !(await jonas.page.content()).includes("Confidential Ltd"));
  expect(await jonas.page.evaluate(stored)).not.toContain("Confidential Ltd");
  await jonas.page.getByRole("link", { name: "Customers", exact: false }).first().click();
  await jonas.page.getByRole("heading", { name: "Customers" }).waitFor();
  await jonas.shows("customers", async () => (await jonas.page.locator("main a[href^='/customers/']").count()) > 3);
  expect(await jonas.page.locator("main").innerText()).not.toContain("Confidential Ltd");

  await ben.grant(id, { ...ben.person, id: "jonas" }, "WRITE");
  await jonas.shows("the customer in the list", async () => (await jonas.page.locator("main").innerText()).includes("Confidential Ltd"));
});

test("a comment that mentions somebody who may not see the customer is refused by name, and can be sent without them", async () => {
  const id = await office.colleague("ben").create("Unshared Ltd", { visibility: "RESTRICTED" });
  const { page } = await office.open("ben", `/customers/${id}?tab=comments`);
  const field = page.getByLabel("Comment", { exact: true });
  await field.fill("@Jon");
  await page.getByRole("listbox", { name: "People to mention" }).getByRole("option", { name: "Jonas Müller" }).click();
  await field.pressSequentially("what now?");
  await field.press("Control+Enter");
  await says(page.locator(".write").getByRole("alert"), /^Jonas Müller can’t see this customer\. Leave out the mention, or share it with them first\.$/);
  await field.fill("What now?");
  await field.press("Control+Enter");
  await shows(page.getByRole("list", { name: "Comments" }).getByText("What now?"));
});

test("a customer that is deleted under the editor says who deleted it, comes back when it is restored, and can be edited again", async () => {
  const ben = office.colleague("ben");
  const id = await ben.create("Doomed Ltd", { phone: "1" });
  const ada = await office.open("ada", `/customers/${id}`);
  await ada.has("Name", "Doomed Ltd");
  await ada.field("Phone").fill("12345");
  await ben.remove(id);
  await ada.shows("who deleted it", async () => /Ben.* deleted/.test(await ada.page.locator("main").innerText()));
  expect(await ada.field("Phone").inputValue()).toBe("12345");
  await ada.page.getByRole("button", { name: /Restore/ }).click();
  await ada.has("Name", "Doomed Ltd");
  await ada.has("Phone", "12345");
  await ada.save();
  await ada.shows("the saved edit", async () => (await ben.read(id)).phone === "12345");
  await office.agree(id, ada);
});

test("beside the comments, a phone shows who deleted the customer, and the comment keeps its text and can't be sent until it is restored", async () => {
  const ben = office.colleague("ben");
  const id = await ben.create("Handset Ltd");
  const { page } = await office.open("ada", `/customers/${id}?tab=comments`);
  await page.setViewportSize({ width: 375, height: 720 });
  const [field, send] = [page.getByLabel("Comment", { exact: true }), page.getByRole("button", { name: /^Comment/ }).last()];
  await field.fill("Half a comment");
  await ben.remove(id);
  const notice = page.locator(".record-loss");
  await says(notice, /^Ben.* deleted this/);
  await shows(notice);
  await shows(page.getByText("This customer is gone, so nobody can comment on it. Your text is kept."));
  expect([await field.isEditable(), await send.isEnabled(), await field.inputValue()]).toEqual([false, false, "Half a comment"]);
  await notice.getByRole("button", { name: "Restore" }).click();
  await hides(notice);
  await send.click();
  await shows(page.getByRole("list", { name: "Comments" }).getByText("Half a comment"));
});

test("an answer that is older than a deletion, and comes after it, revives nothing", async () => {
  const ben = office.colleague("ben");
  const id = await ben.create("Ghost Ltd", { phone: "1" });
  const ada = await office.open("ada", "/customers?q=Ghost");
  await ada.page.getByRole("link", { name: "Ghost Ltd" }).waitFor();
  let [holding, passed] = [true, 0];
  const held: (() => void)[] = [];
  await ada.page.route("**/graphql", async (route) => {
    const response = await route.fetch();
    if (holding && (await response.text()).includes(id)) await new Promise<void>((release) => held.push(release));
    await route.fulfill({ response });
    passed++;
  });
  await ada.page.getByRole("link", { name: "Ghost Ltd" }).click();
  await ada.shows("an answer that is held", async () => held.length > 0);
  await ben.remove(id);
  const isDeleted = async () => /Ben.* deleted/.test(await ada.page.locator("main").innerText());
  await ada.shows("who deleted it", isDeleted);
  holding = false;
  const before = passed;
  for (const release of held) release();
  await ada.shows("the late answers", async () => passed >= before + held.length);
  await ada.page.evaluate(() => new Promise(requestAnimationFrame));
  expect(await isDeleted()).toBe(true);
  await ada.page.getByRole("link", { name: "Customers", exact: false }).first().click();
  await ada.shows("customers", async () => (await ada.page.locator("main a[href^='/customers/']").count()) > 3);
  expect(await ada.page.locator("main").innerText()).not.toContain("Ghost Ltd");
});

import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Office } from "./office.js";
import { shows } from "./stage.js";

let office: Office;
beforeAll(async () => void (office = await Office.open()));
afterEach((test) => office.leave(test));
afterAll(() => office.close());

const asAdmin = (mutation: string) => office.colleague("ada").ask(`mutation { ${mutation} }`, {});

test("the page of a person who was removed offers the others, without erased ones, and goes on once they are let in again", async () => {
  const { page } = await office.open("jonas", "/customers");
  await asAdmin('removeMember(userId: "jonas")');
  await shows(page.getByRole("heading", { name: "You are no longer a member of Brightwater" }));
  const offered = () => page.getByRole("button").allTextContents();
  expect(await offered()).toEqual(["Ada Lindqvist", "Ben Okafor", "Chloé Marchand", "Grace Whitfield"]);
  await asAdmin('erasePersonalData(userId: "chloe")');
  await expect.poll(offered, { timeout: 20_000 }).toEqual(["Ada Lindqvist", "Ben Okafor", "Grace Whitfield"]);
  await asAdmin('setMemberRole(userId: "jonas", role: MEMBER) { __typename }');
  await shows(page.getByRole("heading", { name: "Customers" }));
  await shows(page.getByRole("button", { name: /^Jonas Müller/ }));
});

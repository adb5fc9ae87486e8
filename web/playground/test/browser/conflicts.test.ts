import { expect, test } from "vitest";
import { answer, editor, first, isAccessible, openTab, run, second, workspace, write } from "./page";
import { Setting } from "./setting";

const setting = Setting.forFile();

/** A conflict over the name of a customer, whose edit by Ada waits. */
async function makeConflict(mine: string, theirs: string): Promise<{ id: string; customerId: string }> {
  const { id: customerId, version } = await setting.customer();
  const update = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { __typename ... on CustomerConflict { id } } }`;
  const input = (name: string) => ({ input: { id: customerId, baseVersion: version, patch: { name } } });
  await setting.demo.ask("ben", update, input(theirs));
  const conflict = await setting.demo.ask("ada", update, input(mine));
  return { id: conflict.data.updateCustomer.id, customerId };
}

async function nameOf(customerId: string): Promise<string> {
  return (await setting.demo.ask("ada", "query ($id: ID!) { customer(id: $id) { name } }", { id: customerId })).data.customer.name;
}

test("a conflict in an answer is resolved by one click, or field by field", async () => {
  const { page, faults } = await setting.open("?as=ada");
  const pane = workspace(page);
  await openTab(pane, "Conflicts");
  await write(editor(pane, "Variables"), "{}");
  await write(editor(pane), "query Mine($id: ID!) { node(id: $id) { id } }");
  const show = async ({ id }: { id: string }) => {
    await write(editor(pane, "Variables"), JSON.stringify({ id }));
    await run(pane);
    return pane.getByRole("form", { name: "Conflict over name" });
  };

  const mine = await makeConflict("Ada’s name", "Ben’s name");
  await (await show(mine)).getByRole("button", { name: "Keep mine" }).click();
  await expect.poll(() => nameOf(mine.customerId)).toBe("Ada’s name");

  const theirs = await makeConflict("Ada’s other name", "Ben’s other name");
  await (await show(theirs)).getByRole("button", { name: "Take theirs" }).click();
  await pane.getByRole("form").waitFor({ state: "detached" });
  expect(await nameOf(theirs.customerId)).toBe("Ben’s other name");

  const own = await makeConflict("Ada’s third name", "Ben’s third name");
  const card = await show(own);
  await card.waitFor();
  await isAccessible(page, "a conflict");
  await card.getByLabel("Another value for name").fill("A name of both");
  await card.getByRole("button", { name: "Apply these choices" }).click();
  await expect.poll(() => nameOf(own.customerId)).toBe("A name of both");
  expect(faults).toEqual([]);
  await page.context().close();
});

test("two people who each run the example of a change have a conflict", async () => {
  const { page, faults } = await setting.open("?as=ada&beside=ben");
  const [ada, ben] = [first(page), second(page)];
  await editor(ben).waitFor();
  for (const pane of [ada, ben]) await openTab(pane, "Change");
  await run(ada);
  await answer(ada).getByText("CustomerSaved").waitFor();
  await run(ben);
  await answer(ben).getByText("CustomerConflict").waitFor();
  await ben.getByRole("form", { name: "Conflict over name" }).getByRole("button", { name: "Keep mine" }).click();
  const { id } = await setting.customer();
  await expect.poll(() => nameOf(id)).toMatch(/ \(renamed by the other person\)$/);
  expect(faults).toEqual([]);
  await page.context().close();
});

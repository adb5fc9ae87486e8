import { expect, test } from "vitest";
import { answer, editor, first, isAccessible, openTab, run, second, workspace, write } from "./page";
import { Setting } from "./setting";

const setting = Setting.forFile();

test("two people follow each other in one page; what happens while a connection is cut is resumed", async () => {
  const { page, faults } = await setting.open("?as=ada&beside=ben");
  const [ada, ben] = [first(page), second(page)];
  await openTab(ben, "Follow");
  await run(ben);
  await ben.getByText("Live", { exact: true }).waitFor();

  const change = async (name: string) => {
    const { id, version } = await setting.customer();
    const input = { id, baseVersion: version, patch: { name } };
    await openTab(ada, "Change");
    await write(editor(ada, "Variables"), JSON.stringify({ input }));
    await run(ada);
    await answer(ada).getByText("CustomerSaved").waitFor();
  };
  await change("Before the cut");
  await ben
    .getByLabel(/^Event \d+$/)
    .getByText('"newValue": "Before the cut"')
    .waitFor();

  await ben.getByRole("button", { name: "Cut", exact: true }).click();
  await ben.getByText("Cut; events wait on the server").waitFor();
  for (const name of ["First while cut", "Second while cut"]) await change(name);
  const seen = await ben.locator(".events li").count();
  await ben.getByRole("button", { name: "Resume", exact: true }).click();
  await ben
    .getByLabel(/^Event \d+$/)
    .getByText('"newValue": "Second while cut"')
    .waitFor();
  expect(await ben.locator(".events li").count()).toBe(seen + 2);
  expect(await ben.getByText(/^Resumed after/).count()).toBe(1);

  await ben.getByRole("button", { name: "Stop" }).click();
  await ben.getByText("No subscription").waitFor();
  await isAccessible(page, "two people");
  expect(faults).toEqual([]);
  await page.context().close();
});

test("a run is stopped before its answer, and a restart of the server changes nothing for those who follow", async () => {
  const { page } = await setting.open("?as=ben");
  const pane = workspace(page);
  let held = 0;
  await page.route("**/graphql", (route) => (held++ === 0 ? undefined : route.continue()));
  await run(pane);
  await expect.poll(() => held).toBe(1);
  await pane.getByRole("button", { name: "Stop" }).click();
  await pane.getByText("stopped").waitFor();

  await openTab(pane, "Follow");
  await run(pane);
  await pane.getByText("Live", { exact: true }).waitFor();
  await setting.demo.restart();
  const { id, version } = await setting.customer();
  const update = "mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { __typename } }";
  await setting.demo.ask("ada", update, { input: { id, baseVersion: version, patch: { phone: "After the restart" } } });
  await pane
    .getByLabel(/^Event \d+$/)
    .getByText('"newValue": "After the restart"')
    .waitFor();
  await openTab(pane, "Read");
  await run(pane);
  await answer(pane).getByText("Ben Okafor").first().waitFor();
  await page.context().close();
});

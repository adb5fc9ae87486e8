import { expect, test } from "vitest";
import { answer, editor, openTab, run, workspace, write } from "./page";
import { Setting } from "./setting";

const setting = Setting.forFile();

test("running an operation renames no other tab, and a document's operations are chosen by name", async () => {
  const { page } = await setting.open();
  const pane = workspace(page);
  const titles = () => pane.locator(".tab").allInnerTexts();
  const before = await titles();
  await openTab(pane, "Activity");
  await pane.getByLabel("Operation to run").selectOption("ActivityLive");
  await run(pane);
  await pane.getByText("following").waitFor();
  await openTab(pane, "Conflicts");
  await pane.getByLabel("Operation to run").selectOption("Conflicts");
  await run(pane);
  await answer(pane).getByText("totalCount").waitFor();
  expect(await titles()).toEqual(before);
  await openTab(pane, "Activity");
  await pane.getByText("following").waitFor();
  await page.context().close();
});

test("a link opens an operation with its variables, and tabs and history outlive a reload", async () => {
  const shared = new URLSearchParams({ query: "query Linked($id: ID!) { node(id: $id) { id } }", variables: '{"id": "cus_none"}' });
  const { page } = await setting.open(`?as=ada#${shared.toString()}`);
  const pane = workspace(page);
  await editor(pane).getByText("Linked").waitFor();
  expect(new URL(page.url()).hash).toBe("");
  await run(pane);
  await answer(pane).getByText("null").waitFor();

  await page.reload();
  await editor(pane).getByText("Linked").waitFor();
  await pane.getByRole("button", { name: "Close Linked" }).click();
  await page.getByRole("button", { name: "History" }).click();
  await page
    .getByRole("region", { name: "History" })
    .getByRole("button", { name: /Linked/ })
    .click();
  await editor(pane).getByText("Linked").waitFor();
  await page.context().close();
});

test("tabs are bounded, and what is too large to keep is said to be", async () => {
  const { page } = await setting.open();
  const pane = workspace(page);
  for (let n = await pane.locator(".tab").count(); n < 20; n++) {
    await pane.getByRole("button", { name: "New tab" }).click();
    await write(editor(pane), `query Number${n} { viewer { role } }`);
  }
  await pane.getByRole("button", { name: "New tab" }).click();
  await pane.getByText("20 tabs are open. Close one to open another.").waitFor();
  expect(await pane.locator(".tab").count()).toBe(20);
  await write(editor(pane), `# ${"long ".repeat(70_000)}`);
  await pane.getByText("These tabs are too large to keep.", { exact: false }).waitFor();
  await page.context().close();
});

import { expect, test } from "vitest";
import { editor, isAccessible, openTab, person, run, workspace, write } from "./page";
import { Setting } from "./setting";
import { PATIENCE, until } from "../../../testing/until";

const setting = Setting.forFile();

test("the variables are completed by the operation, and mistakes are marked", async () => {
  const { page } = await setting.open();
  const pane = workspace(page);
  await openTab(pane, "Change");
  await write(editor(pane, "Variables"), "");
  await page.keyboard.type('{"inp');
  await page.getByRole("option", { name: /"input"/ }).click();
  await page.keyboard.type('{"patch": {"stat');
  await page.getByRole("option", { name: /"status"/ }).click();
  await page.keyboard.type('"PRO');
  await page.getByRole("option", { name: /"PROSPECT"/ }).click();
  expect(JSON.parse(await editor(pane, "Variables").innerText())).toEqual({ input: { patch: { status: "PROSPECT" } } });

  await write(editor(pane, "Variables"), '{"inputs": 1}');
  await pane.locator(".cm-lintRange-warning").waitFor();
  await write(editor(pane, "Variables"), '{"input": ');
  await run(pane);
  await pane.getByText(/The variables are not JSON/).waitFor();
  await page.context().close();
});

test("the documentation is searched, and leads to a ready operation", async () => {
  const { page } = await setting.open();
  const docs = page.getByRole("region", { name: "Documentation" });
  // The editor knows the schema a moment after the page is ready.
  await until("the documentation of a field", async () => {
    await editor(workspace(page)).getByText("unreadNotifications").click({ modifiers: ["ControlOrMeta"] });
    return docs.getByRole("heading", { name: "Viewer" }).isVisible();
  }, PATIENCE, 500);
  await docs.getByLabel("Search the documentation").fill("baseVersion");
  await docs.getByRole("button", { name: "UpdateCustomerInput.baseVersion" }).click();
  await docs.getByText("The version that the person saw").waitFor();
  await docs.getByRole("button", { name: "CustomerPatch!" }).click();
  await docs.getByText("The e-mail address of the customer").waitFor();
  await docs.getByLabel("Search the documentation").fill("grantAccess");
  await docs.getByRole("button", { name: "Mutation.grantAccess" }).click();
  await docs.getByRole("button", { name: "Try grantAccess" }).click();
  await editor(workspace(page)).getByText("mutation GrantAccess").waitFor();
  await isAccessible(page, "the documentation");
  await page.context().close();
});

test("errors say what to do", async () => {
  const { page } = await setting.open("?as=grace");
  const pane = workspace(page);
  await write(editor(pane), "{ auditTrail(first: 1) { nodes { id } } }");
  await run(pane);
  await pane.getByText("Choose another person to compare.").waitFor();
  await write(editor(pane), "{ custmers { totalCount } }");
  await run(pane);
  await pane.getByText("GRAPHQL_VALIDATION_FAILED", { exact: true }).waitFor();
  await pane.locator(".cm-lintRange-error").waitFor();
  await person(pane).selectOption("nobody (no token)");
  await run(pane);
  await pane.getByText("The server requires a token.").first().waitFor();
  await page.context().close();
});

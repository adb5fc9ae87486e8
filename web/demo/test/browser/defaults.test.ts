import type { Locator } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Office } from "./office.js";
import { hasValue, hides, says, shows } from "./stage.js";
import { expectStored, of, setPreferences } from "./stored.js";

let office: Office;
beforeAll(async () => void (office = await Office.open({ PUBLIC_URL: "https://crm.example", SMTP_URL: "smtp://127.0.0.1:1", MAIL_FROM: "tandem@crm.example" })));
afterEach((test) => office.leave(test));
afterAll(() => office.close());

/** The line of a kind and its channels. */
const line = (list: Locator, kind: string, channels: string) => list.locator("dl > div").filter({ hasText: new RegExp(`^${kind}${channels}$`) });

test("admins see the defaults, are shown what they change before they do, and read that it is done", async () => {
  await office.ask("ada", setPreferences, { input: { channels: [{ kind: "ENTITY_DELETED", channels: ["IN_APP", "PUSH"] }] } });
  const { page } = await office.open("ada", "/inbox/preferences");
  const defaults = page.getByRole("region", { name: "Defaults of the company" });
  await shows(line(defaults, "Deletions", "Inbox"));
  const dialog = page.getByRole("dialog", { name: "Make these the defaults for everybody?" });
  const ask = () => page.getByRole("button", { name: "Make my channels the defaults" }).click();
  await ask();
  await says(dialog, "everybody in the company");
  await says(dialog.getByLabel("Changes"), /^Deletions *Inbox +Inbox and push$/);
  expect(await dialog.getByText("get no e-mail").count()).toBe(0);
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await hides(dialog);
  await expectStored(office, "chloe", of("ENTITY_DELETED"), { kind: "ENTITY_DELETED", channels: ["IN_APP"], isDefault: true });

  await office.ask("ada", setPreferences, { input: { channels: [{ kind: "COMMENT", channels: ["EMAIL"] }] } });
  await page.reload();
  await shows(page.getByRole("checkbox", { name: "Comments: E-mail", checked: true }));
  await ask();
  await says(dialog, "People whose digest is “Never”, as it is at first, get no e-mail");
  await dialog.getByRole("button", { name: "Change the defaults" }).click();
  await says(defaults.getByRole("status"), "The defaults are changed.");
  await shows(line(defaults, "Deletions", "Inbox and push · chosen by an admin"));
  await expectStored(office, "chloe", of("ENTITY_DELETED"), { kind: "ENTITY_DELETED", channels: ["IN_APP", "PUSH"], isDefault: true });
  await ask();
  const already = page.getByRole("dialog", { name: "Your channels are the defaults already" });
  await shows(already);
  await already.getByRole("button", { name: "OK" }).click();
  await defaults.getByLabel("Content of pushes").selectOption("hidden");
  await shows(defaults.getByText("The content of pushes is changed."));
  await hides(defaults.getByText("The defaults are changed."));
  await defaults.getByLabel("Content of pushes").selectOption("server");
});

test("an admin chooses whether pushes of the company have content, and everybody reads what holds", async () => {
  const [ada, chloe] = [(await office.open("ada", "/inbox/preferences")).page, (await office.open("chloe", "/inbox/preferences")).page];
  const field = ada.getByRole("region", { name: "Defaults of the company" }).getByLabel("Content of pushes, also on a locked screen");
  await hasValue(field, "server");
  await says(field.getByRole("option", { selected: true, includeHidden: true }), "As the server does it: no names or texts");
  await says(chloe.getByRole("region", { name: "This device" }), "Push shows no names or texts.");
  expect(await chloe.getByLabel("Content of pushes, also on a locked screen").count()).toBe(0);
  for (const [choice, isShown, words] of [["shown", true, "Push shows names and texts, also on a locked screen."], ["server", false, "Push shows no names or texts."], ["hidden", false, "Push shows no names or texts."]] as const) {
    await field.selectOption(choice);
    await expectStored(office, "chloe", ({ pushContent }) => pushContent, { isShown, isChosen: choice !== "server" });
    await shows(ada.getByText("The content of pushes is changed."));
    await chloe.reload();
    await says(chloe.getByRole("region", { name: "This device" }), words);
    await hasValue(field, choice);
  }
  await field.selectOption("server");
  await expectStored(office, "chloe", ({ pushContent }) => pushContent.isChosen, false);
});

test("admins take back what they chose, after they have seen it, and the server's own defaults hold again", async () => {
  await office.ask("ada", "mutation($in: [ChannelPreferenceInput!]!) { setNotificationDefaults(channels: $in) { __typename } }", { in: [{ kind: "ASSIGNMENT", channels: [] }] });
  const { page } = await office.open("ada", "/inbox/preferences");
  const defaults = page.getByRole("region", { name: "Defaults of the company" });
  await shows(line(defaults, "Assignments", "None · chosen by an admin"));
  const reset = defaults.getByRole("button", { name: "Use the server’s own" });
  await reset.click();
  const dialog = page.getByRole("dialog", { name: "Use the server’s own defaults again?" });
  await says(dialog.getByLabel("Changes"), /^Assignments *None +Inbox and push$/);
  await dialog.getByRole("button", { name: "Use the server’s own" }).click();
  await says(defaults.getByRole("status"), "The defaults are changed.");
  await shows(line(defaults, "Assignments", "Inbox and push"));
  expect(await reset.isDisabled()).toBe(true);
  await expectStored(office, "jonas", of("ASSIGNMENT"), { kind: "ASSIGNMENT", channels: ["IN_APP", "PUSH"], isDefault: true });
});

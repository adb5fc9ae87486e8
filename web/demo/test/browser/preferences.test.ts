import type { Locator } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Office } from "./office.js";
import { hasValue, hides, says, shows } from "./stage.js";

let office: Office;
beforeAll(async () => void (office = await Office.open({ PUBLIC_URL: "https://crm.example", SMTP_URL: "smtp://127.0.0.1:1", MAIL_FROM: "tandem@crm.example" })));
afterEach((test) => office.leave(test));
afterAll(() => office.close());

declare global {
  /** The timers of half a minute that run. */
  var intervals: Set<number>;
}

interface Stored {
  readonly channels: readonly { readonly kind: string; readonly channels: readonly string[]; readonly isDefault: boolean }[];
  readonly quietHours: { readonly from: string; readonly to: string } | null;
  readonly timeZone: string;
  readonly digest: string;
  readonly muted: readonly { readonly id: string }[];
  readonly pushContent: { readonly isShown: boolean; readonly isChosen: boolean };
}

/** Expects what the server has stored for a person to become as wanted. */
async function expectStored(person: string, wanted: (stored: Stored) => unknown, value: unknown): Promise<void> {
  const query = "{ notificationPreferences { channels { kind channels isDefault } quietHours { from to } timeZone digest muted { id } pushContent { isShown isChosen } } }";
  const read = async () => wanted((await office.ask<{ notificationPreferences: Stored }>(person, query, {})).notificationPreferences);
  await expect.poll(read, { interval: 100 }).toEqual(value);
}

const of = (kind: string) => (stored: Stored) => stored.channels.find((each) => each.kind === kind);

test("channels, quiet hours, time zone and digest are stored as they are chosen, by keyboard alone, and are there after a reload", async () => {
  const { page } = await office.open("ben", "/inbox");
  await page.getByRole("link", { name: "Notification preferences" }).press("Enter");
  const box = page.getByRole("checkbox", { name: "Comments: Push" });
  await shows(box);
  expect(await page.getByRole("checkbox", { name: "Comments: Inbox" }).isChecked()).toBe(true);
  await box.press("Space");
  await expectStored("ben", of("COMMENT"), { kind: "COMMENT", channels: ["IN_APP", "PUSH"], isDefault: false });
  await page.getByRole("checkbox", { name: "Watched records: Inbox" }).press("Space");
  await expectStored("ben", of("WATCHED"), { kind: "WATCHED", channels: [], isDefault: false });
  await page.getByRole("button", { name: "Watched records: use the default" }).press("Enter");
  await expectStored("ben", of("WATCHED"), { kind: "WATCHED", channels: ["IN_APP"], isDefault: true });
  await hides(page.getByRole("button", { name: "Watched records: use the default" }));

  await page.getByRole("checkbox", { name: "Quiet hours" }).press("Space");
  await page.getByLabel("From", { exact: true }).fill("21:30");
  await page.getByLabel("From", { exact: true }).press("Enter");
  await expectStored("ben", ({ quietHours }) => quietHours, { from: "21:30", to: "07:00" });
  await page.getByLabel("Time zone").selectOption("Europe/Helsinki");
  await page.getByLabel("Digest by e-mail").selectOption("DAILY");
  await expectStored("ben", ({ timeZone, digest }) => [timeZone, digest], ["Europe/Helsinki", "DAILY"]);

  await page.reload();
  await hasValue(page.getByLabel("From", { exact: true }), "21:30");
  await hasValue(page.getByLabel("Time zone"), "Europe/Helsinki");
  expect(await page.getByRole("checkbox", { name: "Comments: Push" }).isChecked()).toBe(true);
});

test("the two times of quiet hours are saved together, and equal ones are explained below them and not saved", async () => {
  const { page } = await office.open("jonas", "/inbox/preferences");
  const [from, to] = [page.getByLabel("From", { exact: true }), page.getByLabel("To", { exact: true })];
  await page.getByRole("checkbox", { name: "Quiet hours" }).check();
  await expectStored("jonas", ({ quietHours }) => quietHours, { from: "22:00", to: "07:00" });
  const saved: unknown[] = [];
  page.on("request", (request) => {
    const asked = request.postData() ?? "";
    if (asked.includes("mutation SetPreferences")) saved.push(JSON.parse(asked).variables.input.quietHours);
  });
  await from.fill("07:00");
  await to.fill("15:00");
  await to.press("Enter");
  await expectStored("jonas", ({ quietHours }) => quietHours, { from: "07:00", to: "15:00" });
  await to.fill("07:00");
  await to.press("Enter");
  const problem = page.getByRole("region", { name: "When" }).getByRole("alert");
  await says(problem, "The two times must differ.");
  const [field, text] = await Promise.all([to.boundingBox(), problem.boundingBox()]);
  expect((text?.y ?? 0) - (field?.y ?? 0)).toBeLessThan(80);
  await to.fill("16:00");
  await hides(problem);
  await to.blur();
  await expectStored("jonas", ({ quietHours }) => quietHours, { from: "07:00", to: "16:00" });
  expect(saved).toEqual([{ from: "07:00", to: "15:00" }, { from: "07:00", to: "16:00" }]);
});

test("the first quiet hours are in the zone of the device, and later ones in that which the person chose, UTC too", async () => {
  const { page } = await office.open("chloe", "/inbox/preferences");
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Emulation.setTimezoneOverride", { timezoneId: "Europe/Berlin" });
  const quiet = page.getByRole("checkbox", { name: "Quiet hours" });
  await quiet.check();
  await expectStored("chloe", ({ quietHours, timeZone }) => [quietHours, timeZone], [{ from: "22:00", to: "07:00" }, "Europe/Berlin"]);
  await hasValue(page.getByLabel("Time zone"), "Europe/Berlin");
  await page.getByLabel("Time zone").selectOption("Europe/Helsinki");
  await quiet.uncheck();
  await expectStored("chloe", ({ quietHours }) => quietHours, null);
  await quiet.check();
  await expectStored("chloe", ({ quietHours, timeZone }) => [quietHours, timeZone], [{ from: "22:00", to: "07:00" }, "Europe/Helsinki"]);
  await page.getByLabel("Time zone").selectOption("UTC");
  await quiet.uncheck();
  await expectStored("chloe", ({ quietHours, timeZone }) => [quietHours, timeZone], [null, "UTC"]);
  await quiet.check();
  await expectStored("chloe", ({ quietHours, timeZone }) => [quietHours, timeZone], [{ from: "22:00", to: "07:00" }, "UTC"]);
  await quiet.uncheck();
  await expectStored("chloe", ({ quietHours }) => quietHours, null);
});

test("the page does not state that it is live, because it does not follow other devices", async () => {
  const { page } = await office.open("chloe", "/inbox/preferences");
  const connection = page.getByRole("status", { name: "Connection" });
  await shows(page.getByRole("region", { name: "Channels" }));
  expect(await connection.textContent()).toBe("");
  await page.getByRole("link", { name: "Inbox", exact: true }).last().click();
  await says(connection, "Live");
});

test("what the server refuses is explained beside its field, in words of the page, which shows what is stored", async () => {
  const { page } = await office.open("jonas", "/inbox/preferences");
  const zone = page.getByLabel("Time zone");
  await shows(zone);
  const before = await zone.inputValue();
  await zone.evaluate((select: HTMLSelectElement) => select.add(new Option("Mars/Olympus")));
  await zone.selectOption("Mars/Olympus");
  await says(page.locator(".field").filter({ has: zone }).getByRole("alert"), "The server does not know this time zone.");
  await hasValue(zone, before);
});

test("a record shows whether it notifies the person, who watches, mutes and unmutes it there; other tabs follow", async () => {
  const id = await office.colleague("chloe").create("Watched Ltd", {});
  const { page } = await office.open("ben", `/customers/${id}`);
  const other = await page.context().newPage();
  await other.goto(page.url());
  const states = { NONE: "You are not watching this customer", WATCHING: "You are watching this customer", MUTED: "You muted this customer" };
  const choose = async (label: string) => {
    await page.getByRole("button", { name: /^You .* this customer$/ }).click();
    await page.getByRole("menuitem", { name: `${label} this customer` }).click();
  };
  const watched = async () => (await office.ask<{ customer: { viewerWatch: string } }>("ben", "query($id: ID!) { customer(id: $id) { viewerWatch } }", { id })).customer.viewerWatch;
  await page.getByRole("button", { name: states.NONE }).click();
  await says(page.getByRole("menuitem", { name: "Mute this customer" }), "Mentions and assignments still reach your inbox");
  await page.keyboard.press("Escape");
  for (const [label, state] of [["Watch", "WATCHING"], ["Mute", "MUTED"], ["Unmute", "WATCHING"], ["Stop watching", "NONE"]] as const) {
    await choose(label);
    await expect.poll(watched, { interval: 100 }).toBe(state);
    for (const tab of [page, other]) await shows(tab.getByRole("button", { name: states[state], exact: true }));
  }
});

test("what is muted is listed with the end of its mute, leads to its page and can be unmuted", async () => {
  const [id, brief] = [await office.colleague("chloe").create("Quiet Ltd", {}), await office.colleague("chloe").create("Brief Ltd", {})];
  const mute = "mutation($id: ID!, $until: DateTime) { mute(entityId: $id, until: $until) }";
  await office.ask("chloe", mute, { id });
  await office.ask("chloe", mute, { id: brief, until: "2100-03-01T12:00:00Z" });
  const chloe = (await office.open("chloe", "/inbox/preferences")).page;
  const muted = (name: string) => chloe.getByRole("region", { name: "Muted" }).getByRole("listitem").filter({ hasText: name });
  await says(muted("Quiet Ltd"), "until you unmute it");
  await says(muted("Brief Ltd"), /until 1 Mar 2100, /);
  await chloe.getByRole("button", { name: "Unmute Brief Ltd" }).click();
  expect(await chloe.getByRole("link", { name: "Quiet Ltd" }).getAttribute("href")).toBe(`/customers/${id}`);
  await chloe.getByRole("button", { name: "Unmute Quiet Ltd" }).click();
  await says(chloe.getByRole("region", { name: "Muted" }), "You have muted nothing.");
  await expectStored("chloe", ({ muted }) => muted, []);
  expect(await chloe.getByRole("region", { name: "Defaults of the company" }).count()).toBe(0);
});

const setPreferences = "mutation ($input: NotificationPreferencesInput!) { setNotificationPreferences(input: $input) { __typename } }";

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
  await expectStored("chloe", of("ENTITY_DELETED"), { kind: "ENTITY_DELETED", channels: ["IN_APP"], isDefault: true });

  await office.ask("ada", setPreferences, { input: { channels: [{ kind: "COMMENT", channels: ["EMAIL"] }] } });
  await page.reload();
  await shows(page.getByRole("checkbox", { name: "Comments: E-mail", checked: true }));
  await ask();
  await says(dialog, "People whose digest is “Never”, as it is at first, get no e-mail");
  await dialog.getByRole("button", { name: "Change the defaults" }).click();
  await says(defaults.getByRole("status"), "The defaults are changed.");
  await shows(line(defaults, "Deletions", "Inbox and push · chosen by an admin"));
  await expectStored("chloe", of("ENTITY_DELETED"), { kind: "ENTITY_DELETED", channels: ["IN_APP", "PUSH"], isDefault: true });
  await ask();
  await shows(page.getByRole("dialog", { name: "Your channels are the defaults already" }));
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
    await expectStored("chloe", ({ pushContent }) => pushContent, { isShown, isChosen: choice !== "server" });
    await chloe.reload();
    await says(chloe.getByRole("region", { name: "This device" }), words);
    await hasValue(field, choice);
  }
  await field.selectOption("server");
  await expectStored("chloe", ({ pushContent }) => pushContent.isChosen, false);
});

test("admins take back what they chose, after they have seen it, and the server's own defaults hold again", async () => {
  await office.ask("ada", "mutation($in: [ChannelPreferenceInput!]!) { setNotificationDefaults(channels: $in) { __typename } }", { in: [{ kind: "ASSIGNMENT", channels: [] }] });
  const { page } = await office.open("ada", "/inbox/preferences");
  const defaults = page.getByRole("region", { name: "Defaults of the company" });
  await shows(line(defaults, "Assignments", "None · chosen by an admin"));
  const reset = defaults.getByRole("button", { name: "Use the server’s own" });
  await reset.click();
  const dialog = page.getByRole("dialog", { name: "Use the server’s own defaults again?" });
  await says(dialog.getByLabel("Chosen by admins"), /Assignments *None/);
  await dialog.getByRole("button", { name: "Use the server’s own" }).click();
  await says(defaults.getByRole("status"), "The defaults are changed.");
  await shows(line(defaults, "Assignments", "Inbox and push"));
  expect(await reset.isDisabled()).toBe(true);
  await expectStored("jonas", of("ASSIGNMENT"), { kind: "ASSIGNMENT", channels: ["IN_APP", "PUSH"], isDefault: true });
});

test("a person takes all of their choices back at once", async () => {
  await office.ask("jonas", setPreferences, { input: { channels: [{ kind: "MENTION", channels: [] }, { kind: "CONFLICT", channels: ["PUSH"] }] } });
  const { page } = await office.open("jonas", "/inbox/preferences");
  const all = page.getByRole("button", { name: "Use the defaults for all" });
  await all.click();
  await expectStored("jonas", ({ channels }) => channels.filter(({ isDefault }) => !isDefault), []);
  await shows(page.getByRole("checkbox", { name: "Mentions: Push", checked: true }));
  await shows(page.getByText("You follow the defaults of the company."));
  expect(await all.isDisabled()).toBe(true);
});

test("what one tab changes shows in another", async () => {
  const { page } = await office.open("chloe", "/inbox/preferences");
  const other = await page.context().newPage();
  await other.goto(page.url());
  const push = (tab: typeof page) => tab.getByRole("checkbox", { name: "Comments: Push" });
  await shows(push(other));
  expect(await push(other).isChecked()).toBe(false);
  await push(page).check();
  await expect.poll(() => push(other).isChecked()).toBe(true);
  await other.getByRole("checkbox", { name: "Quiet hours" }).check();
  await hasValue(page.getByLabel("From", { exact: true }), "22:00");
});

test("what another device changes shows when the person comes back to the page, which asks nothing while it is hidden", async () => {
  const { page } = await office.open("ben", "/inbox/preferences");
  await page.addInitScript(countIntervals);
  await page.reload();
  const box = page.getByRole("checkbox", { name: "Deletions: Push" });
  await shows(box);
  const intervals = () => page.evaluate(() => globalThis.intervals.size);
  const [before, shown] = [await box.isChecked(), await intervals()];
  const turn = (state: DocumentVisibilityState) => page.evaluate((next) => {
    Object.defineProperty(document, "visibilityState", { value: next, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);
  await turn("hidden");
  expect(await intervals()).toBe(shown - 1);
  const channels = before ? ["IN_APP"] : ["IN_APP", "PUSH"];
  await office.ask("ben", setPreferences, { input: { channels: [{ kind: "ENTITY_DELETED", channels }] } });
  await turn("visible");
  await expect.poll(() => box.isChecked(), { timeout: 20_000 }).toBe(!before);
  expect(await intervals()).toBe(shown);
});

/** Counts the timers of half a minute that run in a page. */
function countIntervals(): void {
  const [begin, end] = [window.setInterval.bind(window), window.clearInterval.bind(window)];
  globalThis.intervals = new Set();
  const counted = (run: () => void, ms?: number) => {
    const id = begin(run, ms);
    if (ms === 30_000) globalThis.intervals.add(id);
    return id;
  };
  Object.assign(window, { setInterval: counted, clearInterval: (id: number) => (globalThis.intervals.delete(id), end(id)) });
}

test("a change that was not stored is taken back, and its error goes once the page has read what is stored", async () => {
  const screen = await office.open("ada", "/inbox/preferences");
  const box = screen.page.getByRole("checkbox", { name: "Comments: Push" });
  await shows(box);
  const before = await box.isChecked();
  office.network.set({ refuse: true });
  office.network.reset();
  await box.click();
  const alert = screen.page.getByRole("row", { name: "Comments" }).getByRole("alert").filter({ hasText: "The server did not answer." });
  await shows(alert);
  await expect.poll(() => box.isChecked()).toBe(before);
  office.network.set({});
  await screen.connected();
  await hides(alert);
  expect(await box.isChecked()).toBe(before);
});

test("what was read before a change is not shown after it", async () => {
  const { page } = await office.open("jonas", "/inbox/preferences");
  const box = page.getByRole("checkbox", { name: "Deletions: Push" });
  await shows(box);
  const before = await box.isChecked();
  let release: (() => void) | undefined;
  await page.route("**/graphql", async (route) => {
    const answer = await route.fetch();
    await new Promise<void>((resolve) => (release = resolve));
    await route.fulfill({ response: answer });
  }, { times: 1 });
  await page.evaluate(() => window.dispatchEvent(new Event("focus")));
  await expect.poll(() => release !== undefined).toBe(true);
  const answered = async (operation: string) => {
    const response = await page.waitForResponse((each) => each.url().endsWith("/graphql") && (each.request().postData() ?? "").includes(operation));
    await response.finished();
  };
  // A tab that has stored a change notifies itself, too, and reads once more.
  await Promise.all([answered("mutation SetPreferences"), answered("query Preferences"), box.click()]);
  await Promise.all([answered("query Preferences"), release?.()]);
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  expect(await box.isChecked()).toBe(!before);
});

test("push that is chosen, but not turned on here, has a button that turns it on", async () => {
  const { page } = await office.open("chloe", "/inbox");
  await page.addInitScript(() => void Object.defineProperty(Notification, "permission", { value: "default" }));
  await page.goto(new URL("/inbox/preferences", page.url()).href);
  await page.getByRole("checkbox", { name: "Mentions: Push" }).setChecked(true);
  const channels = page.getByRole("region", { name: "Channels" });
  await shows(channels.getByText("Push reaches only the devices on which you turned it on."));
  await channels.getByRole("button", { name: "Turn it on" }).click();
  await says(page.getByRole("region", { name: "This device" }).getByRole("status"), "Your browser");
  for (const box of await page.getByRole("checkbox", { name: /: Push$/ }).all()) await box.setChecked(false);
  await hides(channels.getByText("Push reaches only the devices"));
});

test("e-mail without a digest leads to the field of the digest", async () => {
  const { page } = await office.open("jonas", "/inbox/preferences");
  const channels = page.getByRole("region", { name: "Channels" });
  await page.getByRole("checkbox", { name: "Mentions: E-mail" }).check();
  await says(channels.getByRole("status"), "You get no e-mail while the digest is “Never”.");
  await channels.getByRole("button", { name: "Choose a digest" }).click();
  await page.waitForFunction(() => document.activeElement?.id === "preferences-digest");
  await page.getByLabel("Digest by e-mail").selectOption("HOURLY");
  await hides(channels.getByRole("button", { name: "Choose a digest" }));
});

test("zones have their present names, are found by the earlier ones, and are stored by the present ones", async () => {
  await office.ask("chloe", setPreferences, { input: { timeZone: "Asia/Calcutta" } });
  const { page } = await office.open("chloe", "/inbox/preferences");
  const zone = page.getByLabel("Time zone");
  await hasValue(zone, "Asia/Kolkata");
  const names = await zone.getByRole("option", { includeHidden: true }).allTextContents();
  for (const name of ["Asia/Kolkata", "Kyiv", "Ho Chi Minh", "Yangon", "Kathmandu", "Calcutta, now Kolkata", "Kiev, now Kyiv"]) expect(names).toContain(name);
  for (const [chosen, stored] of [["Kyiv", "Europe/Kyiv"], ["Saigon, now Ho Chi Minh", "Asia/Ho_Chi_Minh"], ["Kathmandu", "Asia/Kathmandu"]] as const) {
    await zone.selectOption({ label: chosen });
    await expectStored("chloe", ({ timeZone }) => timeZone, stored);
    await hasValue(zone, stored);
  }
});

test("the table of channels scrolls as one, also its head", async () => {
  const { page } = await office.open("jonas", "/inbox/preferences");
  await page.setViewportSize({ width: 1280, height: 420 });
  const rows = page.locator(".channels tr");
  await shows(rows);
  const tops = () => rows.evaluateAll((all) => all.map((row) => [...row.children].map((cell) => Math.round(cell.getBoundingClientRect().top - row.getBoundingClientRect().top))));
  await page.locator(".preferences").evaluate((scrolling) => scrolling.scrollTo(0, 200));
  for (const row of await tops()) expect(new Set(row)).toEqual(new Set([0]));
});

test("a mute that the server refuses is explained", async () => {
  const colleague = office.colleague("ben");
  const ids = await Promise.all(Array.from({ length: 501 }, (_, at) => colleague.create(`Loud ${at}`)));
  for (const id of ids.slice(1)) await office.ask("ben", "mutation($id: ID!) { mute(entityId: $id) }", { id });
  const { page } = await office.open("ben", `/customers/${ids[0]}`);
  await page.getByRole("button", { name: /^You .* this customer$/ }).click();
  await page.getByRole("menuitem", { name: "Mute this customer" }).click();
  await shows(page.getByText("you have muted 500 records"));
});

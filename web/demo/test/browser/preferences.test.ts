import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Office } from "./office.js";
import { hasValue, hides, says, shows } from "./stage.js";
import { expectStored, of, setPreferences } from "./stored.js";

let office: Office;
beforeAll(async () => void (office = await Office.open({ PUBLIC_URL: "https://crm.example", SMTP_URL: "smtp://127.0.0.1:1", MAIL_FROM: "tandem@crm.example" })));
afterEach((test) => office.leave(test));
afterAll(() => office.close());

test("channels, quiet hours, time zone and digest are stored as they are chosen, by keyboard alone, and are there after a reload", async () => {
  const { page } = await office.open("ben", "/inbox");
  await page.getByRole("link", { name: "Notification preferences" }).press("Enter");
  const box = page.getByRole("checkbox", { name: "Comments: Push" });
  await shows(box);
  expect(await page.getByRole("checkbox", { name: "Comments: Inbox" }).isChecked()).toBe(true);
  await box.press("Space");
  await expectStored(office, "ben", of("COMMENT"), { kind: "COMMENT", channels: ["IN_APP", "PUSH"], isDefault: false });
  await page.getByRole("checkbox", { name: "Watched records: Inbox" }).press("Space");
  await expectStored(office, "ben", of("WATCHED"), { kind: "WATCHED", channels: [], isDefault: false });
  await page.getByRole("button", { name: "Watched records: use the default" }).press("Enter");
  await expectStored(office, "ben", of("WATCHED"), { kind: "WATCHED", channels: ["IN_APP"], isDefault: true });
  await hides(page.getByRole("button", { name: "Watched records: use the default" }));

  await page.getByRole("checkbox", { name: "Quiet hours" }).press("Space");
  await page.getByLabel("From", { exact: true }).fill("21:30");
  await page.getByLabel("From", { exact: true }).press("Enter");
  await expectStored(office, "ben", ({ quietHours }) => quietHours, { from: "21:30", to: "07:00" });
  await page.getByLabel("Time zone").selectOption("Europe/Helsinki");
  await page.getByLabel("Digest by e-mail").selectOption("DAILY");
  await expectStored(office, "ben", ({ timeZone, digest }) => [timeZone, digest], ["Europe/Helsinki", "DAILY"]);

  await page.reload();
  await hasValue(page.getByLabel("From", { exact: true }), "21:30");
  await hasValue(page.getByLabel("Time zone"), "Europe/Helsinki");
  expect(await page.getByRole("checkbox", { name: "Comments: Push" }).isChecked()).toBe(true);
});

test("the two times of quiet hours are saved together, and equal ones are explained below them and not saved", async () => {
  const { page } = await office.open("jonas", "/inbox/preferences");
  const [from, to] = [page.getByLabel("From", { exact: true }), page.getByLabel("To", { exact: true })];
  await page.getByRole("checkbox", { name: "Quiet hours" }).check();
  await expectStored(office, "jonas", ({ quietHours }) => quietHours, { from: "22:00", to: "07:00" });
  const saved: unknown[] = [];
  page.on("request", (request) => {
    const asked = request.postData() ?? "";
    if (asked.includes("mutation SetPreferences")) saved.push(JSON.parse(asked).variables.input.quietHours);
  });
  await from.fill("07:00");
  await to.fill("15:00");
  await to.press("Enter");
  await expectStored(office, "jonas", ({ quietHours }) => quietHours, { from: "07:00", to: "15:00" });
  await to.fill("07:00");
  await to.press("Enter");
  const problem = page.getByRole("region", { name: "When" }).getByRole("alert");
  await says(problem, "The two times must differ.");
  const [field, text] = await Promise.all([to.boundingBox(), problem.boundingBox()]);
  expect((text?.y ?? 0) - (field?.y ?? 0)).toBeLessThan(80);
  await to.fill("16:00");
  await hides(problem);
  await to.blur();
  await expectStored(office, "jonas", ({ quietHours }) => quietHours, { from: "07:00", to: "16:00" });
  expect(saved).toEqual([{ from: "07:00", to: "15:00" }, { from: "07:00", to: "16:00" }]);
});

test("the first quiet hours are in the zone of the device, and later ones in that which the person chose, UTC too", async () => {
  const { page } = await office.open("chloe", "/inbox/preferences");
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Emulation.setTimezoneOverride", { timezoneId: "Europe/Berlin" });
  const quiet = page.getByRole("checkbox", { name: "Quiet hours" });
  await quiet.check();
  await expectStored(office, "chloe", ({ quietHours, timeZone }) => [quietHours, timeZone], [{ from: "22:00", to: "07:00" }, "Europe/Berlin"]);
  await hasValue(page.getByLabel("Time zone"), "Europe/Berlin");
  await page.getByLabel("Time zone").selectOption("Europe/Helsinki");
  await quiet.uncheck();
  await expectStored(office, "chloe", ({ quietHours }) => quietHours, null);
  await quiet.check();
  await expectStored(office, "chloe", ({ quietHours, timeZone }) => [quietHours, timeZone], [{ from: "22:00", to: "07:00" }, "Europe/Helsinki"]);
  await page.getByLabel("Time zone").selectOption("UTC");
  await quiet.uncheck();
  await expectStored(office, "chloe", ({ quietHours, timeZone }) => [quietHours, timeZone], [null, "UTC"]);
  await quiet.check();
  await expectStored(office, "chloe", ({ quietHours, timeZone }) => [quietHours, timeZone], [{ from: "22:00", to: "07:00" }, "UTC"]);
  await quiet.uncheck();
  await expectStored(office, "chloe", ({ quietHours }) => quietHours, null);
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
    await page.getByRole("menuitem", { name: `${label} this customer` }).last().click();
  };
  const watched = async () => (await office.ask<{ customer: { viewerWatch: string } }>("ben", "query($id: ID!) { customer(id: $id) { viewerWatch } }", { id })).customer.viewerWatch;
  await page.getByRole("button", { name: states.NONE }).click();
  await says(page.getByRole("menuitem", { name: "Mute this customer until you unmute it" }), "Mentions and assignments still reach your inbox");
  await page.keyboard.press("Escape");
  for (const [label, state] of [["Watch", "WATCHING"], ["Mute", "MUTED"], ["Unmute", "WATCHING"], ["Stop watching", "NONE"]] as const) {
    await choose(label);
    await expect.poll(watched, { interval: 100 }).toBe(state);
    for (const tab of [page, other]) await shows(tab.getByRole("button", { name: states[state], exact: true }));
  }
});

test("a record is muted for an hour", async () => {
  const id = await office.colleague("chloe").create("Loud Ltd", {});
  const { page } = await office.open("jonas", `/customers/${id}`);
  await page.getByRole("button", { name: /^You .* this customer$/ }).click();
  const from = Date.now();
  await page.getByRole("menuitem", { name: "Mute this customer for an hour" }).click();
  await shows(page.getByRole("button", { name: "You muted this customer" }));
  type Muted = { readonly notificationPreferences: { readonly mutes: readonly { readonly until: string }[] } };
  const { notificationPreferences: { mutes } } = await office.ask<Muted>("jonas", "{ notificationPreferences { mutes { until } } }", {});
  const [until] = mutes.map((each) => Date.parse(each.until) - 3_600_000);
  expect(until).toBeGreaterThanOrEqual(from - 1_000);
  expect(until).toBeLessThanOrEqual(Date.now() + 1_000);
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
  await expectStored(office, "chloe", ({ muted }) => muted, []);
  expect(await chloe.getByRole("region", { name: "Defaults of the company" }).count()).toBe(0);
});

test("a person takes all of their choices back at once", async () => {
  await office.ask("jonas", setPreferences, { input: { channels: [{ kind: "MENTION", channels: [] }, { kind: "CONFLICT", channels: ["PUSH"] }] } });
  const { page } = await office.open("jonas", "/inbox/preferences");
  const all = page.getByRole("button", { name: "Use the defaults for all" });
  await all.click();
  await expectStored(office, "jonas", ({ channels }) => channels.filter(({ isDefault }) => !isDefault), []);
  await shows(page.getByRole("checkbox", { name: "Mentions: Push", checked: true }));
  await shows(page.getByText("You follow the defaults of the company."));
  expect(await all.isDisabled()).toBe(true);
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
  for (const place of ["Buenos Aires", "Indianapolis", "Louisville"]) expect(names.filter((name) => name.includes(place))).toEqual([place]);
  for (const [chosen, stored] of [["Kyiv", "Europe/Kyiv"], ["Saigon, now Ho Chi Minh", "Asia/Ho_Chi_Minh"], ["Kathmandu", "Asia/Kathmandu"]] as const) {
    await zone.selectOption({ label: chosen });
    await expectStored(office, "chloe", ({ timeZone }) => timeZone, stored);
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
  await page.getByRole("menuitem", { name: "Mute this customer until you unmute it" }).click();
  await shows(page.getByText("you have muted 500 records"));
});

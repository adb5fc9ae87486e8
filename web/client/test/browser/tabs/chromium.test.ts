import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { Chromium, type ChromiumProfile } from "../../../../testing/browsers/index.js";
import { Crew } from "./crew.js";

let browser: Chromium;
let crew: Crew;
let profile: ChromiumProfile;

beforeAll(async () => void (browser = await Chromium.launch({ backForwardCache: true })));
afterAll(() => browser.close());
beforeEach(async () => {
  [crew, profile] = await Promise.all([Crew.gather(), browser.profile()]);
});
afterEach(async () => {
  await profile.close();
  await crew.close();
});

test("five tabs have one socket; when the leader is closed, and when the next one crashes, another takes over and nothing is lost", async () => {
  let tabs = await Promise.all([1, 2, 3, 4, 5].map(() => crew.open(profile)));
  await crew.sockets(1);
  await crew.create();
  for (const tab of tabs) await crew.sees(tab);

  const first = await crew.leader(tabs);
  const closing = first.leader.close();
  await crew.create();
  await closing;
  tabs = first.others;
  for (const tab of tabs) await crew.sees(tab);
  await crew.sockets(1);

  const second = await crew.leader(tabs);
  void second.leader.page.goto("chrome://crash").catch(() => {});
  await crew.create();
  tabs = second.others;
  for (const tab of tabs) await crew.sees(tab);
  await crew.leader(tabs);
  await crew.sockets(1);
});

test("a leader that a dialog blocks loses the lead, and follows when the dialog is closed", async () => {
  const tabs = await Promise.all([1, 2, 3].map(() => crew.open(profile)));
  const { leader, others } = await crew.leader(tabs);
  const dialog = leader.page.waitForEvent("dialog");
  void leader.run(() => setTimeout(() => alert("Wait")));
  const blocking = await dialog;
  await crew.leader(others);
  await crew.create();
  for (const tab of others) await crew.sees(tab);

  await blocking.accept();
  expect((await crew.leader(tabs)).leader).not.toBe(leader);
  await crew.create();
  for (const tab of tabs) await crew.sees(tab);
  await crew.sockets(1);
});

test("a leader whose token is refused leaves the lead to a tab with a valid one", async () => {
  const tabs = await Promise.all([crew.open(profile), crew.open(profile)]);
  const { leader, others } = await crew.leader(tabs);
  await leader.run(() => void (globalThis.shared.signedOut = true));
  crew.proxy.reset("socket");
  await leader.waitFor("refusal", () => globalThis.shared.unauthorized > 0);
  expect(await leader.run(() => globalThis.shared.state)).toBe("unauthorized");
  await crew.leader(others);
  await crew.create();
  for (const tab of others) await crew.sees(tab);
  await crew.sockets(1);
});

test("five tabs sign out one by one, each time the leader: the others miss nothing, and the last one leaves nothing on the device", async () => {
  let tabs = await Promise.all([1, 2, 3, 4, 5].map(() => crew.open(profile)));
  await crew.sockets(1);
  while (tabs.length > 0) {
    const { leader, others } = await crew.leader(tabs);
    await leader.run(() => globalThis.shared.tandem.signOut());
    expect(await leader.run(() => globalThis.shared.tandem.viewer.get())).toBeUndefined();
    await crew.create();
    for (const tab of others) await crew.sees(tab);
    await crew.sockets(others.length > 0 ? 1 : 0);
    if (others.length === 0) await expect.poll(() => leader.run((person) => globalThis.shared.kept(person), crew.person.id)).toEqual([]);
    tabs = others;
  }
});

test("an edit of a tab that follows is sent once, by the leader or by the tab that leads after it", async () => {
  const tabs = await Promise.all([crew.open(profile), crew.open(profile)]);
  await crew.create();
  const { leader, others: [other] } = await crew.leader(tabs);
  if (!other) throw new Error("there is no other tab");
  const [id = ""] = crew.made[0]?.split(":") ?? [];
  await other.run((customer) => globalThis.shared.edit(customer, { phone: "1" }), id);
  await crew.version(id, 2);
  await other.waitFor("answer", () => globalThis.shared.tandem.outbox.get().records.length === 0);

  crew.proxy.set({ refuse: true });
  crew.proxy.reset();
  await other.run((customer) => globalThis.shared.edit(customer, { phone: "2" }), id);
  await leader.close();
  crew.proxy.set({});
  await crew.version(id, 3);
  await other.waitFor("answer", () => globalThis.shared.tandem.outbox.get().records.length === 0);
  expect(await other.run(() => globalThis.shared.events)).toEqual([`${id}:1`, `${id}:2`, `${id}:3`]);
});

test("tabs of two people in one browser share nothing", async () => {
  const ben = crew.colleague("Ben");
  const [ada, other] = await Promise.all([crew.open(profile), crew.open(profile, ben)]);
  await crew.sockets(2);
  expect(await Promise.all([ada, other].map((tab) => tab.run(() => globalThis.shared.leads)))).toEqual([true, true]);
});

test("a page that comes back from the cache is live again, and has missed nothing", async () => {
  const [tab, other] = await Promise.all([crew.open(profile), crew.open(profile)]);
  for (const each of [tab, other]) {
    await each.run(() => void Object.assign(globalThis, { kept: true }));
    await each.open(`http://localhost:${crew.site.port}/blank`);
    await crew.create();
    await each.back();
    await each.waitFor("page from the cache", () => "kept" in globalThis);
    await crew.sees(tab);
    await crew.sees(other);
    await crew.sockets(1);
  }
});

test("a tab that is reloaded keeps its presence and its id, one that is closed leaves, and a duplicate has an id of its own", async () => {
  const watcher = await crew.open(profile, crew.colleague("Ben"));
  await watcher.run(() => globalThis.shared.enter("room", null));
  const first = await crew.open(profile);
  await first.run(() => globalThis.shared.enter("room", globalThis.shared.tandem.clientId));
  const second = await crew.open(profile);
  await second.run(() => globalThis.shared.enter("elsewhere", globalThis.shared.tandem.clientId));
  await watcher.waitFor("presence", () => globalThis.shared.counts.at(-1) === 1);

  const before = await first.run(() => globalThis.shared.tandem.clientId);
  await first.reload();
  expect(await first.run(() => globalThis.shared.tandem.clientId)).toBe(before);
  await first.run(() => globalThis.shared.enter("room", globalThis.shared.tandem.clientId));

  const opened = profile.context.waitForEvent("page");
  await first.run((address) => void window.open(address), crew.address());
  const copy = await opened;
  await copy.waitForFunction(() => "shared" in globalThis);
  expect(await copy.evaluate(() => globalThis.shared.tandem.clientId)).not.toBe(before);
  await copy.close();

  await first.close();
  await watcher.waitFor("leaving", () => globalThis.shared.counts.at(-1) === 0);
  expect(await watcher.run(() => globalThis.shared.counts)).toEqual([0, 1, 0]);
});

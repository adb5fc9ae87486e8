import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Chromium } from "../../../../testing/browsers/index.js";
import { World } from "../../../../testing/browsers/world.js";
import { until } from "../../../../testing/until.js";

let browser: Chromium;
let world: World;

beforeAll(async () => void ([browser, world] = await Promise.all([Chromium.launch(), World.open("client/test/browser/adapters/page.ts")])));
afterAll(async () => {
  await browser.close();
  await world.close();
});

test.each(["apollo", "query", "urql"])("with %s, queries that began before an event and are answered after it show the newer state, in records and lists", async (library) => {
  const ada = world.hire("Ada");
  const colleague = world.colleague({ ...world.hire("Ben"), org: ada.org });
  const id = await colleague.create("Acme");
  const tab = await (await browser.profile()).tab(world.url(ada, { library }));
  const sees = (change: string) => tab.waitFor(change, (wanted) => globalThis.adapters.changes.includes(wanted), change);
  await until("the subscription", async () => (await colleague.edit(id, { notes: randomUUID() }), tab.run(() => globalThis.adapters.changes.length > 0)));

  await tab.run((customer) => {
    globalThis.adapters.answers.hold("query Customer");
    globalThis.adapters.showCustomer(customer);
    globalThis.adapters.showList();
  }, id);
  await tab.waitFor("two answers of the server", () => globalThis.adapters.answers.waiting === 2);
  const version = await colleague.edit(id, { phone: "+1 555" });
  await sees(`${id}:${version}`);
  await sees(`${await colleague.create("Basic")}:1`);
  await tab.run(() => globalThis.adapters.answers.release());

  await tab.waitFor("both customers", () => globalThis.adapters.lists.at(-1)?.slice(0, 2).join() === "Basic,Acme");
  const { customers, failures } = await tab.run(() => ({ customers: globalThis.adapters.customers, failures: globalThis.adapters.failures }));
  expect(failures).toEqual([]);
  expect(customers.length).toBeGreaterThan(0);
  expect(customers.map((customer) => ({ version: customer.version, phone: customer.phone }))).toEqual(customers.map(() => ({ version, phone: "+1 555" })));
});

import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Balancer } from "../../../testing/balancer.js";
import { Chromium, type ChromiumTab } from "../../../testing/browsers/index.js";
import { Site } from "../../../testing/browsers/site.js";
import { Colleague } from "../../../testing/colleague.js";
import { Pair } from "../../../testing/pair.js";
import { organization, type Person } from "../../../testing/token.js";
import { until } from "../../../testing/until.js";

let browser: Chromium;
let pair: Pair;
let site: Site;
let balancer: Balancer;

beforeAll(async () => {
  [browser, pair] = await Promise.all([Chromium.launch(), Pair.start()]);
  const [first, second] = pair.instances;
  site = await Site.serve("client/test/browser/page.ts", first.port);
  balancer = await Balancer.before(site.port, [first.port, second.port]);
});
afterEach(() => browser.close());
afterAll(async () => {
  await balancer.close();
  await site.close();
  await pair.remove();
});

/** A page of a person behind the balancer, which follows the customers from a position on. */
async function pageOf(person: Person, position: string): Promise<ChromiumTab> {
  const profile = await browser.profile({ ignoreHTTPSErrors: true });
  const tab = await profile.tab(`${balancer.origin}${site.pathOf(person)}`);
  await tab.run((cursor) => globalThis.page.follow(cursor), position);
  return tab;
}

test("where requests are spread over instances and sockets are blocked, each subscription has a stream, and nothing is lost when an instance ends", async () => {
  const [first, second] = pair.instances;
  const hire = organization();
  const ada = hire("Ada");
  const colleague = new Colleague(first, hire("Ben"));
  const position = await colleague.position();
  const tab = await pageOf(ada, position);
  await tab.waitFor("connection by streams", () => globalThis.page.status?.state === "connected" && globalThis.page.status.transport === "sse");
  expect(await tab.run(() => (performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming).nextHopProtocol)).toBe("h2");
  expect(balancer.passed.filter((each) => each === "PUT /graphql/stream")).toHaveLength(2);

  await tab.run(() => void Object.assign(globalThis, { counts: globalThis.page.enter("room", "Ada's") }));
  const present = async () => (await colleague.ask<{ presence: { totalCount: number } }>('{ presence(room: "room") { totalCount } }')).presence.totalCount;
  await until("Ada in the room", async () => (await present()) === 1);

  const customer = await colleague.create("Acme");
  for (let n = 0; n < 5; n++) await colleague.edit(customer, { notes: `${n}` });
  const all = async () => {
    const changes = await new Colleague(first, ada).changes(position);
    await tab.waitFor(`${changes.length} changes`, (count) => globalThis.page.events.length >= count, changes.length);
    expect(await tab.run(() => ({ events: globalThis.page.events, failures: globalThis.page.failures }))).toEqual({ events: changes, failures: [] });
  };
  await all();

  balancer.instances = [first.port];
  await second.stop();
  await colleague.edit(customer, { notes: "on one instance" });
  await all();
  expect(await present()).toBe(1);
  expect(await tab.run(() => globalThis.page.status?.transport)).toBe("sse");

  await tab.run(() => globalThis.page.tandem.disconnect());
  await until("an empty room", async () => (await present()) === 0);
  await until("the end of all streams", () => balancer.open === 0);
});

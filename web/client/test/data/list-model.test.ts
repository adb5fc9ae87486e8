import "fake-indexeddb/auto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Transport } from "../../src/connection/status.js";
import type { ListQuery } from "../../src/data/live.js";
import { givenFields } from "../../src/data/mapping.js";
import { clientOf, createCustomer, watching } from "../../../testing/crm.js";
import { Proxy } from "../../../testing/proxy.js";
import { Random } from "../../../testing/random.js";
import { Server } from "../../../testing/server.js";
import { organization, type Person } from "../../../testing/token.js";
import { until } from "../../../testing/until.js";

let server: Server;
beforeAll(async () => void (server = await Server.start()));
afterAll(() => server.remove());

const queries: ListQuery[] = [
  { type: "Customer" },
  { type: "Customer", orderBy: "name_asc", pageSize: 3 },
  { type: "Customer", filter: { status: ["active", "lead"] }, orderBy: "created_at_desc", pageSize: 4 },
  { type: "Customer", filter: { search: "a" }, orderBy: "updated_at_asc" },
  { type: "Customer", filter: { deleted: true }, orderBy: "name_asc" },
  { type: "Customer", filter: { unowned: true } },
];

/** Does something to one of the customers, as a person who may do everything. */
async function disturb(random: Random, boss: Person, ben: Person, ids: string[]): Promise<void> {
  const id = random.pick(ids);
  const name = `${random.pick(["a", "B", "c", "Ä", "z"])}${random.below(30)}`;
  const node = await server.ask<{ customer: { version: number } | null }>(boss, "query ($id: ID!) { customer(id: $id) { version } }", { id });
  const input = { id, baseVersion: node.customer?.version ?? 1 };
  const update = (patch: object) =>
    server.ask(boss, "mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { __typename } }", { input: { ...input, patch } });
  const change = random.pick(["create", "name", "name", "status", "owner", "restrict", "open", "grant", "revoke", "delete", "restore"]);
  switch (change) {
    case "create": return void ids.push(await createCustomer(server, boss, { name, status: random.pick(["LEAD", "ACTIVE", "CHURNED"]) }));
    case "name": return void (await update({ name }));
    case "status": return void (await update({ status: random.pick(["LEAD", "ACTIVE", "CHURNED"]) }));
    case "owner": return void (await update({ ownerId: random.pick([null, boss.id]) }));
    case "restrict": return void (await update({ visibility: "RESTRICTED" }));
    case "open": return void (await update({ visibility: "ORGANIZATION" }));
    case "delete": return void (await server.ask(boss, "mutation ($input: DeleteEntityInput!) { deleteEntity(input: $input) { __typename } }", { input }));
    case "restore": return void (await server.ask(boss, "mutation ($id: ID!) { restoreEntity(input: { id: $id }) { __typename } }", { id }));
    case "grant": return void (await server.ask(boss, "mutation ($id: ID!, $user: ID!) { grantAccess(entityId: $id, userId: $user, level: READ) }", { id, user: ben.id }).catch(() => undefined));
    case "revoke": return void (await server.ask(boss, "mutation ($id: ID!, $user: ID!) { revokeAccess(entityId: $id, userId: $user) }", { id, user: ben.id }).catch(() => undefined));
  }
}

/** The list as the server reads it now. */
async function read(person: Person, { filter = {}, orderBy = "updated_at_desc" }: ListQuery): Promise<{ ids: string[]; totalCount: number }> {
  const query = `query ($filter: CustomerFilter, $orderBy: EntityOrder) { customers(filter: $filter, orderBy: $orderBy, first: 100) { totalCount nodes { id version name } } }`;
  const { customers } = await server.ask<{ customers: { totalCount: number; nodes: { id: string; version: number; name: string }[] } }>(person, query, { filter: givenFields(filter), orderBy: orderBy.toUpperCase() });
  return { ids: customers.nodes.map(({ id, version, name }) => `${id} ${version} ${name}`), totalCount: customers.totalCount };
}

test.each<[number, Transport]>([[1, "ws"], [2, "ws"], [3, "ws"], [4, "sse"], [5, "poll"]])(
  "after everything that others do, lists are what the server reads (%d, %s)",
  async (seed, transport) => {
    const random = new Random(seed);
    const hire = organization();
    const [boss, ben] = [hire("Boss", "ADMIN"), hire("Ben")];
    await server.ask(ben, "{ viewer { role } }");
    const ids: string[] = [];
    for (let n = 0; n < 8; n++) ids.push(await createCustomer(server, boss, { name: `start ${n}`, status: "LEAD" }));
    const proxy = await Proxy.before(server.port);
    const tandem = clientOf(proxy.url, ben, { transports: [transport] });
    const lists = queries.map((query) => ({ query, list: tandem.list(query), seen: watching(tandem.list(query)) }));
    await Promise.all(lists.map(({ seen }) => seen.until("list", ({ status }) => status === "live")));
    for (let n = 0; n < 60; n++) {
      await disturb(random, boss, ben, ids);
      if (random.below(15) === 0) proxy.reset();
      if (random.below(20) === 0) await random.pick(lists).list.loadMore();
    }
    for (const { query, list } of lists) {
      let last: unknown;
      await until(`list of ${JSON.stringify(query)}`, async () => {
        const [now, truth] = [list.get(), await read(ben, query)];
        const shown = now.items.map(({ id, version, displayName }) => `${id} ${version} ${displayName}`);
        const whole = now.hasMore ? truth.ids.slice(0, shown.length) : truth.ids;
        last = { shown, truth, totalCount: now.totalCount };
        return JSON.stringify(shown) === JSON.stringify(whole) && now.totalCount === truth.totalCount;
      }, 20_000).catch(() => expect(last).toBe(query));
    }
    tandem.close();
    await proxy.close();
  },
);

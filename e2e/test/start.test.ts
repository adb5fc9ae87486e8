import assert from "node:assert/strict";
import { test } from "node:test";
import { atEnd } from "../src/cleanup.ts";
import { connect } from "../src/connect.ts";
import { createDatabase, freePort, services } from "../src/services.ts";
import { refusal, Server, temporaryFolder, type Settings } from "../src/server.ts";
import { asOf, followCustomers, readLog } from "../src/operations/changes.ts";
import { customers, viewer } from "../src/operations/company.ts";
import { applied, create } from "../src/operations/customers.ts";
import { organization, SECRET, token } from "../src/token.ts";
import { until } from "../src/until.ts";
import { connectUntilEnd } from "../src/world.ts";

services();

test("without settings it is a demo, which has people with tokens and a whole company once it is ready", async (t) => {
  const folder = await temporaryFolder();
  atEnd(t, () => folder.remove());
  const server = await Server.startWith({}, folder.path);
  atEnd(t, () => server.stop());
  const people = await until("five people with tokens", () => {
    const found = [...server.output.matchAll(/(\S.*?)\s+(VIEWER|MEMBER|ADMIN)\s+(eyJ\S+)\n/g)];
    return found.length >= 5 && found;
  });
  assert.equal(people.length, 5, `it printed: ${server.output}`);
  assert.deepEqual([...new Set(people.map(([, , role]) => role))].sort(), ["ADMIN", "MEMBER", "VIEWER"]);
  for (const [, name, role, demoToken] of people) {
    const client = connect("urql", server, demoToken);
    atEnd(t, () => client.close());
    const me = await viewer(client);
    assert.deepEqual([me.user.name, me.role], [name, role]);
    const page = await customers(client, { first: 5 });
    assert.equal(page.nodes.length, 5);
    assert.ok(page.totalCount >= 50, `the demo has ${page.totalCount} customers`);
  }
});

test("with a secret it is for real: nothing made up, and no tokens", async (t) => {
  const folder = await temporaryFolder();
  atEnd(t, () => folder.remove());
  const server = await Server.start({ DATABASE_URL: `sqlite:${folder.path}/tandem.db` });
  atEnd(t, () => server.stop());
  assert.doesNotMatch(server.output, /eyJ/);
  const ada = connectUntilEnd(t, "graphql-ws", server, organization()("Ada"));
  assert.equal((await customers(ada, { first: 5 })).totalCount, 0);
});

test("settings that cannot work end the start with one sentence", async (t) => {
  const nobody = await freePort();
  const unreachable = `postgres://127.0.0.1:${nobody}/tandem?sslmode=disable`;
  const database = await createDatabase();
  atEnd(t, () => database.drop());
  const unusable: [string, Settings, RegExp][] = [
    ["a database of an unknown kind", { DATABASE_URL: "mysql://localhost/tandem" }, /DATABASE_URL/],
    ["a database that does not answer", { DATABASE_URL: unreachable, REDIS_URL: services().redis }, /DATABASE_URL/],
    ["a Redis for one file", { DATABASE_URL: "sqlite:tandem.db", REDIS_URL: services().redis }, /REDIS_URL/],
  ];
  for (const [what, settings, reason] of unusable) {
    const { status, said } = await refusal({ AUTH_SECRET: SECRET, LOG_LEVEL: "warn", ...settings });
    assert.equal(status, 1, `${what}: ${said}`);
    assert.match(said, reason, what);
    assert.equal(said.trim().split("\n").length, 1, `${what}: ${said}`);
  }
});

test("an instance starts without Redis, and says so", async (t) => {
  const database = await createDatabase();
  atEnd(t, () => database.drop());
  const server = await Server.start({ DATABASE_URL: database.url, REDIS_URL: `redis://127.0.0.1:${await freePort()}/0` });
  atEnd(t, () => server.stop());
  assert.match(server.output, /Redis does not answer; the instance starts without it/);
  const ada = connectUntilEnd(t, "graphql-ws", server, organization()("Ada"));
  const changes = followCustomers(ada, { after: await asOf(ada) });
  const saved = applied(await create(ada, { name: "Acme" }));
  assert.deepEqual((await changes.next()).customer, saved.customer);
});

test("instances that start together on an empty database all come up", async (t) => {
  const database = await createDatabase();
  atEnd(t, () => database.drop());
  const settings = { DATABASE_URL: database.url, REDIS_URL: services().redis };
  const servers = await Promise.all([1, 2, 3, 4].map(() => Server.start(settings)));
  atEnd(t, () => Promise.all(servers.map((server) => server.stop())));
  const person = organization()("Ada");
  // All of them meet the person for the first time at the same moment, too.
  const clients = servers.map((server) => connect("Apollo Client", server, token(person)));
  atEnd(t, () => Promise.all(clients.map((client) => client.close())));
  const [start] = await Promise.all(clients.map((client) => asOf(client)));
  await Promise.all(clients.map(async (client, n) => applied(await create(client, { name: `customer ${n}` }))));
  for (const client of clients) assert.equal((await readLog(client, start ?? "")).length, 4);
});

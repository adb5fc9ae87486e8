import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { atEnd } from "../src/cleanup.ts";
import { assertClean, check, seen } from "../src/checker.ts";
import { Follower } from "../src/follower.ts";
import { asOf, followCustomers, poll, readLog } from "../src/operations/changes.ts";
import { applied, create, update } from "../src/operations/customers.ts";
import { createDatabase, Redis, services } from "../src/services.ts";
import { Server } from "../src/server.ts";
import { organization, token } from "../src/token.ts";
import { connectUntilEnd } from "../src/world.ts";

/**
 * Two instances on one database. Announcements of the first reach nobody: it has a Redis of its own, and that one
 * stopped. To the second it is the same as if the first died between commit and announcement.
 */
async function mute(t: TestContext): Promise<{ mute: Server; other: Server }> {
  const database = await createDatabase();
  atEnd(t, () => database.drop());
  const redis = await Redis.start();
  const [first, other] = await Promise.all([
    Server.start({ DATABASE_URL: database.url, REDIS_URL: redis.url }),
    Server.start({ DATABASE_URL: database.url, REDIS_URL: services().redis }),
  ]);
  atEnd(t, () => Promise.all([first.stop(), other.stop()]));
  await redis.stop();
  return { mute: first, other };
}

test("a change that nobody announced arrives on the other instance", async (t) => {
  const servers = await mute(t);
  const hire = organization();
  const ada = connectUntilEnd(t, "urql", servers.mute, hire("Ada"));
  const ben = connectUntilEnd(t, "graphql-ws", servers.other, hire("Ben"));
  const start = await asOf(ben);
  const far = new Follower("the follower on the other instance", "graphql-ws", [servers.other], token(hire("Far")), start);
  atEnd(t, () => far.stop());

  let { customer, cursor } = applied(await create(ada, { name: "Acme" }));
  for (let n = 0; n < 5; n++) {
    await far.arrival(cursor);
    ({ customer, cursor } = applied(await update(ada, customer, { notes: `edit ${n}` })));
  }

  // A query of the other instance does not wait at all: the log is read, not what was announced.
  assert.deepEqual((await poll(ben, { after: start })).changes.map(({ version }) => version), [1, 2, 3, 4, 5, 6]);
  await far.arrival(cursor);

  // An announced change that follows unannounced ones brings them along, in order.
  ({ customer } = applied(await update(ada, customer, { notes: "not announced" })));
  ({ cursor } = applied(await update(ben, customer, { notes: "announced" })));
  await far.arrival(cursor);
  await far.stop();
  assertClean(far.name, check((await readLog(ben, start)).map(seen), far.seen));
});

test("an instance that dies right after its commit leaves nothing untold", async (t) => {
  const servers = await mute(t);
  const hire = organization();
  const ada = connectUntilEnd(t, "urql", servers.mute, hire("Ada"));
  const ben = connectUntilEnd(t, "graphql-ws", servers.other, hire("Ben"));
  const changes = followCustomers(ben, { after: await asOf(ben) });
  const saved = applied(await create(ada, { name: "Acme" }));
  await servers.mute.kill();
  const change = await changes.next("change of the dead instance");
  assert.deepEqual(change.customer, saved.customer);
});

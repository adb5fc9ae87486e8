import assert from "node:assert/strict";
import { test } from "node:test";
import { atEnd } from "../src/cleanup.ts";
import { assertClean, check, checkLog, seen } from "../src/checker.ts";
import { kinds, type Kind } from "../src/client.ts";
import { Follower } from "../src/follower.ts";
import { asOf, readLog, type Change } from "../src/operations/changes.ts";
import { applied, create } from "../src/operations/customers.ts";
import { organization, token } from "../src/token.ts";
import { until } from "../src/until.ts";
import { connectUntilEnd, pair } from "../src/world.ts";
import { Writer, type SharedField } from "../src/writer.ts";

/** How many writes are acknowledged between one event and the next. */
const PHASE = 150;
const sharedFields: readonly SharedField[] = ["phone", "company", "notes"];

test("instances that are killed under writes lose nothing, double nothing and reorder nothing", async (t) => {
  const world = await pair();
  atEnd(t, () => world.close());
  const [one, two] = world.instances;
  const hire = organization();
  const watcher = connectUntilEnd(t, "graphql-ws", one, hire("Ada"));
  const start = await asOf(watcher);
  const shared = applied(await create(watcher, { name: "shared" })).customer;

  const kindOf = (n: number): Kind => kinds[n % kinds.length] as Kind;
  const homes = (n: number) => (n % 2 === 0 ? [one, two] : [two, one]);
  const followers = Array.from({ length: 8 }, (_, n) => {
    const follower = new Follower(`follower ${n} (${kindOf(n)})`, kindOf(n), homes(n), token(hire(`Follower ${n}`)), start);
    atEnd(t, () => follower.stop());
    return follower;
  });
  const writers = sharedFields.map((_, n) => new Writer(kindOf(n), homes(n), token(hire(`Writer ${n}`))));
  atEnd(t, () => Promise.all(writers.map((writer) => writer.close())));
  const acknowledged = () => writers.reduce((sum, writer) => sum + writer.acknowledged.length, 0);
  const writing = Promise.all(writers.map((writer, n) => writer.run(shared, sharedFields[n] as SharedField)));
  const moreWrites = async () => {
    const goal = acknowledged() + PHASE;
    await Promise.race([until("acknowledged writes", () => acknowledged() >= goal), writing]);
  };

  await moreWrites();
  for (const victim of [two, one, two, one]) {
    await victim.kill();
    await moreWrites();
    await victim.start();
    await moreWrites();
  }
  for (const writer of writers) writer.stop();
  await writing;

  const changes = await readLog(connectUntilEnd(t, "urql", one, hire("Reader")), start);
  const log = changes.map(seen);
  checkLog(log);
  // The first is the creation of the shared customer, which no writer made.
  assertOnce(changes.slice(1), writers);
  const last = log.at(-1);
  assert.ok(last);
  for (const follower of followers) {
    await follower.arrival(last.cursor);
    await follower.stop();
    assertClean(follower.name, check(log, follower.seen));
    assert.ok(follower.interruptions > 0, `${follower.name} was on an instance that was killed`);
  }
  assert.ok(writers.some(({ retries }) => retries > 0), "no mutation was under way when an instance was killed");
});

/** Every acknowledged write is in the log once, as it was answered, and nothing is there that nobody sent. */
function assertOnce(log: readonly Change[], writers: readonly Writer[]): void {
  const acknowledged = writers.flatMap((writer) => writer.acknowledged);
  const answered = acknowledged.map(({ clientMutationId, entityId, version, cursor }) => [clientMutationId, entityId, version, cursor]);
  const kept = log.map(({ clientMutationId, entityId, version, cursor }) => [clientMutationId, entityId, version, cursor]);
  assert.deepEqual(kept.sort(), answered.sort());
}

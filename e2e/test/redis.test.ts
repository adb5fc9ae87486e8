import assert from "node:assert/strict";
import { test } from "node:test";
import { atEnd } from "../src/cleanup.ts";
import { assertClean, check, checkLog, seen } from "../src/checker.ts";
import { Follower } from "../src/follower.ts";
import { asOf, readLog } from "../src/operations/changes.ts";
import { applied, create } from "../src/operations/customers.ts";
import { enter, roster } from "../src/operations/presence.ts";
import { Redis } from "../src/services.ts";
import { organization, token, unique } from "../src/token.ts";
import { until } from "../src/until.ts";
import { connectUntilEnd, pair } from "../src/world.ts";
import { Writer } from "../src/writer.ts";

/** What a change may take to the other instance: with Redis, and by the log alone. */
const FAST = 500;
const BY_THE_LOG = 2_000;
/** Five in a row under FAST cannot be luck: each is sent when the last arrived, so the next look at the log is a second away. */
const IN_A_ROW = 5;

test("a Redis that stops costs a second, and nothing else", async (t) => {
  const redis = await Redis.start();
  atEnd(t, () => redis.stop());
  const world = await pair(redis.url);
  atEnd(t, () => world.close());
  const [one, two] = world.instances;
  const hire = organization();
  const ada = connectUntilEnd(t, "graphql-ws", one, hire("Ada"));
  const ben = connectUntilEnd(t, "graphql-ws", two, hire("Ben"));
  const start = await asOf(ada);
  const shared = applied(await create(ada, { name: "shared" })).customer;
  const near = new Follower("the follower on the writers' instance", "graphql-ws", [one], token(hire("Near")), start);
  atEnd(t, () => near.stop());
  const far = new Follower("the follower on the other instance", "urql", [two], token(hire("Far")), start);
  atEnd(t, () => far.stop());

  // The writer keeps the log moving; the probe measures, one write at a time.
  const writer = new Writer("graphql-ws", [one], token(hire("Writer")));
  const probe = new Writer("urql", [one], token(hire("Probe")));
  atEnd(t, () => Promise.all([writer.close(), probe.close()]));
  const writing = writer.run(shared, "notes", 20);
  const delay = async (): Promise<number> => {
    await probe.create({ name: "probe" });
    const { cursor, at } = probe.acknowledged.at(-1) ?? assert.fail("nothing was acknowledged");
    return Math.max((await far.arrival(cursor, BY_THE_LOG * 2)) - at, 0);
  };
  const fastAgain = (within: number) => {
    let row = 0;
    return until(`${IN_A_ROW} fast changes in a row`, async () => (row = (await delay()) < FAST ? row + 1 : 0) >= IN_A_ROW, within);
  };
  const room = unique("room");
  for (const [client, id] of [[ada, "ada-1"], [ben, "ben-1"]] as const) await enter(client, room, id).next("snapshot");
  const bothThere = async () => {
    const states = await Promise.all([roster(ada, room), roster(ben, room)]);
    return states.every(({ totalCount }) => totalCount === 2);
  };

  await fastAgain(10_000);
  assert.ok(await bothThere());
  await redis.stop();
  for (let n = 0; n < IN_A_ROW; n++) {
    const took = await delay();
    assert.ok(took <= BY_THE_LOG, `without Redis a change took ${took} ms`);
  }
  await redis.start();
  await fastAgain(15_000);
  // Redis came back empty, and the instances put back who is there with their next beat.
  await until("both people in the room again", bothThere, 15_000);

  writer.stop();
  await writing;
  const log = (await readLog(ada, start)).map(seen);
  checkLog(log);
  const last = log.at(-1);
  assert.ok(last);
  for (const follower of [near, far]) {
    await follower.arrival(last.cursor, BY_THE_LOG * 2);
    await follower.stop();
    assertClean(follower.name, check(log, follower.seen));
    assert.equal(follower.interruptions, 0, `${follower.name} was not disturbed`);
  }
});

test("a Redis that stands still holds up nobody", async (t) => {
  const redis = await Redis.start();
  atEnd(t, () => redis.stop());
  const world = await pair(redis.url);
  atEnd(t, () => world.close());
  const [one, two] = world.instances;
  const hire = organization();
  const ada = connectUntilEnd(t, "urql", one, hire("Ada"));
  const start = await asOf(ada);
  const far = new Follower("the follower on the other instance", "graphql-ws", [two], token(hire("Far")), start);
  atEnd(t, () => far.stop());
  const first = applied(await create(ada, { name: "before" }));
  await far.arrival(first.cursor, BY_THE_LOG);

  redis.freeze();
  atEnd(t, () => redis.thaw());
  for (const name of ["one", "two", "three"]) {
    const sent = performance.now();
    const { cursor } = applied(await create(ada, { name }));
    const answered = performance.now() - sent;
    assert.ok(answered <= BY_THE_LOG, `the answer to a write took ${answered} ms`);
    const took = (await far.arrival(cursor, BY_THE_LOG * 2)) - sent;
    assert.ok(took <= BY_THE_LOG * 2, `a change took ${took} ms from its sending`);
  }
  redis.thaw();
  await far.stop();
  assertClean(far.name, check((await readLog(ada, start)).map(seen), far.seen));
});

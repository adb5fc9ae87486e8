import assert from "node:assert/strict";
import { test } from "node:test";
import { atEnd } from "../src/cleanup.ts";
import { assertClean, check, checkLog, seen } from "../src/checker.ts";
import { Follower } from "../src/follower.ts";
import { asOf, readLog } from "../src/operations/changes.ts";
import { applied, create } from "../src/operations/customers.ts";
import { enter, roster } from "../src/operations/presence.ts";
import { freePort, Redis } from "../src/services.ts";
import { organization, token, unique } from "../src/token.ts";
import { until } from "../src/until.ts";
import { connectUntilEnd, pair } from "../src/world.ts";
import { Writer } from "../src/writer.ts";

/**
 * Five announced changes in a row cannot be luck: each is sent when the last arrived, so the instance looks at the log
 * meanwhile, and fills a hole with each that nobody announced.
 */
const IN_A_ROW = 5;

test("a Redis that stops costs time, and nothing else", async (t) => {
  const redis = await Redis.start();
  atEnd(t, () => redis.stop());
  const world = await pair(redis.url, { METRICS_ADDR: `127.0.0.1:${await freePort()}` });
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

  // The writer keeps the log moving; the probe writes one change at a time and waits for it.
  const writer = new Writer("graphql-ws", [one], token(hire("Writer")));
  const probe = new Writer("urql", [one], token(hire("Probe")));
  atEnd(t, () => Promise.all([writer.close(), probe.close()]));
  const writing = writer.run(shared, "notes", 20);
  const probed = async (): Promise<void> => {
    await probe.create({ name: "probe" });
    const { cursor } = probe.acknowledged.at(-1) ?? assert.fail("nothing was acknowledged");
    await far.arrival(cursor);
  };
  const holes = () => two.metric("tandem_ring_holes_filled_total");
  const announced = () => {
    let row = 0;
    return until(`${IN_A_ROW} announced changes in a row`, async () => {
      const before = await holes();
      await probed();
      row = (await holes()) === before ? row + 1 : 0;
      return row >= IN_A_ROW;
    });
  };
  const room = unique("room");
  for (const [client, id] of [[ada, "ada-1"], [ben, "ben-1"]] as const) await enter(client, room, id).next("snapshot");
  const bothThere = async () => {
    const states = await Promise.all([roster(ada, room), roster(ben, room)]);
    return states.every(({ totalCount }) => totalCount === 2);
  };

  await announced();
  assert.ok(await bothThere());
  await redis.stop();
  const before = await holes();
  for (let n = 0; n < IN_A_ROW; n++) await probed();
  assert.ok((await holes()) > before, "without Redis, changes come by the log");
  await redis.start();
  await announced();
  // Redis came back empty, and the instances put back who is there with their next beat.
  await until("both people in the room again", bothThere);

  writer.stop();
  await writing;
  const log = (await readLog(ada, start)).map(seen);
  checkLog(log);
  const last = log.at(-1);
  assert.ok(last);
  for (const follower of [near, far]) {
    await follower.arrival(last.cursor);
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
  await far.arrival(first.cursor);

  redis.freeze();
  atEnd(t, () => redis.thaw());
  for (const name of ["one", "two", "three"]) {
    const { cursor } = applied(await create(ada, { name }));
    await far.arrival(cursor);
  }
  redis.thaw();
  await far.stop();
  assertClean(far.name, check((await readLog(ada, start)).map(seen), far.seen));
});

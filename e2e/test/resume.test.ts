import assert from "node:assert/strict";
import { test } from "node:test";
import { assertClean, check, checkLog, seen } from "../src/checker.ts";
import { kinds, type Client } from "../src/client.ts";
import { Interrupted, Refused } from "../src/errors.ts";
import { asOf, followCustomers, followEverything, readLog } from "../src/operations/changes.ts";
import { viewer } from "../src/operations/company.ts";
import { applied, create, update } from "../src/operations/customers.ts";
import { organization } from "../src/token.ts";
import { inEveryWorld } from "../src/world.ts";

/** Writes versions `from` to `to` of a customer. */
async function write(by: Client, id: string, from: number, to: number): Promise<void> {
  for (let version = from; version <= to; version++) {
    applied(await update(by, { id, version: version - 1 }, { notes: `version ${version}` }));
  }
}

inEveryWorld(({ connect }) => {
  for (const kind of kinds) {
    test(`${kind}: a client that comes back after the last cursor missed nothing`, async (t) => {
      const hire = organization();
      const ada = connect(t, kind, hire("Ada"), 0);
      const person = hire("Ben");
      const ben = connect(t, kind, person, 1);
      const start = await asOf(ada);
      const { customer } = applied(await create(ada, { name: "Acme" }));

      const before = followCustomers(ben, { after: start });
      await write(ada, customer.id, 2, 4);
      const first = await before.take(4);

      ben.drop();
      assert.ok((await before.ended()) instanceof Interrupted);
      await write(ada, customer.id, 5, 9);

      // He comes back to the other instance, and continues after his cursor while writes continue.
      const back = connect(t, kind, person, 0);
      const after = followCustomers(back, { after: first[3]?.cursor ?? "" });
      await write(ada, customer.id, 10, 14);
      const second = await after.take(10);

      const log = (await readLog(ada, start)).map(seen);
      checkLog(log);
      assert.equal(log.length, 14);
      assertClean("ben", check(log, [...first, ...second].map(seen)));
      assert.deepEqual(after.rest(), []);
      // A replayed change shows the customer as that change left it.
      assert.deepEqual(second.map(({ customer: left }) => left?.notes), [5, 6, 7, 8, 9, 10, 11, 12, 13, 14].map((v) => `version ${v}`));
    });

    test(`${kind}: the dropped connection's own client comes back too`, async (t) => {
      const hire = organization();
      const ada = connect(t, kind, hire("Ada"), 0);
      const ben = connect(t, kind, hire("Ben"), 1);
      const { customer, cursor } = applied(await create(ada, { name: "Acme" }));
      const before = followCustomers(ben, { after: cursor });
      await write(ada, customer.id, 2, 2);
      const last = await before.next();
      ben.drop();
      await before.ended();
      await write(ada, customer.id, 3, 3);
      const change = await followCustomers(ben, { after: last.cursor }).next();
      assert.equal(change.version, 3);
    });
  }

  test("without a cursor only what comes is followed, and all of it", async (t) => {
    const hire = organization();
    const ada = connect(t, "graphql-ws", hire("Ada"), 0);
    const ben = connect(t, "graphql-ws", hire("Ben"), 1);
    const { customer } = applied(await create(ada, { name: "Acme" }));
    const changes = followCustomers(ben, { id: customer.id });
    // The wire has no word for "subscribed", so Ada edits until Ben sees it.
    let begun = false;
    const first = changes.next("first change").finally(() => (begun = true));
    let version = 1;
    while (!begun) await write(ada, customer.id, ++version, version);
    const { version: from } = await first;
    assert.ok(from > 1, "the creation was before");
    await write(ada, customer.id, version + 1, version + 3);
    for (let next = from + 1; next <= version + 3; next++) assert.equal((await changes.next()).version, next);
  });

  test("a cursor that is ahead of the log asks for a fresh start, and leaves the connection", async (t) => {
    const busy = connect(t, "graphql-ws", organization()("Ada"), 0);
    for (const name of ["one", "two", "three"]) applied(await create(busy, { name }));
    const ahead = await asOf(busy);

    const ben = connect(t, "graphql-ws", organization()("Ben"), 1);
    await viewer(ben);
    const end = await followEverything(ben, ahead).ended();
    assert.ok(end instanceof Refused, String(end));
    assert.deepEqual(end.codes, ["RESYNC_REQUIRED"]);
    const changes = followEverything(ben, await asOf(ben));
    applied(await create(ben, { name: "Acme" }));
    assert.equal((await changes.next()).kind, "CREATED");
    assert.deepEqual(ben.closings.rest(), []);
  });

  test("what is no cursor is refused", async (t) => {
    const ada = connect(t, "graphql-ws", organization()("Ada"), 0);
    const end = await followEverything(ada, "not a cursor").ended();
    assert.ok(end instanceof Refused, String(end));
    assert.deepEqual(end.codes, ["BAD_USER_INPUT"]);
  });
});

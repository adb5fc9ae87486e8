import assert from "node:assert/strict";
import { test } from "node:test";
import { assertClean, check, seen } from "../src/checker.ts";
import { kinds } from "../src/client.ts";
import { asOf, poll, readLog, type Change } from "../src/operations/changes.ts";
import { applied, create, update } from "../src/operations/customers.ts";
import { beat, enter, leave, roster } from "../src/operations/presence.ts";
import { organization, unique } from "../src/token.ts";
import { inEveryWorld } from "../src/world.ts";

inEveryWorld(({ connect }) => {
  for (const kind of kinds) {
    test(`${kind}: polling gives every change once, in order, while writes go on`, async (t) => {
      const hire = organization();
      const ada = connect(t, kind, hire("Ada"), 0);
      const ben = connect(t, kind, hire("Ben"), 1);
      const start = await asOf(ben);
      let writing = true;
      const writer = (async () => {
        let { customer } = applied(await create(ada, { name: "Acme" }));
        while (customer.version < 20) ({ customer } = applied(await update(ada, customer, { notes: String(customer.version) })));
      })().finally(() => (writing = false));

      const polled: Change[] = [];
      for (let after = start; ; ) {
        const over = !writing;
        const page = await poll(ben, { after, first: 3 });
        assert.ok(page.changes.length <= 3);
        assert.ok(page.changes.length > 0 || !page.hasMore, "a page that says that there is more has something");
        polled.push(...page.changes);
        // An empty page has a cursor too, so there is always one to continue with.
        after = page.endCursor;
        if (over && page.changes.length === 0) break;
      }
      await writer;
      assertClean("ben", check((await readLog(ada, start)).map(seen), polled.map(seen)));
      assert.equal(polled.length, 20);
    });

    test(`${kind}: a client that beats is present, and others see it come and go`, async (t) => {
      const hire = organization();
      const [adas, bens] = [hire("Ada"), hire("Ben")];
      const ada = connect(t, kind, adas, 0);
      const ben = connect(t, kind, bens, 1);
      const room = unique("room");
      const atAda = enter(ada, room, "ada-1");
      await atAda.next("snapshot");

      const state = await beat(ben, room, "ben-1", { editingField: "notes" });
      assert.equal(state.totalCount, 2);
      assert.deepEqual([state.currentUser?.id, state.currentUser?.editingField], [bens.id, "notes"]);
      const { joined } = await atAda.find("Ben's coming", (update) => update.joined.some(({ id }) => id === bens.id));
      assert.equal(joined.find(({ id }) => id === bens.id)?.editingField, "notes");

      // A beat without a state renews, and changes nothing that is shown.
      assert.equal((await beat(ben, room, "ben-1")).currentUser?.editingField, "notes");
      assert.equal(await leave(ben, room, "ben-1"), true);
      await atAda.find("Ben's going", ({ left }) => left.includes(bens.id));
      assert.deepEqual((await roster(ben, room)).users.map(({ id }) => id), [adas.id]);
    });
  }

  test("polling can be narrowed to one entity, or to some types", async (t) => {
    const ada = connect(t, "urql", organization()("Ada"), 0);
    const start = await asOf(ada);
    const one = applied(await create(ada, { name: "one" })).customer;
    const two = applied(await create(ada, { name: "two" })).customer;
    applied(await update(ada, one, { notes: "more" }));
    const ofTwo = await poll(ada, { after: start, entityId: two.id });
    assert.deepEqual(ofTwo.changes.map(({ entityId, version }) => [entityId, version]), [[two.id, 1]]);
    const ofOne = await poll(ada, { after: start, types: ["CUSTOMER"], entityId: one.id });
    assert.deepEqual(ofOne.changes.map(({ version }) => version), [1, 2]);
    const calls = await poll(ada, { after: start, types: ["CALL"] });
    assert.deepEqual(calls.changes, []);
    // The position moves on although nothing was of the type, so that it is not read again.
    assert.deepEqual((await poll(ada, { after: calls.endCursor })).changes, []);
  });
});

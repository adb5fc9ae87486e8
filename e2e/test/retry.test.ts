import assert from "node:assert/strict";
import { test } from "node:test";
import { kinds } from "../src/client.ts";
import { asOf, readLog } from "../src/operations/changes.ts";
import { remove } from "../src/operations/company.ts";
import { applied, conflicting, conflicts, create, mutationId, update } from "../src/operations/customers.ts";
import { organization } from "../src/token.ts";
import { inEveryWorld } from "../src/world.ts";

inEveryWorld(({ connect }) => {
  for (const kind of kinds) {
    test(`${kind}: a mutation sent again is applied once, and answered as the first time`, async (t) => {
      const person = organization()("Ada");
      const here = connect(t, kind, person, 0);
      const there = connect(t, kind, person, 1);
      const start = await asOf(here);
      const [first, second] = [mutationId(), mutationId()];

      const created = applied(await create(here, { name: "Acme" }, first));
      assert.deepEqual(await create(there, { name: "Acme" }, first), created);
      const updated = applied(await update(here, created.customer, { notes: "one" }, second));
      applied(await update(here, updated.customer, { notes: "two" }));
      // The customer is further by now. The answer is still the one that got lost.
      assert.deepEqual(await update(there, created.customer, { notes: "one" }, second), updated);
      assert.deepEqual(await create(here, { name: "Acme" }, first), created);

      const log = await readLog(there, start);
      assert.deepEqual(log.map(({ version }) => version), [1, 2, 3]);
      assert.deepEqual(log.slice(0, 2).map(({ clientMutationId }) => clientMutationId), [first, second]);
    });

    test(`${kind}: the same mutation from many at once is applied once`, async (t) => {
      const person = organization()("Ada");
      const here = connect(t, kind, person, 0);
      const there = connect(t, kind, person, 1);
      const start = await asOf(here);
      const id = mutationId();
      const [first, ...others] = await Promise.all(
        [here, there, here, there, here, there].map((client) => create(client, { name: "Acme" }, id)),
      );
      assert.ok(first);
      applied(first);
      for (const other of others) assert.deepEqual(other, first);
      assert.equal((await readLog(here, start)).length, 1);
    });

    test(`${kind}: a mutation that met a conflict meets the same one when it is sent again`, async (t) => {
      const hire = organization();
      const ada = connect(t, kind, hire("Ada"), 0);
      const person = hire("Ben");
      const here = connect(t, kind, person, 0);
      const there = connect(t, kind, person, 1);
      const base = applied(await create(ada, { name: "Acme", notes: "base" })).customer;
      applied(await update(ada, base, { notes: "Ada's" }));
      const id = mutationId();
      const conflict = conflicting(await update(here, base, { notes: "Ben's" }, id));
      assert.deepEqual(await update(there, base, { notes: "Ben's" }, id), conflict);
      assert.equal((await conflicts(ada, true, base.id)).length, 1);
    });
  }

  test("a deletion sent again is answered as the first time", async (t) => {
    const person = organization()("Ada");
    const here = connect(t, "urql", person, 0);
    const there = connect(t, "urql", person, 1);
    const { customer } = applied(await create(here, { name: "Acme" }));
    const id = mutationId();
    const deleted = await remove(here, customer, id);
    assert.equal(deleted.__typename, "EntityDeleted");
    assert.deepEqual(await remove(there, customer, id), deleted);
  });

  test("an id that was used for another mutation is refused", async (t) => {
    const ada = connect(t, "graphql-ws", organization()("Ada"), 0);
    const id = mutationId();
    const { customer } = applied(await create(ada, { name: "Acme" }, id));
    const answer = await update(ada, customer, { name: "Other" }, id);
    assert.equal(answer.__typename, "InvalidInput");
    assert.deepEqual(answer.fields.map(({ field }) => field), ["clientMutationId"]);
  });

  test("two people may happen to use one id", async (t) => {
    const hire = organization();
    const ada = connect(t, "urql", hire("Ada"), 0);
    const ben = connect(t, "urql", hire("Ben"), 1);
    const id = mutationId();
    const adas = applied(await create(ada, { name: "Ada's" }, id));
    const bens = applied(await create(ben, { name: "Ben's" }, id));
    assert.notEqual(adas.customer.id, bens.customer.id);
    assert.equal(bens.customer.name, "Ben's");
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { atEnd } from "../src/cleanup.ts";
import { kinds } from "../src/client.ts";
import { connect } from "../src/connect.ts";
import { Interrupted } from "../src/errors.ts";
import { asOf, followCustomers, followEverything } from "../src/operations/changes.ts";
import { applied, create, customer, mutationId, update } from "../src/operations/customers.ts";
import { organization, token } from "../src/token.ts";
import { inEveryWorld } from "../src/world.ts";

inEveryWorld((stage) => {
  for (const kind of kinds) {
    test(`${kind}: an instance that is deployed anew loses nothing, and its clients go on`, async (t) => {
      const [server] = stage.world.instances;
      const person = organization()("Ada");
      const before = connect(kind, server, token(person));
      atEnd(t, () => before.close());
      const changes = followEverything(before, await asOf(before));
      const id = mutationId();
      const saved = applied(await create(before, { name: "Acme" }, id));
      const last = await changes.next();

      await server.stop();
      const end = await changes.ended();
      // A `complete` would say that there is nothing more to come, and the client would not come back.
      assert.ok(end instanceof Interrupted, String(end));
      const { code } = await before.closings.next("close of the socket");
      assert.equal(code, 1012, "the code that says: the service restarts, come again");
      await server.start();

      const after = stage.connect(t, kind, person, 0);
      assert.deepEqual(await customer(after, saved.customer.id), saved.customer);
      assert.deepEqual(await create(after, { name: "Acme" }, id), saved);
      const resumed = followCustomers(after, { after: last.cursor });
      const updated = applied(await update(after, saved.customer, { notes: "after the restart" }));
      assert.deepEqual((await resumed.next()).customer, updated.customer);
    });
  }
});

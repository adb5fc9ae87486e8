import assert from "node:assert/strict";
import { test } from "node:test";
import { kinds } from "../src/client.ts";
import { followCustomers } from "../src/operations/changes.ts";
import { applied, conflicting, create, resolve, update } from "../src/operations/customers.ts";
import { customersToImport, followConflicts, importCustomers, watchRooms } from "../src/operations/lists.ts";
import { enter } from "../src/operations/presence.ts";
import { organization, unique } from "../src/token.ts";
import { inEveryWorld } from "../src/world.ts";

/** Each of the clients keeps lists and conflicts on its screen right. */
inEveryWorld(({ connect }) => {
  for (const kind of kinds) {
    test(`${kind}: conflicts are followed, also when somebody else resolves them`, async (t) => {
      const hire = organization();
      const [adas, bens] = [hire("Ada"), hire("Ben")];
      const [ada, ben] = [connect(t, kind, adas, 0), connect(t, kind, bens, 1)];
      const base = applied(await create(ada, { name: "Base" })).customer;
      const events = followConflicts(ben, base.cursor);
      applied(await update(ada, base, { name: "Ada's" }));
      const conflict = conflicting(await update(ben, base, { name: "Ben's" }));
      const opened = await events.next("OPENED");
      assert.deepEqual([opened.kind, opened.actor?.id, opened.conflict.id], ["OPENED", bens.id, conflict.id]);
      applied(await resolve(ada, conflict.id, "LOCAL"));
      const resolved = await events.next("RESOLVED");
      assert.deepEqual([resolved.kind, resolved.actor?.id, resolved.conflict.resolution], ["RESOLVED", adas.id, "LOCAL"]);
      const again = followConflicts(connect(t, kind, bens, 0), opened.cursor);
      assert.equal((await again.next("RESOLVED again")).cursor, resolved.cursor);
    });

    test(`${kind}: a client follows from the position of its connection`, async (t) => {
      const hire = organization();
      const ada = connect(t, kind, hire("Ada"), 0);
      watchRooms(ada, [unique("room")]); // opens a socket
      const asOf = (await ada.acknowledged.next("connection_ack"))?.asOf;
      assert.ok(asOf, "connection_ack has a position");
      const customer = applied(await create(ada, { name: "Made before anything was followed" })).customer;
      const events = followCustomers(ada, { after: asOf });
      assert.equal((await events.next("the customer")).customer?.id, customer.id);
    });

    test(`${kind}: a batch is answered input by input, and safe to repeat`, async (t) => {
      const ada = connect(t, kind, organization()("Ada"), 0);
      const inputs = customersToImport("One", "", "Three");
      const answers = await importCustomers(ada, inputs);
      assert.deepEqual(answers.map(({ __typename, customer }) => customer?.name ?? __typename), ["One", "InvalidInput", "Three"]);
      assert.deepEqual(await importCustomers(ada, inputs), answers);
    });

    test(`${kind}: one subscription watches several rooms`, async (t) => {
      const hire = organization();
      const [adas, bens] = [hire("Ada"), hire("Ben")];
      const [ada, ben] = [connect(t, kind, adas, 0), connect(t, kind, bens, 1)];
      const rooms = [unique("room"), unique("room"), unique("room")];
      const updates = watchRooms(ada, rooms);
      const snapshots = await updates.take(rooms.length, "snapshot");
      assert.deepEqual(snapshots.map(({ room }) => room).sort(), [...rooms].sort());
      assert.ok(snapshots.every(({ snapshot }) => snapshot?.length === 0));
      enter(ben, rooms[1] as string, "ben-1");
      const joined = await updates.next("Ben's coming");
      assert.deepEqual([joined.room, joined.joined.map(({ id }) => id)], [rooms[1], [bens.id]]);
    });
  }
});

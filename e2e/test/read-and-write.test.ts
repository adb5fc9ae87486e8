import assert from "node:assert/strict";
import { test } from "node:test";
import { kinds } from "../src/client.ts";
import { asOf, followCustomers, followEverything } from "../src/operations/changes.ts";
import { createCall, createMeeting, customers, remove, viewer } from "../src/operations/company.ts";
import { applied, create, customer, mutationId, update } from "../src/operations/customers.ts";
import { organization } from "../src/token.ts";
import { inEveryWorld } from "../src/world.ts";

inEveryWorld(({ connect }) => {
  for (const kind of kinds) {
    test(`${kind}: the viewer is whom the token says`, async (t) => {
      const person = organization()("Ada", "ADMIN");
      const ada = connect(t, kind, person, 0);
      const { user, organization: org, role } = await viewer(ada);
      assert.deepEqual([user.id, user.name, user.email], [person.id, "Ada", person.email]);
      assert.deepEqual([org.id, role], [person.org, "ADMIN"]);
    });

    test(`${kind}: customers come in pages`, async (t) => {
      const hire = organization();
      const ada = connect(t, kind, hire("Ada"), 0);
      const ben = connect(t, kind, hire("Ben"), 1);
      for (const name of ["Carla", "Aron", "Bea"]) applied(await create(ada, { name }));

      const first = await customers(ben, { first: 2 });
      assert.deepEqual(first.nodes.map(({ name }) => name), ["Aron", "Bea"]);
      assert.deepEqual(first.edges.map(({ node }) => node.id), first.nodes.map(({ id }) => id));
      assert.equal(first.totalCount, 3);
      assert.equal(first.pageInfo.hasNextPage, true);
      assert.equal(first.pageInfo.endCursor, first.edges[1]?.cursor);

      const second = await customers(ben, { first: 2, after: first.pageInfo.endCursor ?? "" });
      assert.deepEqual(second.nodes.map(({ name }) => name), ["Carla"]);
      assert.equal(second.pageInfo.hasNextPage, false);

      const found = await customers(ben, { first: 2, search: "carl" });
      assert.deepEqual(found.nodes.map(({ name }) => name), ["Carla"]);
    });

    test(`${kind}: what one creates, the other sees, and knows by whom`, async (t) => {
      const hire = organization();
      const person = hire("Ada");
      const ada = connect(t, kind, person, 0);
      const ben = connect(t, kind, hire("Ben"), 1);
      const changes = followCustomers(ben, { after: await asOf(ben) });

      const id = mutationId();
      const saved = applied(await create(ada, { name: "Ängström & Söhne 🚀", tags: ["b", "a"], notes: "two\nlines" }, id));
      assert.equal(saved.merged, false);
      assert.equal(saved.clientMutationId, id);
      assert.equal(saved.cursor, saved.customer.cursor);

      const change = await changes.next();
      assert.equal(change.kind, "CREATED");
      assert.equal(change.version, 1);
      assert.equal(change.fromVersion, 0);
      assert.equal(change.clientMutationId, id);
      assert.equal(change.actor?.id, person.id);
      assert.equal(change.cursor, saved.cursor);
      assert.deepEqual(change.customer, saved.customer);
      assert.equal(change.customer?.name, "Ängström & Söhne 🚀");
      assert.deepEqual(change.customer?.tags, ["b", "a"]);
      assert.equal(change.customer?.notes, "two\nlines");
      assert.deepEqual(await customer(ben, saved.customer.id), saved.customer);
    });

    test(`${kind}: edits of different fields from one version are merged`, async (t) => {
      const hire = organization();
      const ada = connect(t, kind, hire("Ada"), 0);
      const ben = connect(t, kind, hire("Ben"), 1);
      const created = applied(await create(ada, { name: "Acme", email: "info@acme.example", company: "Acme Ltd" }));
      const atAda = followCustomers(ada, { id: created.customer.id, after: created.cursor });
      const atBen = followCustomers(ben, { id: created.customer.id, after: created.cursor });

      const [adas, bens] = [mutationId(), mutationId()];
      applied(await update(ada, created.customer, { name: "Acme International" }, adas));
      // Ben has not seen Ada's edit. Fields that he leaves out stay, and null clears.
      const merged = applied(await update(ben, created.customer, { phone: "+49 30 1", email: null }, bens));
      assert.equal(merged.merged, true);
      const { version, name, phone, email, company } = merged.customer;
      assert.deepEqual({ version, name, phone, email, company }, {
        version: 3, name: "Acme International", phone: "+49 30 1", email: null, company: "Acme Ltd",
      });

      for (const changes of [atAda, atBen]) {
        const [first, second] = await changes.take(2);
        assert.deepEqual(
          [first, second].map((change) => [change?.fromVersion, change?.version, change?.clientMutationId]),
          [[1, 2, adas], [2, 3, bens]],
        );
        assert.equal(first?.customer?.phone, null, "the first change shows what it left, not what is now");
        assert.deepEqual(second?.customer, merged.customer);
        assert.deepEqual(
          second?.changes.map(({ field, oldValue, newValue }) => [field, oldValue, newValue]).sort(),
          [["email", "info@acme.example", null], ["phone", null, "+49 30 1"]],
        );
      }
    });

    test(`${kind}: customers, calls and meetings are followed in one order`, async (t) => {
      const hire = organization();
      const ada = connect(t, kind, hire("Ada"), 0);
      const ben = connect(t, kind, hire("Ben"), 1);
      const changes = followEverything(ben, await asOf(ben));
      const { customer: acme } = applied(await create(ada, { name: "Acme" }));
      const call = await createCall(ada, acme.id, "First call");
      const meeting = await createMeeting(ada, acme.id, "Kick-off");
      const gone = await remove(ada, acme, mutationId());

      const events = await changes.take(4);
      assert.deepEqual(events.map(({ __typename, kind, entityId }) => [__typename, kind, entityId]), [
        ["CustomerChange", "CREATED", acme.id],
        ["CallChange", "CREATED", call.id],
        ["MeetingChange", "CREATED", meeting.id],
        ["CustomerChange", "DELETED", acme.id],
      ]);
      assert.equal(events[1]?.call?.subject, "First call");
      assert.equal(events[2]?.meeting?.title, "Kick-off");
      assert.equal(gone.__typename, "EntityDeleted");
      assert.equal(await customer(ben, acme.id), null);
    });
  }
});

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { kinds, type Client, type Kind, type Subscription } from "../src/client.ts";
import { followCustomers } from "../src/operations/changes.ts";
import {
  applied, conflicting, conflicts, create, customer, mutationId, resolve, update,
  type Customer, type CustomerConflict, type CustomerPatch, type Resolution,
} from "../src/operations/customers.ts";
import { followNotifications, type Notification } from "../src/operations/notifications.ts";
import { organization, type Person } from "../src/token.ts";
import { inEveryWorld, type Stage } from "../src/world.ts";

/** How each resolution ends the conflict of the story: Ada noted "Ada's", Ben "Ben's" and a phone number. */
const endings: readonly [Resolution, CustomerPatch | undefined, string][] = [
  ["LOCAL", undefined, "Ben's"],
  ["REMOTE", undefined, "Ada's"],
  ["MERGED", { notes: "Ada's and Ben's" }, "Ada's and Ben's"],
];

inEveryWorld((stage) => {
  for (const kind of kinds) {
    for (const [resolution, merged, notes] of endings) {
      test(`${kind}: a conflict reaches both, and is resolved ${resolution}`, async (t) => {
        const story = await meet(t, stage, kind);
        const { ada, ben, people, base, adas } = story;
        const atAda = followCustomers(ada, { id: base.id, after: base.cursor });
        const atBen = followCustomers(ben, { id: base.id, after: base.cursor });

        await bothAreTold(story);
        assert.deepEqual(await conflicts(ada, true, base.id), [story.conflict]);

        const id = mutationId();
        const answer = applied(await resolve(ben, story.conflict.id, resolution, merged, id));
        assert.equal(answer.clientMutationId, id);
        assert.equal(answer.customer.version, 3);
        assert.equal(answer.customer.notes, notes);
        // Nobody decided against the phone number, so it is there whatever became of the notes.
        assert.equal(answer.customer.phone, "+49 30 2");

        for (const changes of [atAda, atBen]) {
          const [first, second] = await changes.take(2);
          assert.equal(first?.clientMutationId, adas);
          assert.equal(first?.version, 2);
          assert.equal(second?.clientMutationId, id);
          assert.deepEqual([second?.fromVersion, second?.version], [2, 3]);
          assert.equal(second?.actor?.id, people.ben.id);
          assert.deepEqual(second?.customer, answer.customer);
        }
        await isResolved(story, resolution);
      });
    }
  }

  test("REMOTE with nothing else in the edit closes the conflict and makes no version", async (t) => {
    const story = await meet(t, stage, "urql", { notes: "Ben's" });
    const answer = applied(await resolve(story.ben, story.conflict.id, "REMOTE"));
    assert.equal(answer.customer.version, 2);
    assert.equal(answer.customer.notes, "Ada's");
    await isResolved(story, "REMOTE");
  });

  test("a resolution can meet a newer change, and the conflict then moves on to it", async (t) => {
    const story = await meet(t, stage, "graphql-ws");
    const { ada, ben, base, conflict } = story;
    applied(await update(ada, { id: base.id, version: 2 }, { notes: "Ada's second" }));
    const again = conflicting(await resolve(ben, conflict.id, "LOCAL"));
    assert.equal(again.id, conflict.id);
    assert.equal(again.remoteVersion, 3);
    assert.deepEqual(again.conflictedFields.map(({ field, local, remote }) => [field, local, remote]), [
      ["notes", "Ben's", "Ada's second"],
    ]);
    const answer = applied(await resolve(ben, conflict.id, "LOCAL"));
    assert.equal(answer.customer.version, 4);
    assert.equal(answer.customer.notes, "Ben's");
    await isResolved(story, "LOCAL");
  });

  test("the other person may resolve it, on the other instance", async (t) => {
    const story = await meet(t, stage, "Apollo Client");
    const answer = applied(await resolve(story.ada, story.conflict.id, "LOCAL"));
    assert.equal(answer.customer.notes, "Ben's");
    const [closed] = await conflicts(story.ben, false, story.base.id);
    assert.equal(closed?.resolvedBy?.id, story.people.ada.id);
  });
});

interface Story {
  readonly ada: Client;
  readonly ben: Client;
  readonly people: { readonly ada: Person; readonly ben: Person };
  /** The customer as both saw it. */
  readonly base: Customer;
  /** The id of Ada's edit, which came first. */
  readonly adas: string;
  readonly conflict: CustomerConflict;
  /** The notifications of each person since before the conflict. */
  readonly told: { readonly ada: Subscription<Notification>; readonly ben: Subscription<Notification> };
}

/** Lets Ada and Ben edit the same field from the same version, and looks at the conflict that Ben is given. */
async function meet(t: TestContext, { connect }: Stage, kind: Kind, bens?: CustomerPatch): Promise<Story> {
  const hire = organization();
  const people = { ada: hire("Ada"), ben: hire("Ben") };
  const ada = connect(t, kind, people.ada, 0);
  const ben = connect(t, kind, people.ben, 1);
  const base = applied(await create(ada, { name: "Acme", notes: "base" })).customer;
  const told = { ada: followNotifications(ada, base.cursor), ben: followNotifications(ben, base.cursor) };
  const adas = mutationId();
  const first = applied(await update(ada, base, { notes: "Ada's" }, adas)).customer;
  const patch = bens ?? { notes: "Ben's", phone: "+49 30 2" };
  const conflict = conflicting(await update(ben, base, patch));

  assert.equal(conflict.entityId, base.id);
  assert.equal(conflict.baseVersion, 1);
  assert.equal(conflict.remoteVersion, 2);
  assert.equal(conflict.detectedFor?.id, people.ben.id);
  assert.equal(conflict.resolution, null);
  const fields = conflict.conflictedFields.map(({ field, base: was, local, remote, remoteChangedBy }) => {
    return [field, was, local, remote, remoteChangedBy?.id];
  });
  assert.deepEqual(fields, [["notes", "base", "Ben's", "Ada's", people.ada.id]]);
  assert.deepEqual(conflict.base, base);
  assert.deepEqual(conflict.remote, first);
  assert.equal(conflict.local.notes, "Ben's");
  assert.equal(conflict.local.phone, patch.phone ?? null);
  assert.deepEqual(await customer(ben, base.id), first, "nothing was written");
  return { ada, ben, people, base, adas, conflict, told };
}

async function bothAreTold({ told, people, base }: Story): Promise<void> {
  const adas = await told.ada.next("notification of Ada");
  const bens = await told.ben.next("notification of Ben");
  for (const notification of [adas, bens]) {
    assert.equal(notification.kind, "CONFLICT");
    assert.equal(notification.entityId, base.id);
    assert.equal(notification.actor?.id, people.ben.id);
    assert.equal(notification.readAt, null);
  }
  assert.equal(adas.cursor, bens.cursor, "both were told of one event");
  assert.notEqual(adas.id, bens.id);
}

async function isResolved({ ben, people, base, conflict }: Story, resolution: Resolution): Promise<void> {
  assert.deepEqual(await conflicts(ben, true, base.id), []);
  const [closed, ...others] = await conflicts(ben, false, base.id);
  assert.equal(closed?.id, conflict.id);
  assert.equal(closed?.resolution, resolution);
  assert.equal(closed?.resolvedBy?.id, people.ben.id);
  assert.deepEqual(others, []);
  const again = await resolve(ben, conflict.id, resolution, resolution === "MERGED" ? { notes: "again" } : undefined);
  assert.equal(again.__typename, "InvalidInput", "a conflict is resolved once");
}

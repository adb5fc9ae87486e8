import assert from "node:assert/strict";
import { test } from "node:test";
import { atEnd } from "../src/cleanup.ts";
import { kinds, type Client } from "../src/client.ts";
import { connect as connectWith } from "../src/connect.ts";
import { Interrupted, Refused } from "../src/errors.ts";
import { asOf, followCustomers, followEverything, poll } from "../src/operations/changes.ts";
import { customers, remove, viewer, viewerQuery } from "../src/operations/company.ts";
import { applied, conflicts, create, customer, mutationId, update } from "../src/operations/customers.ts";
import { gql } from "../src/operations/document.ts";
import { enter, roster } from "../src/operations/presence.ts";
import { organization, token, unique } from "../src/token.ts";
import { inEveryWorld } from "../src/world.ts";

/** Tokens that must open nothing, and none at all. */
const badTokens: readonly [string, () => string | undefined][] = [
  ["no token", () => undefined],
  ["no token at all, but a word", () => "nonsense"],
  ["a token signed by somebody else", () => token(organization()("Eve"), { secret: "another secret of at least 32 bytes" })],
  ["a token without a signature", () => token(organization()("Eve"), { algorithm: "none" })],
  ["a token that ran out", () => token(organization()("Eve"), { secondsToLive: -600 })],
];

// A denial may be about nothing that is there yet, so its `entityId` has another type than the others' and needs another name.
const updateOrWhyNot = gql<
  { updateCustomer: { __typename: string; entityId?: string; deniedId?: string; readOnlyFields?: string[] } },
  { input: object }
>(`mutation Update($input: UpdateCustomerInput!) {
  updateCustomer(input: $input) {
    __typename
    ... on CustomerSaved { cursor }
    ... on CustomerConflict { entityId }
    ... on EntityGone { entityId }
    ... on AccessDenied { deniedId: entityId readOnlyFields }
  }
}`);

async function refused(asking: Promise<unknown>): Promise<Refused> {
  const error = await asking.then(() => assert.fail("it was answered"), (reason: unknown) => reason);
  assert.ok(error instanceof Refused, String(error));
  return error;
}

inEveryWorld((stage) => {
  const { connect } = stage;

  for (const [what, make] of badTokens) {
    for (const kind of kinds) {
      test(`${kind}: ${what} closes the socket with 4403`, async (t) => {
        const eve = connectWith(kind, stage.world.instances[0], make());
        atEnd(t, () => eve.close());
        assert.ok((await followEverything(eve).ended()) instanceof Interrupted);
        assert.equal((await eve.closings.next("close of the socket")).code, 4403);
      });
    }

    test(`${what} is UNAUTHENTICATED over HTTP`, async () => {
      for (const kind of ["Apollo Client", "urql"] as const) {
        const eve = connectWith(kind, stage.world.instances[1], make());
        assert.deepEqual((await refused(viewer(eve))).codes, ["UNAUTHENTICATED"], kind);
        await eve.close();
      }
      const sent = make();
      const response = await fetch(stage.world.instances[0].http, {
        method: "POST",
        headers: { "content-type": "application/json", ...(sent !== undefined && { authorization: `Bearer ${sent}` }) },
        body: JSON.stringify({ query: viewerQuery.loc?.source.body }),
      });
      const { data, errors } = (await response.json()) as { data?: unknown; errors: { extensions: { code: string } }[] };
      assert.equal(data ?? null, null);
      assert.deepEqual(errors.map(({ extensions }) => extensions.code), ["UNAUTHENTICATED"]);
      assert.equal(response.status, 401);
    });
  }

  test("a connection does not outlive its token", async (t) => {
    const person = organization()("Ada");
    const ada = connectWith("graphql-ws", stage.world.instances[0], token(person, { secondsToLive: 2 }));
    atEnd(t, () => ada.close());
    const changes = followEverything(ada, await asOf(ada));
    assert.ok((await changes.ended()) instanceof Interrupted);
    assert.equal((await ada.closings.next("close of the socket")).code, 4403);
  });

  for (const kind of kinds) {
    test(`${kind}: a viewer reads and follows, and may not write`, async (t) => {
      const hire = organization();
      const ada = connect(t, kind, hire("Ada"), 0);
      const vera = connect(t, kind, hire("Vera", "VIEWER"), 1);
      const acme = applied(await create(ada, { name: "Acme" }));
      const changes = followCustomers(vera, { after: acme.cursor });
      assert.deepEqual(await customer(vera, acme.customer.id), acme.customer);

      assert.equal((await create(vera, { name: "Hers" })).__typename, "AccessDenied");
      assert.equal((await update(vera, acme.customer, { name: "Hers" })).__typename, "AccessDenied");
      assert.equal((await remove(vera, acme.customer, mutationId())).__typename, "AccessDenied");

      applied(await update(ada, acme.customer, { notes: "still hers to read" }));
      const change = await changes.next();
      assert.deepEqual([change.version, change.customer?.name], [2, "Acme"], "nothing of the viewer's was written");
    });

    test(`${kind}: a customer of another organization looks like one that never was`, async (t) => {
      const ada = connect(t, kind, organization()("Ada"), 0);
      const eve = connect(t, kind, organization()("Eve", "ADMIN"), 1);
      const acme = applied(await create(ada, { name: "Acme" })).customer;
      await looksAbsent(eve, acme.id, `${acme.id.slice(0, -4)}zzzz`);
    });

    test(`${kind}: nothing of another organization comes by any subscription`, async (t) => {
      const [hers, his] = [organization()("Ada"), organization()("Eve", "ADMIN")];
      const ada = connect(t, kind, hers, 0);
      const eve = connect(t, kind, his, 1);
      const room = unique("room");
      const acme = applied(await create(ada, { name: "Acme" })).customer;
      const start = await asOf(eve);
      const all = followEverything(eve, start);
      const one = followCustomers(eve, { id: acme.id, after: start });
      const inRoom = enter(eve, room, "eve-1");
      await inRoom.next("snapshot");
      await enter(ada, room, "ada-1").next("snapshot");
      applied(await update(ada, acme, { notes: "secret" }));

      // Her own change comes after Ada's, so what came before it is all that comes.
      const own = applied(await create(eve, { name: "Own" })).customer;
      assert.equal((await all.next()).entityId, own.id);
      assert.deepEqual(one.rest(), []);
      assert.deepEqual((await poll(eve, { after: start })).changes.map(({ entityId }) => entityId), [own.id]);
      assert.deepEqual((await roster(eve, room)).users.map(({ id }) => id), [his.id]);
      assert.deepEqual((await customers(eve, { first: 10 })).nodes.map(({ id }) => id), [own.id]);
    });
  }

  test("each arm of an answer says which entity it is about", async (t) => {
    const hire = organization();
    const ada = connect(t, "urql", hire("Ada"), 0);
    const vera = connect(t, "urql", hire("Vera", "VIEWER"), 1);
    const { id, version } = applied(await create(ada, { name: "Acme" })).customer;
    const input = { id, baseVersion: version, patch: { name: "Hers" } };
    const { updateCustomer } = await vera.request(updateOrWhyNot, { input });
    assert.equal(updateCustomer.__typename, "AccessDenied");
    assert.equal(updateCustomer.deniedId, id);
    assert.ok(updateCustomer.readOnlyFields?.includes("name"));
    const gone = await ada.request(updateOrWhyNot, { input: { ...input, id: "cus_none" } });
    assert.deepEqual(gone.updateCustomer, { __typename: "EntityGone", entityId: "cus_none" });
  });

  test("a role in a later token does not lift the one of the members table", async (t) => {
    const hire = organization();
    const vera = hire("Vera", "VIEWER");
    await viewer(connect(t, "urql", vera, 0));
    const claiming = connect(t, "urql", { ...vera, role: "ADMIN" }, 1);
    assert.equal((await viewer(claiming)).role, "VIEWER");
    assert.equal((await create(claiming, { name: "Hers" })).__typename, "AccessDenied");
  });
});

/** Asks for an entity in every way, and for an id that never was, and compares the answers byte for byte. */
async function looksAbsent(by: Client, hidden: string, never: string): Promise<void> {
  const answers = async (id: string) => {
    const seen = { id, version: 1 };
    const said = [
      await customer(by, id),
      await update(by, seen, { name: "Mine" }),
      await remove(by, seen, mutationId()),
      await conflicts(by, true, id),
      (await poll(by, { entityId: id })).changes,
      (await customers(by, { first: 10, search: "Acme" })).totalCount,
    ];
    return JSON.stringify(said).replaceAll(id, "the id");
  };
  const answered = await answers(hidden);
  assert.equal(answered, await answers(never));
  assert.match(answered, /^\[null,\{"__typename":"EntityGone"/);
}

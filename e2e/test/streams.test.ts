import assert from "node:assert/strict";
import { test } from "node:test";
import { eventSource, streaming, urqlOverHTTP } from "../src/clients/streams.ts";
import { atEnd } from "../src/cleanup.ts";
import { Interrupted, Refused } from "../src/errors.ts";
import { asOf } from "../src/operations/changes.ts";
import { applied, create, update } from "../src/operations/customers.ts";
import { Queue } from "../src/queue.ts";
import { organization, token } from "../src/token.ts";
import { embedded, inEveryWorld } from "../src/world.ts";

interface Told {
  readonly customerChanged: { readonly version: number; readonly cursor: string };
}

const changed = `subscription Changed($after: Cursor) { customerChanged(after: $after) { version cursor } }`;
/** A cursor of another log. */
const foreign = "01000000010000000000000001";

/** A cursor to follow after, since nothing tells all of these clients that they follow. */
async function beginning(client: ReturnType<typeof urqlOverHTTP>): Promise<string> {
  const { data } = await client.query(`{ customers(first: 0) { asOf } }`, {}).toPromise();
  return (data as { customers: { asOf: string } }).customers.asOf;
}

inEveryWorld((stage) => {
  for (const [name, follow] of Object.entries(streaming)) {
    test(`${name}: follows after a cursor, in order and then live`, async (t) => {
      const hire = organization();
      const ada = stage.connect(t, "graphql-ws", hire("Ada"), 0);
      const ben = token(hire("Ben"));
      const start = await asOf(ada);
      const { customer } = applied(await create(ada, { name: "Acme" }));
      for (let version = 2; version <= 20; version++) {
        applied(await update(ada, { id: customer.id, version: version - 1 }, { notes: `version ${version}` }));
      }
      const { events, stop } = follow<Told>(stage.world.instances[1], ben, changed, { after: start });
      atEnd(t, stop);
      const past = await events.take(20);
      applied(await update(ada, { id: customer.id, version: 20 }, { notes: "version 21" }));
      const live = await events.next();
      const versions = [...past, live].map(({ customerChanged }) => customerChanged.version);
      assert.deepEqual(versions, Array.from({ length: 21 }, (_, at) => at + 1));
    });

    test(`${name}: is told that it has to fetch afresh, and what is wrong with a document`, async (t) => {
      const ben = token(organization()("Ben"));
      const old = follow(stage.world.instances[0], ben, changed, { after: foreign });
      atEnd(t, old.stop);
      const refused = await old.events.ended();
      assert.ok(refused instanceof Refused, String(refused));
      assert.deepEqual(refused.codes, ["RESYNC_REQUIRED"]);

      // In the single connection mode the request is refused, and graphql-sse takes that for the network.
      if (name.includes("single")) return;
      const bad = follow(stage.world.instances[0], ben, "subscription { nonsense }", {});
      atEnd(t, bad.stop);
      const invalid = await bad.events.ended();
      assert.ok(invalid instanceof Refused, String(invalid));
      assert.deepEqual(invalid.codes, ["GRAPHQL_VALIDATION_FAILED"]);
    });
  }

  test("urql: ordinary queries and mutations are no streams, although they accept them", async () => {
    const client = urqlOverHTTP(stage.world.instances[0], token(organization()("Ada")));
    const { data, error } = await client.query(`{ viewer { user { name } } }`, {}).toPromise();
    assert.deepEqual([data, error], [{ viewer: { user: { name: "Ada" } } }, undefined]);
    const made = await client.mutation(`mutation { createCustomer(input: { name: "Acme" }) { __typename } }`, {}).toPromise();
    assert.deepEqual(made.data, { createCustomer: { __typename: "CustomerSaved" } });
  });
});

for (const [name, follow] of Object.entries(streaming)) {
  test(`${name}: a restart interrupts, and never completes`, async (t) => {
    const world = await embedded();
    atEnd(t, () => world.close());
    const [server] = world.instances;
    const hire = organization();
    const ada = urqlOverHTTP(server, token(hire("Ada")));
    const after = await beginning(ada);
    const { events, stop } = follow<Told>(server, token(hire("Ben")), changed, { after });
    atEnd(t, stop);
    const created = await ada
      .mutation(`mutation { createCustomer(input: { name: "Acme" }) { __typename } }`, {})
      .toPromise();
    assert.equal(created.error, undefined);
    await events.next();
    const ended = events.ended();
    await server.stop();
    const error = await ended;
    assert.ok(error instanceof Interrupted, String(error));
  });
}

test("EventSource: comes back by itself after its last event, whatever its URL says", async (t) => {
  const world = await embedded();
  atEnd(t, () => world.close());
  const [server] = world.instances;
  const hire = organization();
  const ada = urqlOverHTTP(server, token(hire("Ada")));
  const make = () => ada.mutation(`mutation { createCustomer(input: { name: "Acme" }) { __typename } }`, {}).toPromise();
  const after = await beginning(ada);
  await make();
  await make();

  const { source, events } = eventSource<Told>(server, token(hire("Ben")), changed, { after });
  atEnd(t, () => source.close());
  const opened = new Queue<void>();
  source.addEventListener("open", () => opened.push());
  const before = await events.take(2);
  await opened.next();
  await server.stop();
  await server.start();
  await make();
  const next = await events.next("event after the restart");
  assert.ok(next.customerChanged.cursor > (before[1]?.customerChanged.cursor ?? ""));
  assert.deepEqual(events.rest(), []);
});

test("keep-alives trouble no client, and an EventSource can see them if it asks for it", async (t) => {
  const world = await embedded();
  atEnd(t, () => world.close());
  const [server] = world.instances;
  const hire = organization();
  const ben = token(hire("Ben"));
  const ada = urqlOverHTTP(server, token(hire("Ada")));
  const make = () => ada.mutation(`mutation { createCustomer(input: { name: "Acme" }) { __typename } }`, {}).toPromise();
  const after = await beginning(ada);
  const all = Object.entries(streaming).map(([name, follow]) => ({ name, ...follow<Told>(server, ben, changed, { after }) }));
  for (const { stop } of all) atEnd(t, stop);
  await make();
  for (const { name, events } of all) await events.next(`event of ${name}`);

  // It begins after the others, so they have had a keep-alive when it gets one.
  const { source, events } = eventSource<Told>(server, ben, changed, { after: await beginning(ada) }, { ping: true });
  atEnd(t, () => source.close());
  const pings = new Queue<string>();
  source.addEventListener("ping", ({ data }) => pings.push(data as string));
  assert.equal(await pings.next("ping"), "");
  await make();
  for (const followed of [...all, { name: "EventSource with pings", events }]) {
    const { customerChanged } = await followed.events.next(`event of ${followed.name}`);
    assert.equal(customerChanged.version, 1, followed.name);
  }
});

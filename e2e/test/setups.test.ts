import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, describe, test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { parse } from "graphql";
import type { Client as Socket } from "graphql-ws";
import { pipe, subscribe } from "wonka";
import { WebSocket } from "ws";
import { atEnd } from "../src/cleanup.ts";
import { applied, create, update } from "../src/operations/customers.ts";
import { Queue } from "../src/queue.ts";
import { setups, type Setups } from "../src/setups.ts";
import { organization, token } from "../src/token.ts";
import { connectUntilEnd, embedded, type World } from "../src/world.ts";

globalThis.WebSocket = WebSocket as unknown as typeof globalThis.WebSocket; // Node 20 has none

const e2e = fileURLToPath(new URL("..", import.meta.url));
const hire = organization();
const mutation = parse(`mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
  ... on CustomerSaved { customer { id version name } } ... on CustomerConflict { id } ... on Problem { message } } }`);
const query = parse("query ($id: ID!) { customer(id: $id) { id version name } }");
const subscription = parse(`subscription ($id: ID, $after: Cursor) { customerChanged(id: $id, after: $after) {
  cursor customer { id version name } } }`);

/** Fails the test if anything is written to the console until it ends. */
function silent(t: TestContext): void {
  const said: unknown[][] = [];
  for (const method of ["log", "info", "warn", "error"] as const) t.mock.method(console, method, (...words: unknown[]) => said.push(words));
  atEnd(t, () => assert.deepEqual(said, []));
}

describe("the documented set-ups", () => {
  let world: World;
  let folder: Setups;

  before(async () => {
    world = await embedded();
    folder = await setups({ http: world.instances[0].http, ws: world.instances[0].ws, token: token(hire("Ben")) });
  });
  after(async () => {
    await world.close();
    await folder.remove();
  });

  /** A customer of Ada's, and how she changes it. */
  async function customerOfAda(t: TestContext) {
    const ada = connectUntilEnd(t, "graphql-ws", world.instances[0], hire("Ada"));
    const { customer } = applied(await create(ada, { name: "v1" }));
    return { customer, rename: (version: number) => update(ada, { id: customer.id, version }, { name: `v${version + 1}` }) };
  }

  /** Stops a client of graphql-ws when the test ends. */
  const untilEnd = (t: TestContext, socket: Socket) => atEnd(t, () => socket.dispose());

  test("they type-check as they stand there", async () => {
    await promisify(execFile)("npx", ["--no-install", "tsc", "--noEmit", "-p", folder.path], { cwd: e2e });
  });

  test("Apollo Client reads, writes and follows, and warns of nothing", async (t) => {
    const { customer, rename } = await customerOfAda(t);
    silent(t);
    const { client, socket } = await folder.load("apollo.ts");
    untilEnd(t, socket);
    atEnd(t, () => client.stop());
    const names = new Queue<string>();
    const watching = client.watchQuery({ query, variables: { id: customer.id } }).subscribe(({ data }: any) => data && names.push(data.customer.name));
    const following = client.subscribe({ query: subscription, variables: { id: customer.id, after: customer.cursor } }).subscribe(() => {});
    atEnd(t, () => [watching, following].forEach((each) => each.unsubscribe()));
    assert.equal(await names.next("the customer"), "v1");
    const { data } = await client.mutate({ mutation, variables: { input: { id: customer.id, baseVersion: 1, patch: { name: "v2" } } } });
    assert.equal(data.updateCustomer.customer.version, 2);
    assert.equal(await names.next("the own change"), "v2");
    applied(await rename(2));
    assert.equal(await names.next("Ada's change"), "v3");
  });

  test("urql reads, writes and follows, and warns of nothing", async (t) => {
    const { customer, rename } = await customerOfAda(t);
    silent(t);
    const { client, socket } = await folder.load("urql.ts");
    untilEnd(t, socket);
    const names = new Queue<string>();
    let last: string | undefined;
    const show = (name: string) => name !== last && names.push((last = name));
    const watching = pipe(client.query(query, { id: customer.id }), subscribe(({ data }: any) => data && show(data.customer.name)));
    const following = pipe(client.subscription(subscription, { id: customer.id, after: customer.cursor }), subscribe(() => {}));
    atEnd(t, () => [watching, following].forEach((each) => each.unsubscribe()));
    assert.equal(await names.next("the customer"), "v1");
    const { data, error } = await client.mutation(mutation, { input: { id: customer.id, baseVersion: 1, patch: { name: "v2" } } }).toPromise();
    assert.equal(error, undefined);
    assert.equal(data.updateCustomer.customer.version, 2);
    assert.equal(await names.next("the own change"), "v2");
    applied(await rename(2));
    assert.equal(await names.next("Ada's change"), "v3");
  });

  test("the follower is told of each change, with the state that it left", async (t) => {
    const { customer, rename } = await customerOfAda(t);
    applied(await rename(1));
    silent(t);
    const { follow } = await folder.load("follow.ts");
    const changes = new Queue<any>();
    const stop = new AbortController();
    const following = follow(async () => customer.cursor, (change: unknown) => changes.push(change), stop.signal);
    atEnd(t, async () => {
      stop.abort();
      await following;
    });
    applied(await rename(2));
    for (const version of [2, 3]) {
      const change = await changes.next(`version ${version}`);
      assert.deepEqual([change.entityId, change.version, change.state.document.name], [customer.id, version, `v${version}`]);
      assert.notEqual(change.state.id, customer.id);
    }
  });
});

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test, type TestContext } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { parse } from "graphql";
import type { Client as Socket } from "graphql-ws";
import { pipe, subscribe } from "wonka";
import { WebSocket } from "ws";
import { atEnd } from "../src/cleanup.ts";
import { applied, create, update } from "../src/operations/customers.ts";
import { Queue } from "../src/queue.ts";
import { organization, token } from "../src/token.ts";
import { connectUntilEnd, embedded, type World } from "../src/world.ts";

globalThis.WebSocket ??= WebSocket as unknown as typeof globalThis.WebSocket;

const documents = new URL("../../docs/", import.meta.url);
const e2e = fileURLToPath(new URL("..", import.meta.url));
const hire = organization();
const mutation = parse(`mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) {
  ... on CustomerSaved { customer { id version name } } ... on CustomerConflict { id } ... on Problem { message } } }`);
const query = parse("query ($id: ID!) { customer(id: $id) { id version name } }");
const subscription = parse(`subscription ($id: ID, $after: Cursor) { customerChanged(id: $id, after: $after) {
  cursor customer { id version name } } }`);

/** Writes the ts blocks of section 18 into a folder, each under the name of its first line, with a server's address. */
async function unpack(folder: string, http: string): Promise<void> {
  const text = await readFile(new URL("protocol.md", documents), "utf8");
  const blocks = [...text.matchAll(/```ts\n\/\/ (\S+\.ts)\n(.*?)```/gs)];
  assert.deepEqual(blocks.map(([, name]) => name), ["resuming.ts", "follow.ts", "apollo.ts", "schema-json.ts", "urql.ts"]);
  for (const [, name, block] of blocks as unknown as [string, string, string][]) {
    const here = block.replaceAll("https://tandem.example.com/graphql", http).replaceAll("wss://tandem.example.com/graphql", http.replace("http", "ws"));
    await writeFile(join(folder, name), here);
  }
  await writeFile(join(folder, "token.ts"), `export const token = async () => "${token(hire("Ben"))}";`);
  await copyFile(new URL("possible-types.json", documents), join(folder, "possible-types.json"));
  await copyFile(new URL("../schema.graphqls", documents), join(folder, "schema.graphqls"));
  // As bundlers have it, and strict; exactOptionalPropertyTypes is not part of that, and the types of urql and graphql-ws differ by it.
  const compilerOptions = { module: "ESNext", moduleResolution: "Bundler", resolveJsonModule: true, exactOptionalPropertyTypes: false };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ extends: "../tsconfig.json", compilerOptions, include: ["*.ts"] }));
}

/** Fails the test if anything is written to the console until it ends. */
function silent(t: TestContext): void {
  const said: unknown[][] = [];
  for (const method of ["log", "info", "warn", "error"] as const) t.mock.method(console, method, (...words: unknown[]) => said.push(words));
  atEnd(t, () => assert.deepEqual(said, []));
}

describe("the documented set-ups", () => {
  let world: World;
  let folder: string;
  const load = (name: string) => import(pathToFileURL(join(folder, name)).href);

  before(async () => {
    world = await embedded();
    folder = await mkdtemp(join(e2e, "setups-")); // below e2e, so that it finds the packages there
    await unpack(folder, world.instances[0].http);
    await promisify(execFile)(process.execPath, ["--import", "tsx", "schema-json.ts"], { cwd: folder });
  });
  after(async () => {
    await world.close();
    await rm(folder, { recursive: true });
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
    await promisify(execFile)("npx", ["--no-install", "tsc", "--noEmit", "-p", folder], { cwd: e2e });
  });

  test("Apollo Client reads, writes and follows, and warns of nothing", async (t) => {
    const { customer, rename } = await customerOfAda(t);
    silent(t);
    const { client, socket } = await load("apollo.ts");
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
    const { client, socket } = await load("urql.ts");
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
    const { follow } = await load("follow.ts");
    const changes = new Queue<any>();
    const stop = new AbortController();
    const following = follow(world.instances[0].ws, async () => customer.cursor, (change: unknown) => changes.push(change), stop.signal);
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

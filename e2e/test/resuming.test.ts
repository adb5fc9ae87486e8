import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "node:test";
import { ApolloClient, InMemoryCache } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { createClient, type Client, type ClientOptions } from "graphql-ws";
import { parse } from "graphql";
import { WebSocket } from "ws";
import { atEnd } from "../src/cleanup.ts";
import { applied, create, update } from "../src/operations/customers.ts";
import { Queue } from "../src/queue.ts";
import { temporaryFolder } from "../src/server.ts";
import { organization, token } from "../src/token.ts";
import { connectUntilEnd, embedded } from "../src/world.ts";

globalThis.WebSocket ??= WebSocket as unknown as typeof globalThis.WebSocket;

interface Setup {
  readonly reconnecting: Partial<ClientOptions>;
  resuming(client: Client): Client;
}

/** The set-up as it stands in docs/protocol.md. */
async function documented(folder: string): Promise<Setup> {
  const text = await readFile(new URL("../../docs/protocol.md", import.meta.url), "utf8");
  const block = /```ts\n([^`]*export function resuming[^`]*)```/.exec(text)?.[1];
  assert.ok(block);
  await writeFile(join(folder, "package.json"), '{"type": "module"}');
  await writeFile(join(folder, "setup.ts"), block);
  return (await import(pathToFileURL(join(folder, "setup.ts")).href)) as Setup;
}

test("the documented set-up goes on after the last cursor, over and over", async (t) => {
  const folder = await temporaryFolder();
  atEnd(t, () => folder.remove());
  const { reconnecting, resuming } = await documented(folder.path);
  const world = await embedded();
  atEnd(t, () => world.close());
  const hire = organization();
  const ada = connectUntilEnd(t, "graphql-ws", world.instances[0], hire("Ada"));
  const { customer } = applied(await create(ada, { name: "Acme" }));

  let open: WebSocket | undefined;
  const socket = createClient({
    url: world.instances[0].ws,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token(hire("Ben"))}` },
    ...reconnecting,
    on: { opened: (socket) => (open = socket as WebSocket) },
  });
  const client = new ApolloClient({ link: new GraphQLWsLink(resuming(socket)), cache: new InMemoryCache() });
  atEnd(t, async () => {
    client.stop();
    await socket.dispose();
  });
  const versions = new Queue<number>();
  const query = parse("subscription ($id: ID, $after: Cursor) { customerChanged(id: $id, after: $after) { cursor version } }");
  const following = client
    .subscribe<{ customerChanged: { version: number } }>({ query, variables: { id: customer.id, after: customer.cursor } })
    .subscribe(({ data }) => data && versions.push(data.customerChanged.version));
  atEnd(t, () => following.unsubscribe());
  for (let version = 2; version <= 7; version++) {
    applied(await update(ada, { id: customer.id, version: version - 1 }, { notes: `version ${version}` }));
    assert.equal(await versions.next(`version ${version}`), version);
    if (version % 2 === 0) open?.terminate();
  }
});

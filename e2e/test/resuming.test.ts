import assert from "node:assert/strict";
import { test } from "node:test";
import { ApolloClient, InMemoryCache } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { parse } from "graphql";
import { WebSocket } from "ws";
import { atEnd } from "../src/cleanup.ts";
import { applied, create, update } from "../src/operations/customers.ts";
import { Queue } from "../src/queue.ts";
import { resumingClient } from "../setups/resuming.ts";
import { organization, token } from "../src/token.ts";
import { connectUntilEnd, embedded } from "../src/world.ts";

globalThis.WebSocket = WebSocket as unknown as typeof globalThis.WebSocket; // Node 20 has none

test("the documented set-up goes on after the last cursor, over and over", async (t) => {
  const world = await embedded();
  atEnd(t, () => world.close());
  const hire = organization();
  const ada = connectUntilEnd(t, "graphql-ws", world.instances[0], hire("Ada"));
  const { customer } = applied(await create(ada, { name: "Acme" }));

  let open: WebSocket | undefined;
  const socket = resumingClient({ url: world.instances[0].ws, connectionParams: { authorization: `Bearer ${token(hire("Ben"))}` } });
  socket.on("opened", (opened) => (open = opened as WebSocket));
  const client = new ApolloClient({ link: new GraphQLWsLink(socket), cache: new InMemoryCache() });
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

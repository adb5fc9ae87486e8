import assert from "node:assert/strict";
import { test } from "node:test";
import type { DocumentNode } from "graphql";
import { atEnd } from "../src/cleanup.ts";
import { apolloClient } from "../src/clients/apollo.ts";
import { gql } from "../src/operations/document.ts";
import { applied, create, update } from "../src/operations/customers.ts";
import { Queue } from "../src/queue.ts";
import { Socket } from "../src/socket.ts";
import { organization, token } from "../src/token.ts";
import { inEveryWorld } from "../src/world.ts";

const one: DocumentNode = gql(`query One($id: ID!) { customer(id: $id) { id version cursor name } }`);
const changed: DocumentNode = gql(`
  subscription Changed($id: ID, $after: Cursor) {
    customerChanged(id: $id, after: $after) { cursor customer { id version cursor name } }
  }`);

inEveryWorld((stage) => {
  test("Apollo's cache shows a followed change in a watched query, without a line of code", async (t) => {
    const [here, there] = stage.world.instances;
    const hire = organization();
    const ben = hire("Ben");
    const ada = stage.connect(t, "graphql-ws", hire("Ada"), 1);
    const acme = applied(await create(ada, { name: "Acme" })).customer;
    assert.ok(there);

    const socket = new Socket(here.ws, token(ben));
    const client = apolloClient(here, token(ben), socket);
    atEnd(t, async () => {
      client.stop();
      await socket.close();
    });
    const shown = new Queue<{ version: number; name: string }>();
    const watching = client.watchQuery({ query: one, variables: { id: acme.id } }).subscribe(({ data }) => {
      const { customer } = (data ?? {}) as { customer?: { version: number; name: string } };
      if (customer) shown.push(customer);
    });
    atEnd(t, () => watching.unsubscribe());
    assert.equal((await shown.next()).name, "Acme");

    const following = client.subscribe({ query: changed, variables: { id: acme.id, after: acme.cursor } }).subscribe({});
    atEnd(t, () => following.unsubscribe());
    applied(await update(ada, acme, { name: "Acme International" }));
    const { name, version } = await shown.next("second state of the watched query");
    assert.deepEqual([name, version], ["Acme International", 2]);
  });
});

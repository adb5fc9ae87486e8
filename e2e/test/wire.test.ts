import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "graphql-ws";
import { WebSocket } from "ws";
import { atEnd } from "../src/cleanup.ts";
import { applied, create, update } from "../src/operations/customers.ts";
import { organization, token } from "../src/token.ts";
import { inEveryWorld } from "../src/world.ts";

const following = `subscription ($after: Cursor) { customerChanged(after: $after) { version customer { notes } } }`;

interface Followed {
  readonly customerChanged: { readonly version: number; readonly customer: { readonly notes: string } };
}

interface SessionEvent {
  readonly session: { readonly __typename: string };
}

inEveryWorld((stage) => {
  const { connect } = stage;

  test("what is large comes compressed, and whole", async (t) => {
    const hire = organization();
    const ada = connect(t, "graphql-ws", hire("Ada"), 0);
    const ben = hire("Ben");
    const { customer, cursor } = applied(await create(ada, { name: "Acme" }));
    let socket: WebSocket | undefined;
    const client = createClient({
      url: stage.world.instances[1].ws,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${token(ben)}` },
      on: { opened: (opened) => (socket = opened as WebSocket) },
    });
    atEnd(t, () => client.dispose());
    const events = client.iterate<Followed>({ query: following, variables: { after: cursor } });
    const notes = Array.from({ length: 200 }, (_, line) => `Line ${line}: prefers calls in the morning – ünïcödé too.`).join("\n");
    for (let version = 2; version <= 6; version++) {
      const written = `${version} ${notes}`;
      applied(await update(ada, { id: customer.id, version: version - 1 }, { notes: written }));
      const { value } = await events.next();
      assert.equal(value?.data?.customerChanged.version, version);
      assert.equal(value?.data?.customerChanged.customer.notes, written);
    }
    assert.match(socket?.extensions ?? "", /permessage-deflate/);
    const received = (socket as unknown as { _socket: { bytesRead: number } })._socket.bytesRead;
    assert.ok(received < 3 * notes.length, `${received} bytes came for five times ${notes.length}`);
  });

  test("a session that is refreshed goes on past the end of its first token", async (t) => {
    const hire = organization();
    const ada = connect(t, "graphql-ws", hire("Ada"), 0);
    const ben = hire("Ben");
    const { customer, cursor } = applied(await create(ada, { name: "Acme" }));
    let closed = false;
    const client = createClient({
      url: stage.world.instances[1].ws,
      webSocketImpl: WebSocket,
      lazy: false,
      connectionParams: { authorization: `Bearer ${token(ben, { secondsToLive: 3 })}` },
      on: { closed: () => (closed = true) },
    });
    atEnd(t, () => client.dispose());
    const events = client.iterate<Followed>({ query: following, variables: { after: cursor } });
    const session = client.iterate<SessionEvent>({ query: "subscription { session { __typename } }" });
    assert.equal((await session.next()).value?.data?.session.__typename, "SessionExpiring");
    const expires = Date.now() + 3000;
    const refreshing = client.iterate({
      query: "mutation ($token: String!) { refreshSession(token: $token) { user { id } } }",
      variables: { token: token(ben) },
    });
    assert.deepEqual((await refreshing.next()).value?.data, { refreshSession: { user: { id: ben.id } } });
    let version = 1;
    while (Date.now() < expires + 1000) {
      applied(await update(ada, { id: customer.id, version }, { notes: `${++version}` }));
      assert.equal((await events.next()).value?.data?.customerChanged.version, version);
    }
    assert.equal(closed, false);
  });
});

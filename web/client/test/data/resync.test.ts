import "fake-indexeddb/auto";
import { afterEach, expect, test } from "vitest";
import { changeCustomer, clientOf, createCustomer, watching } from "../../../testing/crm.js";
import { Server } from "../../../testing/server.js";
import { organization } from "../../../testing/token.js";

let server: Server;
afterEach(() => server.remove());

test("after the log was replaced everything is read anew, once, and what waits is laid over it", async () => {
  server = await Server.start();
  const hire = organization();
  const [ada, ben] = [hire("Ada"), hire("Ben")];
  const id = await createCustomer(server, ada, { name: "Acme", phone: "1" });
  await server.backUp();
  const tandem = clientOf(server.url, ada);
  let resyncs = 0;
  tandem.link.onResync(() => resyncs++);
  const seen = watching(tandem.entity("Customer", id));
  const list = watching(tandem.list({ type: "Customer", orderBy: "name_asc" }));
  const feed = watching(tandem.activity());
  await Promise.all([seen.until("customer", ({ status }) => status === "live"), list.until("list", ({ items }) => items.length === 1), feed.until("feed", ({ items }) => items.length === 1)]);
  await changeCustomer(server, ben, id, { name: "lost" });
  await changeCustomer(server, ben, id, { email: "lost@example.com" });
  await createCustomer(server, ben, { name: "lost, too" });
  await Promise.all([seen.until("changes", ({ version }) => version === 3), list.until("another", ({ items }) => items.length === 2), feed.until("events", ({ items }) => items.length === 4)]);
  await server.kill();
  const { settled } = await tandem.entity("Customer", id).save({ phone: "2" });
  await server.restore();
  expect(await settled).toEqual({ kind: "saved" });
  const state = await seen.until("what the log has", ({ version, status, pending }) => version === 2 && status === "live" && pending.length === 0);
  expect(state.data).toMatchObject({ name: "Acme", phone: "2", email: null });
  await list.until("what the log has", ({ items, totalCount, status }) => status === "live" && totalCount === 1 && items.map(({ displayName }) => displayName).join() === "Acme");
  await feed.until("what the log has", ({ items, status }) => status === "live" && items.length === 2);
  await changeCustomer(server, ben, id, { name: "Acme Ltd" });
  await Promise.all([seen.until("what comes then", ({ data }) => data?.["name"] === "Acme Ltd"), feed.until("what comes then", ({ items }) => items.length === 3)]);
  expect(resyncs).toBe(1);
  tandem.close();
});

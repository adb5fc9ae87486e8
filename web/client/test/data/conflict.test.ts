import "fake-indexeddb/auto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { changeCustomer, clientOf, createCustomer, watching } from "../../../testing/crm.js";
import { Proxy } from "../../../testing/proxy.js";
import { Server } from "../../../testing/server.js";
import { organization } from "../../../testing/token.js";

let server: Server;
beforeAll(async () => void (server = await Server.start()));
afterAll(() => server.remove());

/** Ada's edit of two fields, one of which Ben has changed since she saw it. */
async function collision() {
  const hire = organization();
  const [ada, ben] = [hire("Ada"), hire("Ben")];
  const id = await createCustomer(server, ada, { name: "Acme", phone: "1", status: "LEAD" });
  const tandem = clientOf(server.url, ada);
  const customer = tandem.entity("Customer", id);
  const seen = watching(customer);
  await seen.until("customer", ({ status }) => status === "live");
  await changeCustomer(server, ben, id, { phone: "2", status: "ACTIVE" });
  await seen.until("Ben's change", ({ version }) => version === 2);
  const { settled } = await customer.save({ phone: "3", email: "ada@example.com" }, { phone: { version: 1, seen: "1" } });
  expect(await settled).toMatchObject({ kind: "conflict" });
  const state = await seen.until("conflict", (each) => each.conflict !== undefined);
  expect(state).toMatchObject({ pending: [], data: { phone: "3", email: "ada@example.com", status: "active" } });
  const conflict = tandem.conflict(state.conflict?.id ?? "");
  const deciding = watching(conflict);
  const open = await deciding.until("sides", ({ status }) => status === "open");
  return { ada, ben, id, tandem, customer, seen, conflict, deciding, open };
}

test("a conflict shows both sides of each field, and what is kept anyway; the resolution is in the entity at once", async () => {
  const { tandem, customer, conflict, open, seen } = await collision();
  expect(open).toMatchObject({
    entityType: "Customer", entityName: "Acme", keptFields: ["email"], remoteBy: { name: "Ben" }, movedOn: 0,
    fields: [{ field: "phone", base: "1", local: "3", remote: "2", localText: "3", remoteText: "2" }],
  });
  await conflict.resolve({ phone: { value: "2 or 3" } });
  const state = await seen.until("resolution", (each) => each.conflict === undefined);
  expect(state.data).toMatchObject({ phone: "2 or 3", email: "ada@example.com" });
  expect(conflict.get().status).toBe("resolved");
  expect(tandem.outbox.get().records).toEqual([]);
  expect(customer.get().version).toBe(3);
  tandem.close();
});

test("a conflict that moves on shows the new side, and a resolution of the old one is refused", async () => {
  const { ben, id, tandem, conflict, deciding } = await collision();
  await changeCustomer(server, ben, id, { phone: "4" });
  await expect(conflict.resolve("local")).rejects.toMatchObject({ code: "CustomerConflict" });
  const moved = await deciding.until("new side", ({ movedOn }) => movedOn === 1);
  expect(moved).toMatchObject({ status: "open", fields: [{ field: "phone", local: "3", remote: "4" }] });
  await conflict.resolve("local");
  await watching(tandem.entity("Customer", id)).until("Ada's side", ({ data, conflict: left }) => data?.["phone"] === "3" && left === undefined);
  tandem.close();
});

test("one that somebody else resolves is over here, too, although nobody looks at it", async () => {
  const { ben, id, tandem, seen, open, deciding } = await collision();
  deciding.stop();
  const query = `mutation ($id: ID!) { resolveCustomerConflict(input: { conflictId: $id, resolution: REMOTE }) { __typename } }`;
  await server.ask(ben, query, { id: open.id });
  const state = await seen.until("end of the conflict", ({ conflict }) => conflict === undefined);
  expect(state.data).toMatchObject({ id, phone: "2" });
  await seen.until("what was kept", ({ data }) => data?.["email"] === "ada@example.com");
  expect(tandem.outbox.get().records).toEqual([]);
  tandem.close();
});

test("a conflict is offered on another device of its person, and a decision there is one here", async () => {
  const { ada, id, tandem, seen, open } = await collision();
  const proxy = await Proxy.before(server.port); // its address is another one, so the device has an outbox of its own
  const other = clientOf(proxy.url, ada);
  const there = watching(other.entity("Customer", id));
  const state = await there.until("conflict", ({ conflict }) => conflict !== undefined);
  expect(state).toMatchObject({ conflict: { id: open.id, conflictedFields: [{ field: "phone", local: "3", remote: "2" }] }, data: { phone: "2" } });
  await watching(other.conflict(open.id)).until("sides", ({ status }) => status === "open");
  await other.conflict(open.id).resolve("local");
  await there.until("decision", ({ conflict, data }) => conflict === undefined && data?.["phone"] === "3");
  await seen.until("decision", ({ conflict, data }) => conflict === undefined && data?.["phone"] === "3" && data["email"] === "ada@example.com");
  for (const each of [tandem, other]) each.close();
  await proxy.close();
});

test("a conflict that another device meets appears on an open page at once, the next one when it is decided, and one decided there is gone here", async () => {
  const hire = organization();
  const [ada, ben] = [hire("Ada"), hire("Ben")];
  const id = await createCustomer(server, ada, { name: "Acme", phone: "1", email: "1@example.com" });
  const tandem = clientOf(server.url, ada);
  const page = watching(tandem.entity("Customer", id));
  await page.until("customer", ({ status }) => status === "live");
  await changeCustomer(server, ben, id, { phone: "2", email: "2@example.com" });
  const meet = async (patch: object) => {
    const query = `mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { ... on CustomerConflict { id } } }`;
    return (await server.ask<{ updateCustomer: { id: string } }>(ada, query, { input: { id, baseVersion: 1, patch } })).updateCustomer.id;
  };
  const first = await meet({ phone: "3" });
  const shown = await page.until("first conflict", ({ conflict }) => conflict?.id === first);
  expect(shown).toMatchObject({ conflict: { conflictedFields: [{ field: "phone", local: "3", remote: "2" }] }, data: { phone: "2" } });
  const second = await meet({ email: "3@example.com" });
  await page.until("newest conflict", ({ conflict }) => conflict?.id === second);
  await watching(tandem.conflict(second)).until("sides", ({ status }) => status === "open");
  await tandem.conflict(second).resolve("local");
  await page.until("the one that is left", ({ conflict, data }) => conflict?.id === first && data?.["email"] === "3@example.com");
  await server.ask(ada, `mutation ($id: ID!) { resolveCustomerConflict(input: { conflictId: $id, resolution: LOCAL }) { __typename } }`, { id: first });
  await page.until("no conflict", ({ conflict, data }) => conflict === undefined && data?.["phone"] === "3");
  tandem.close();
});

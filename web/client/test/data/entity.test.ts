import "fake-indexeddb/auto";
import { afterAll, beforeAll, expect, test } from "vitest";
import WebSocket from "ws";
import { changeCustomer, clientOf, createCustomer, watching } from "../../../testing/crm.js";
import { Proxy } from "../../../testing/proxy.js";
import { Server } from "../../../testing/server.js";
import { organization } from "../../../testing/token.js";

let server: Server;
beforeAll(async () => void (server = await Server.start()));
afterAll(() => server.remove());

test("an entity shows what others change, with dates, enums in lower case, and who changed which field", async () => {
  const hire = organization();
  const [ada, ben] = [hire("Ada"), hire("Ben")];
  const id = await createCustomer(server, ada, { name: "Acme", status: "PROSPECT", ownerId: ada.id });
  const tandem = clientOf(server.url, ada);
  const customer = tandem.entity("Customer", id);
  const seen = watching(customer);
  const first = await seen.until("customer", ({ status }) => status === "live");
  expect(first).toMatchObject({ version: 1, data: { name: "Acme", status: "prospect", owner: { id: ada.id, name: "Ada" }, tags: [], notes: null }, access: { canEdit: true } });
  expect(first.data?.createdAt).toBeInstanceOf(Date);
  await changeCustomer(server, ben, id, { phone: "123", status: "ACTIVE" });
  const next = await seen.until("change", ({ version }) => version === 2);
  expect(next.data).toMatchObject({ phone: "123", status: "active", updatedBy: { name: "Ben" } });
  expect(next.changes).toMatchObject([{ field: "phone", oldValue: null, newValue: "123", by: { name: "Ben" }, version: 2 }, { field: "status", oldValue: "prospect", newValue: "active" }]);
  expect(tandem.entity("Customer", id)).toBe(customer);
  seen.stop();
  tandem.close();
});

test("a change has its author also where its values were known before it, as from a page of a list", async () => {
  const hire = organization();
  const [ada, ben] = [hire("Ada"), hire("Ben")];
  const id = await createCustomer(server, ada, { name: "Acme" });
  const tandem = clientOf(server.url, ada);
  const seen = watching(tandem.entity("Customer", id));
  await seen.until("customer", ({ status }) => status === "live");
  tandem.entities.read({ id, version: 2, fields: { phone: "123" } });
  await changeCustomer(server, ben, id, { phone: "123" });
  const { changes } = await seen.until("change", (state) => state.changes.length > 0);
  expect(changes).toMatchObject([{ field: "phone", newValue: "123", by: { name: "Ben" }, version: 2 }]);
  tandem.close();
});

test("edits show at once, also without a connection, and are saved when it is back", async () => {
  const hire = organization();
  const [ada, ben] = [hire("Ada"), hire("Ben")];
  const id = await createCustomer(server, ada, { name: "Acme", ownerId: ada.id });
  const proxy = await Proxy.before(server.port);
  const tandem = clientOf(proxy.url, ada);
  const customer = tandem.entity("Customer", id);
  const seen = watching(customer);
  await seen.until("customer", ({ status }) => status === "live");
  await tandem.ready;
  proxy.set({ refuse: true });
  proxy.reset();
  const { settled } = await customer.save({ name: "Acme Ltd", status: "active", ownerId: null });
  expect(customer.get()).toMatchObject({ pending: ["name", "status", "ownerId"], version: 1, data: { name: "Acme Ltd", displayName: "Acme Ltd", status: "active", owner: null } });
  expect(tandem.status.get().pending).toBe(1);
  await changeCustomer(server, ben, id, { phone: "9" });
  proxy.set({});
  expect(await settled).toEqual({ kind: "saved" });
  await seen.until("everything", ({ version, pending }) => version === 3 && pending.length === 0);
  expect(customer.get().data).toMatchObject({ name: "Acme Ltd", status: "active", owner: null, phone: "9" });
  expect(seen.values.filter(({ data }) => data?.["name"] === "Acme").every(({ version, pending }) => version === 1 && pending.length === 0)).toBe(true);
  expect(tandem.status.get().pending).toBe(0);
  tandem.close();
  await proxy.close();
});

test("a deleted entity shows who deleted it and when, and comes back when it is restored", async () => {
  const hire = organization();
  const [ada, ben] = [hire("Ada"), hire("Ben", "ADMIN")];
  const id = await createCustomer(server, ada, { name: "Acme" });
  const [hers, his] = [clientOf(server.url, ada), clientOf(server.url, ben)];
  const [seen, other] = [watching(hers.entity("Customer", id)), watching(his.entity("Customer", id))];
  await Promise.all([seen.until("customer", ({ status }) => status === "live"), other.until("customer", ({ status }) => status === "live")]);
  await his.entity("Customer", id).remove();
  const gone = await seen.until("deletion", ({ status }) => status === "gone");
  expect(gone).toMatchObject({ deleted: { by: { name: "Ben" } }, data: { name: "Acme" } });
  expect(gone.deleted?.at.getTime()).toBeGreaterThan(Date.now() - 60_000);
  const late = clientOf(server.url, ada);
  const after = watching(late.entity("Customer", id));
  expect(await after.until("deletion", ({ status }) => status === "gone")).toMatchObject({ deleted: { by: { name: "Ben" } }, data: undefined });
  await hers.entity("Customer", id).restore();
  await Promise.all([seen, other, after].map((each) => each.until("restored customer", ({ status, data }) => status === "live" && data?.["name"] === "Acme")));
  for (const tandem of [hers, his, late]) tandem.close();
});

test("what its person may not see any more is gone, and what they may see again is there", async () => {
  const hire = organization();
  const [ada, ben] = [hire("Ada"), hire("Ben")];
  const id = await createCustomer(server, ada, { name: "Acme", notes: "secret" });
  const tandem = clientOf(server.url, ben);
  const seen = watching(tandem.entity("Customer", id));
  await seen.until("customer", ({ status }) => status === "live");
  await changeCustomer(server, ada, id, { visibility: "RESTRICTED" });
  await seen.until("loss", ({ status, data }) => status === "denied" && data === undefined);
  expect(tandem.entities.view(id)).toBeUndefined();
  await server.ask(ada, `mutation ($id: ID!, $user: ID!) { grantAccess(entityId: $id, userId: $user, level: READ) }`, { id, user: ben.id });
  const back = await seen.until("return", ({ status, access }) => status === "live" && access !== undefined);
  expect(back).toMatchObject({ data: { name: "Acme" }, access: { canEdit: false } });
  await server.ask(ada, `mutation ($id: ID!, $user: ID!) { grantAccess(entityId: $id, userId: $user, level: WRITE) }`, { id, user: ben.id });
  await seen.until("right to edit", ({ access }) => access?.canEdit === true);
  await changeCustomer(server, ada, id, { visibility: "ORGANIZATION" });
  await server.ask(ada, `mutation ($id: ID!, $user: ID!) { grantAccess(entityId: $id, userId: $user, level: READ) }`, { id, user: ben.id });
  await changeCustomer(server, ada, id, { visibility: "RESTRICTED" });
  await seen.until("loss of the right to edit", ({ access, status }) => status === "live" && access?.canEdit === false);
  tandem.close();
});

test("a new role of the person shows at once, with the rights that it gives", async () => {
  const hire = organization();
  const [boss, ben] = [hire("Boss", "ADMIN"), hire("Ben")];
  const id = await createCustomer(server, boss, { name: "Acme" });
  const tandem = clientOf(server.url, ben);
  const [viewer, seen] = [watching(tandem.viewer), watching(tandem.entity("Customer", id))];
  await viewer.until("person", (each) => each?.role === "member");
  await seen.until("rights", ({ access }) => access?.canEdit === true);
  await server.ask(boss, "mutation ($id: ID!) { setMemberRole(userId: $id, role: VIEWER) { role } }", { id: ben.id });
  await viewer.until("new role", (each) => each?.role === "viewer");
  await seen.until("new rights", ({ access }) => access?.canEdit === false);
  tandem.close();
});

/** A socket that its test opens, whenever the client wanted it. */
function lateSockets() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  class Late extends WebSocket {
    override send(data: string): void {
      void opened.then(() => super.send(data));
    }
  }
  return { open, WebSocket: Late as unknown as typeof globalThis.WebSocket };
}

test("a role that changes after the first answers and before the connection shows, although no event tells of it", async () => {
  const hire = organization();
  const [boss, ben] = [hire("Boss", "ADMIN"), hire("Ben")];
  const id = await createCustomer(server, boss, { name: "Acme" });
  const { open, WebSocket: Late } = lateSockets();
  const tandem = clientOf(server.url, ben, { WebSocket: Late, transports: ["ws"] });
  const [viewer, seen] = [watching(tandem.viewer), watching(tandem.entity("Customer", id))];
  await viewer.until("person", (each) => each?.role === "member");
  await seen.until("rights", ({ access }) => access?.canEdit === true);
  await server.ask(boss, "mutation ($id: ID!) { setMemberRole(userId: $id, role: VIEWER) { role } }", { id: ben.id });
  expect(tandem.status.get().state).not.toBe("connected");
  open();
  await viewer.until("new role", (each) => each?.role === "viewer");
  await seen.until("new rights", ({ access }) => access?.canEdit === false);
  tandem.close();
});

test("rights that change after the first answers and before the connection show, although no event tells of it", async () => {
  const hire = organization();
  const [ada, ben] = [hire("Ada"), hire("Ben")];
  const id = await createCustomer(server, ada, { name: "Acme", visibility: "RESTRICTED" });
  const grant = (level: string) => server.ask(ada, `mutation ($id: ID!, $to: ID!) { grantAccess(entityId: $id, userId: $to, level: ${level}) }`, { id, to: ben.id });
  await server.ask(ben, "{ viewer { role } }");
  await grant("WRITE");
  const { open, WebSocket: Late } = lateSockets();
  const tandem = clientOf(server.url, ben, { WebSocket: Late, transports: ["ws"] });
  const seen = watching(tandem.entity("Customer", id));
  await seen.until("rights", ({ access }) => access?.canEdit === true);
  await grant("READ");
  expect(tandem.status.get().state).not.toBe("connected");
  open();
  await seen.until("new rights", ({ access }) => access?.canEdit === false);
  tandem.close();
});

test("what a server has rendered is shown at once and followed from there, without another query", async () => {
  const hire = organization();
  const ada = hire("Ada");
  const id = await createCustomer(server, ada, { name: "Acme" });
  const read = `query ($id: ID!) { customers(filter: { ids: [$id] }) { asOf nodes { id version name status displayName owner { id name } createdAt updatedAt } } }`;
  const { customers } = await server.ask<{ customers: { asOf: string; nodes: never[] } }>(ada, read, { id });
  await changeCustomer(server, ada, id, { name: "Acme Ltd" });
  const asked: string[] = [];
  const tandem = clientOf(server.url, ada, { fetch: (url, init) => (asked.push(String(init?.body)), fetch(url, init)) });
  const customer = tandem.entity("Customer", id, { data: customers.nodes[0] as never, after: customers.asOf });
  expect(customer.get()).toMatchObject({ status: "live", version: 1, data: { name: "Acme", status: "lead" } });
  const seen = watching(customer);
  await seen.until("change", ({ data }) => data?.["name"] === "Acme Ltd");
  expect(asked.filter((body) => body.includes("Page"))).toEqual([]);
  tandem.close();
});

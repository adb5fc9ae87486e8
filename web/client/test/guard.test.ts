import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Entities, type PendingEdit } from "../src/store/entities.js";
import { guard, patch } from "../src/store/guard.js";
import { shapeOf } from "../src/store/shape.js";
import { entityTypes } from "../src/store/types.js";

const customer = (version: number, fields: object = {}) => ({ __typename: "Customer", id: "c", version, ...fields });
const changed = (version: number, fields: string[], customer: object) => ({
  customerChanged: { entityId: "c", version, fromVersion: version - 1, kind: "UPDATED", changes: fields.map((field) => ({ field })), customer },
});
const edit = (patch: PendingEdit["patch"]): PendingEdit => ({ clientMutationId: "m", patch, state: "queued" });

test("the table of types is what the schema has", () => {
  const schema = readFileSync(new URL("../../../schema.graphqls", import.meta.url), "utf8").replace(/"""[\s\S]*?"""|"[^"\n]*"/g, "");
  const inputs = [...schema.matchAll(/^input (\w+)Patch \{([^}]*)\}/gm)];
  const found = inputs.map(([, type, body]) => [type, [...(body as string).matchAll(/^\s+(\w+):/gm)].map(([, field]) => field)]);
  expect(Object.fromEntries(found)).toEqual(entityTypes);
});

test("a subscription that is behind takes nothing away that was given back since, and gives nothing back that was taken away", () => {
  const store = new Entities();
  const event = (cursor: string, kind: string, version: number) => ({
    customerChanged: { cursor, entityId: "c", version, fromVersion: version, kind, changes: [], customer: kind === "ACCESS_LOST" ? null : customer(version, { name: "Acme" }) },
  });
  for (const [cursor, kind] of [["04", "ACCESS_GAINED"], ["03", "ACCESS_LOST"]] as const) guard(store, event(cursor, kind, 2));
  expect(store.view("c")).toMatchObject({ version: 2, fields: { name: "Acme" } });
  for (const [cursor, kind] of [["06", "ACCESS_LOST"], ["05", "UPDATED"]] as const) guard(store, event(cursor, kind, 3));
  expect(store.view("c")).toBeUndefined();
  guard(store, event("07", "ACCESS_GAINED", 4));
  expect(store.view("c")).toMatchObject({ version: 4 });
});

test("a query that began before an event and is answered after it shows what is newer", () => {
  const store = new Entities();
  guard(store, changed(6, ["phone"], customer(6, { phone: "new" })));
  const { data, outdated } = guard(store, { customer: customer(5, { name: "Acme", phone: "old" }) });
  expect(data).toEqual({ customer: customer(6, { name: "Acme", phone: "new" }) });
  expect(outdated).toBe(false);
});

test("an answer with a field that changed since, whose value nobody knows, has to be asked for again", () => {
  const store = new Entities();
  guard(store, changed(6, ["phone"], customer(6)));
  const { data, outdated } = guard(store, { customer: customer(5, { phone: "old" }) });
  expect(outdated).toBe(true);
  expect(data.customer.version).toBe(5);
});

test("fields are recognized under their aliases, in fragments too", () => {
  const shape = shapeOf(`
    query Q($filter: CustomerFilter = {search: "}{"}) { # a comment with a }
      page: customers(filter: $filter, first: 5) { nodes { ...Row @include(if: true) ... on Customer { title: name } } }
    }
    fragment Row on Customer { id version name: company }`);
  const store = new Entities();
  guard(store, changed(3, ["name", "company"], customer(3, { name: "Acme", company: "Acme Ltd" })));
  const page = { page: { nodes: [{ __typename: "Customer", id: "c", version: 2, name: "Old Ltd", title: "Old" }] } };
  expect(guard(store, page, { shape }).data.page.nodes[0]).toMatchObject({ version: 3, name: "Acme Ltd", title: "Acme" });
});

test("pending edits are laid over, with the name that follows from them and the people that are known", () => {
  const store = new Entities();
  guard(store, { users: [{ __typename: "User", id: "u2", name: "Ben" }] });
  guard(store, { customer: customer(4, { name: "Acme", displayName: "Acme", owner: { __typename: "User", id: "u1", name: "Ada" } }) });
  store.editsOf = () => [edit({ name: "Apex" }), edit({ ownerId: "u2" })];
  const raw = { customer: customer(4, { name: "Acme", displayName: "Acme", owner: { __typename: "User", id: "u1", name: "Ada" } }) };
  const { data } = patch(store, raw);
  expect(data.customer).toMatchObject({ version: 4, name: "Apex", displayName: "Apex", owner: { id: "u2", name: "Ben" } });
  expect(patch(store, raw, { edits: false }).data).toBe(raw);
  store.editsOf = () => [];
  expect(patch(store, raw).data).toBe(raw);
});

test("past states under the id of the living entity are left alone", () => {
  const store = new Entities();
  guard(store, { customer: customer(9, { name: "Now" }) });
  const past = { customer: { ...customer(9, { name: "Now" }), old: customer(2, { name: "Then" }) } };
  expect(guard(store, past).data).toBe(past);
  const conflict = { updateCustomer: { __typename: "CustomerConflict", remoteVersion: 9, base: customer(3, { name: "Then" }) } };
  expect(guard(store, conflict).data).toBe(conflict);
  expect(store.view("c")?.fields["name"]).toBe("Now");
});

test("a deleted entity leaves the answers of queries, with its edge and the count", () => {
  const store = new Entities();
  const node = customer(2, { name: "Acme" });
  guard(store, { customerChanged: { entityId: "c", version: 3, fromVersion: 2, kind: "DELETED", changes: [], timestamp: "t", actor: { id: "u1" } } });
  const page = { customers: { totalCount: 2, edges: [{ cursor: "1", node }, { cursor: "2", node: { ...node, id: "d" } }] } };
  expect(guard(store, page, { dropGone: true }).data).toMatchObject({ customers: { totalCount: 1, edges: [{ node: { id: "d" } }] } });
  expect(guard(store, { customer: node }, { dropGone: true }).data).toEqual({ customer: null });
  expect(store.view("c")?.deleted).toEqual({ version: 3, at: "t", by: "u1" });
  const bin = { customers: { nodes: [customer(3, { name: "Acme", deletedAt: "t" })] } };
  expect(guard(store, bin, { dropGone: true }).data).toBe(bin);
  guard(store, { customer: customer(4, { name: "Acme", deletedAt: null }) });
  expect(store.view("c")?.deleted).toBeUndefined();
});

test("what began before a loss of access says nothing about the time after it", () => {
  const store = new Entities();
  const begun = store.now();
  guard(store, { customer: customer(2, { name: "Acme" }) });
  guard(store, { entityChanged: { entityId: "c", version: 2, fromVersion: 2, kind: "ACCESS_LOST", changes: [] } });
  expect(guard(store, { customer: customer(2, { name: "Acme" }) }, { begun, dropGone: true }).data).toEqual({ customer: null });
  expect(store.view("c")).toBeUndefined();
  expect(guard(store, { customer: customer(2, { name: "Acme" }) }, { dropGone: true }).data.customer).toMatchObject({ name: "Acme" });
});

test("listeners hear once a turn, and entities that nobody holds go, the longest unused first", async () => {
  const store = new Entities();
  const heard: string[][] = [];
  store.listen((ids) => heard.push([...ids]));
  const release = store.hold(["e0"]);
  for (let i = 0; i < 1_500; i++) store.read({ id: `e${i}`, version: 1, fields: { name: "x" } });
  await Promise.resolve();
  expect(heard).toHaveLength(1);
  expect([store.record("e0"), store.record("e1"), store.record("e1499")].map((each) => each !== undefined)).toEqual([true, false, true]);
  release();
  expect(store.record("e0")).toBeUndefined();
});

test("an answer to a request from before everything was forgotten does not count, whatever was known or lost then", () => {
  const entities = new Entities();
  entities.read({ id: "known", version: 1, fields: { phone: "1" } });
  entities.distrust();
  entities.forget("lost");
  const begun = entities.now();
  entities.clear();
  for (const id of ["known", "lost", "new"]) {
    entities.read({ id, version: 2, fields: { phone: "2" } }, begun);
    expect(entities.view(id)).toBeUndefined();
    entities.read({ id, version: 2, fields: { phone: "2" } });
    entities.read({ id, version: 1, fields: { phone: "1" } });
    expect(entities.view(id)).toMatchObject({ version: 2, fields: { phone: "2" } });
  }
});

import "fake-indexeddb/auto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Proxy } from "../../../testing/proxy.js";
import { Server } from "../../../testing/server.js";
import { until } from "../../../testing/until.js";
import { libraries } from "./libraries.js";
import { CHANGES, CUSTOMER, CUSTOMERS, events, screen, stage } from "./stage.js";

interface Customer { id: string; version: number; name: string; phone: string | null }
interface One { customer: Customer | null }
interface Page { customers: { totalCount: number; nodes: Customer[] } }
interface Event { customerChanged: { version: number; kind: string; entityId: string; cursor?: string; customer: Customer | null } }

let server: Server;
beforeAll(async () => void (server = await Server.start()));
afterAll(() => server.remove());

describe.each(Object.entries(libraries))("%s", (_, library) => {
  test.each(["record", "list"])("a query for a %s that began before an event and is answered after it shows the newer state", async (kind) => {
    const { library: used, create, update, answers, end } = stage(server, library);
    const id = await create("Acme");
    const changes = events<Event>(used, CHANGES);
    await until("subscription", async () => (await update(id, 1, { name: `Acme ${Math.random()}` }), changes.all.length > 0));
    const query = kind === "record" ? CUSTOMER : CUSTOMERS;
    answers.hold(kind === "record" ? "query Customer(" : "query Customers");
    const shown = screen<One & Page>(used, query, kind === "record" ? { id } : {});
    await answers.answered();
    const version = await update(id, 1, { phone: "+1 555" });
    await until("event", () => changes.all.some(({ customerChanged }) => customerChanged.version === version));
    answers.release();
    const customer = await until("customer", () => (kind === "record" ? shown.now?.customer : shown.now?.customers.nodes[0]));
    expect(customer).toMatchObject({ id, version, phone: "+1 555" });
    expect(shown.all).toHaveLength(1);
    end();
  });

  test("an event for the kit is shown by every query that has its entity", async () => {
    const { tandem, library: used, create, update, end } = stage(server, library);
    const id = await create("Acme");
    const [one, list] = [screen<One>(used, CUSTOMER, { id }), screen<Page>(used, CUSTOMERS)];
    await until("both", () => one.now && list.now);
    events<Event>(used, CHANGES);
    await until("connection", () => tandem.status.get().state === "connected");
    await until("the name everywhere", async () => {
      await update(id, 1, { name: "Apex" });
      return one.now?.customer?.name === "Apex" && list.now?.customers.nodes[0]?.name === "Apex";
    });
    end();
  });

  test("a change between the answer to a query and the beginning of a subscription is not missed", async () => {
    const { library: used, create, update, end } = stage(server, library);
    const id = await create("Acme");
    const shown = screen<One>(used, CUSTOMER, { id });
    await until("customer", () => shown.now?.customer);
    await update(id, 1, { phone: "in between" });
    events<Event>(used, CHANGES);
    await until("the change", () => shown.now?.customer?.phone === "in between");
    expect(shown.now?.customer?.version).toBe(2);
    end();
  });

  test("a subscription goes on after its last event when the connection breaks", async () => {
    const { ada, create, end: endFirst } = stage(server, library);
    const proxy = await Proxy.before(server.port);
    const { tandem, library: used, wire, end } = stage(server, library, { url: proxy.url, person: ada });
    const changes = events<Event>(used, CHANGES);
    const made: string[] = [];
    for (let round = 0; round < 4; round++) {
      await until("connection", () => tandem.status.get().state === "connected");
      made.push(await create(`before ${round}`));
      await until("event", () => changes.all.length === made.length);
      proxy.reset();
      made.push(await create(`while away ${round}`));
      await until("missed event", () => changes.all.length === made.length);
    }
    expect(changes.all.map(({ customerChanged }) => customerChanged.entityId)).toEqual(made);
    expect(changes).toMatchObject({ errors: [], completed: false });
    expect(wire.begun.every((query) => /after: \$after/.test(query))).toBe(true);
    end();
    endFirst();
    await proxy.close();
  });

  test("a mutation that conflicts answers with the conflict, and past states stay in the past", async () => {
    const { library: used, create, update, end } = stage(server, library);
    const id = await create("Acme");
    const shown = screen<One>(used, CUSTOMER, { id });
    await until("customer", () => shown.now);
    await update(id, 1, { phone: "Ben's" });
    const document = `mutation Edit($input: UpdateCustomerInput!) { updateCustomer(input: $input) { __typename ... on CustomerSaved { customer { __typename id version phone } }
      ... on CustomerConflict { id conflictedFields { field local remote } remoteVersion base { version phone } remote { version phone } } } }`;
    const answer = await used.mutate(document, { input: { id, baseVersion: 1, patch: { phone: "Ada's" } } });
    expect(answer).toMatchObject({ updateCustomer: { __typename: "CustomerConflict", base: { version: 1, phone: null }, remote: { version: 2, phone: "Ben's" } } });
    expect(shown.all.map(({ customer }) => customer?.phone)).not.toContain("Ada's");
    const saved = await used.mutate(document, { input: { id, baseVersion: 2, patch: { phone: "Ada's" } } });
    expect(saved).toMatchObject({ updateCustomer: { __typename: "CustomerSaved" } });
    await until("the saved value", () => shown.now?.customer?.phone === "Ada's");
    end();
  });

  test("the errors of the server reach the caller, and end a subscription", async () => {
    const { library: used, end } = stage(server, library);
    const invalid = events<Event>(used, "subscription { customerChanged(maxPerSecond: -1) { version } }");
    await until("its end", () => invalid.errors.length > 0 && invalid.completed);
    expect(invalid.errors[0]?.message).toMatch(/maxPerSecond/);
    await expect(used.mutate("mutation { createCustomer(input: {name: \"x\"}) { nonsense } }", {})).rejects.toThrow(/nonsense/);
    const failing = screen(used, "query { customers(first: -1) { totalCount } }");
    await until("error", () => failing.errors.length > 0);
    end();
  });

  test("a subscription that starts, stops and starts again is one on the wire, and its end is told", async () => {
    const { tandem, library: used, create, wire, end } = stage(server, library);
    const first = events<Event>(used, CHANGES);
    first.stop();
    const second = events<Event>(used, CHANGES);
    await until("connection", () => tandem.status.get().state === "connected");
    await create("Acme");
    await until("event", () => second.all.length > 0);
    expect(first.all).toEqual([]);
    expect(wire.begun).toHaveLength(1);
    second.stop();
    await until("the end on the wire", () => wire.ended === 1);
    end();
  });

  test("pending edits show at once, also after a reload, and go when the server has answered", async () => {
    const before = stage(server, library);
    const id = await before.create("Acme");
    before.answers.hold("mutation UpdateCustomer");
    before.tandem.connect();
    await before.tandem.entity("Customer", id).save({ phone: "kept" }, { phone: { version: 1, seen: null } });
    await until("request", () => before.tandem.outbox.get().records.some(({ state }) => state === "sending"));
    before.end();

    const { tandem, library: used, answers, end } = stage(server, library, { person: before.ada });
    answers.hold("mutation UpdateCustomer");
    tandem.connect();
    const [one, list] = [screen<One>(used, CUSTOMER, { id }), screen<Page>(used, CUSTOMERS)];
    await until("the kept edit", () => one.now?.customer?.phone === "kept" && list.now?.customers.nodes[0]?.phone === "kept");
    const edit = await tandem.entity("Customer", id).save({ phone: "changed" });
    await until("the other edit", () => one.now?.customer?.phone === "changed" && list.now?.customers.nodes[0]?.phone === "changed");
    await answers.answered();
    answers.release();
    expect(await edit.settled).toEqual({ kind: "saved" });
    await until("version 3", () => one.now?.customer?.version === 3);
    const first = one.all.findIndex(({ customer }) => customer?.phone === "changed");
    expect(one.all.slice(first).map(({ customer }) => customer?.phone)).toEqual(one.all.slice(first).map(() => "changed"));

    const refused = await tandem.entity("Customer", id).save({ name: "" });
    expect(await refused.settled).toMatchObject({ kind: "refused" });
    await until("the old name", () => one.all.some(({ customer }) => customer?.name === "") && one.now?.customer?.name === "Acme");
    end();
  });

  test("a replaced log makes the queries that are shown run again, and the subscription go on", async () => {
    const restored = await Server.start();
    const { tandem, library: used, create, update, end } = stage(restored, library);
    const id = await create("Acme");
    await restored.backUp();
    const shown = screen<One>(used, CUSTOMER, { id });
    const changes = events<Event>(used, CHANGES);
    await until("customer", () => shown.now?.customer);
    await update(id, 1, { name: "lost" });
    await until("event", () => shown.now?.customer?.name === "lost");
    await restored.restore();
    await until("the new state", () => shown.now?.customer?.name === "Acme");
    await until("connection", () => tandem.status.get().state === "connected");
    await update(id, 1, { phone: "afterwards" });
    await until("another event", () => shown.now?.customer?.phone === "afterwards");
    expect(shown.now?.customer).toMatchObject({ name: "Acme", version: 2 });
    expect(changes).toMatchObject({ errors: [], completed: false });
    end();
    await restored.remove();
  });

  test("what is deleted leaves lists", async () => {
    const { library: used, create, ben, end } = stage(server, library);
    const [id, other] = [await create("Acme"), await create("Basic")];
    const list = screen<Page>(used, CUSTOMERS);
    await until("both", () => list.now?.customers.nodes.length === 2);
    const changes = events<Event>(used, CHANGES);
    await until("subscription", async () => (await create("later"), changes.all.length > 0));
    await server.ask(ben, "mutation ($id: ID!) { deleteEntity(input: {id: $id, baseVersion: 1}) { __typename } }", { id });
    await until("its end", () => list.now && !list.now.customers.nodes.some((node) => node.id === id));
    expect(list.now?.customers.nodes.some((node) => node.id === other)).toBe(true);
    end();
  });
});

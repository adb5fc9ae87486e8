import "fake-indexeddb/auto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Colleague } from "../../../testing/colleague.js";
import { Server } from "../../../testing/server.js";
import { until } from "../../../testing/until.js";
import { libraries } from "./libraries.js";
import { CHANGES, CUSTOMER, CUSTOMERS, events, screen, stage } from "./stage.js";

interface Page { customers: { totalCount: number; nodes: { id: string; name: string }[] } }

const LEADS = "query Leads { customers(first: 10, filter: {status: [LEAD]}) { __typename totalCount nodes { __typename id version name status } } }";
const CALLS = "query Calls($id: ID!) { customer(id: $id) { __typename id version calls(first: 10) { __typename totalCount nodes { __typename id version subject } } } }";

let server: Server;
beforeAll(async () => void (server = await Server.start()));
afterAll(() => server.remove());

const names = (list: { now: Page | undefined }) => list.now?.customers.nodes.map(({ name }) => name);
const shows = (list: { now: Page | undefined }, ...wanted: string[]) =>
  until(`the list ${wanted.join(", ") || "without rows"}`, () => JSON.stringify(names(list)) === JSON.stringify(wanted) && list.now?.customers.totalCount === wanted.length);

describe.concurrent.each(Object.entries(libraries))("%s", (_, library) => {
  test("a list that is shown has what enters it, and not what leaves it", async () => {
    const { library: used, ben, end } = stage(server, library);
    const colleague = new Colleague(server, ben);
    const [all, leads] = [screen<Page>(used, CUSTOMERS), screen<Page>(used, LEADS)];
    await Promise.all([shows(all), shows(leads)]);
    events(used, CHANGES);
    const acme = await colleague.create("Acme", { status: "LEAD" });
    await Promise.all([shows(all, "Acme"), shows(leads, "Acme")]);
    const basic = await colleague.create("Basic", { status: "ACTIVE" });
    await Promise.all([shows(all, "Basic", "Acme"), shows(leads, "Acme")]);
    await colleague.edit(basic, { status: "LEAD" });
    await shows(leads, "Basic", "Acme");
    await colleague.edit(acme, { status: "ACTIVE" });
    await Promise.all([shows(leads, "Basic"), shows(all, "Acme", "Basic")]);
    await colleague.remove(basic);
    await Promise.all([shows(leads), shows(all, "Acme")]);
    end();
  });

  test("a list that was asked for before a customer was created, and is answered after that, has it soon", async () => {
    const { library: used, ben, answers, end } = stage(server, library);
    const colleague = new Colleague(server, ben);
    const changes = events<unknown>(used, CHANGES);
    await until("subscription", async () => (await colleague.create("Acme"), changes.all.length > 0));
    const before = changes.all.length;
    answers.hold("query Leads");
    const leads = screen<Page>(used, LEADS);
    await answers.answered();
    await colleague.create("Basic", { status: "LEAD" });
    await until("event", () => changes.all.length > before);
    answers.release();
    await until("the customer", () => names(leads)?.[0] === "Basic");
    end();
  });

  test("a list below a record has what enters it", async () => {
    const { library: used, ben, end } = stage(server, library);
    const colleague = new Colleague(server, ben);
    const id = await colleague.create("Acme");
    const shown = screen<{ customer: { calls: { totalCount: number; nodes: { subject: string }[] } } }>(used, CALLS, { id });
    await until("no calls", () => shown.now?.customer.calls.totalCount === 0);
    const changes = events<unknown>(used, "subscription { callChanged { __typename version fromVersion kind entityId call { __typename id version } } }");
    await colleague.ask('mutation ($id: ID!) { createCall(input: {customerId: $id, subject: "Hello", direction: OUTBOUND}) { __typename } }', { id });
    await until("the call", () => shown.now?.customer.calls.nodes[0]?.subject === "Hello");
    expect(changes.errors).toEqual([]);
    end();
  });

  test("the person's own new customer is in the lists, without a subscription", async () => {
    const { library: used, end } = stage(server, library);
    const all = screen<Page>(used, CUSTOMERS);
    await shows(all);
    const create = 'mutation Create { createCustomer(input: {name: "Mine"}) { __typename ... on CustomerSaved { customer { __typename id version name } } } }';
    await used.mutate(create, {});
    await shows(all, "Mine");
    end();
  });

  test("what its person may not see any more leaves records and lists, and comes back when access is given again", async () => {
    const { tandem, library: used, ada, ben, end } = stage(server, library);
    const colleague = new Colleague(server, ben);
    await server.ask(ada, "{ viewer { role } }"); // a person is a member from the first request on
    const id = await colleague.create("Secret", { visibility: "RESTRICTED" });
    await colleague.create("Open");
    await colleague.grant(id, ada, "READ");
    const [one, list] = [screen<{ customer: { name: string } | null }>(used, CUSTOMER, { id }), screen<Page>(used, CUSTOMERS)];
    await until("the customer", () => one.now?.customer?.name === "Secret");
    events(used, CHANGES);
    await until("connection", () => tandem.status.get().state === "connected");
    await colleague.revoke(id, ada);
    await until("its end", () => one.now?.customer === null && JSON.stringify(names(list)) === '["Open"]' && list.now?.customers.totalCount === 1);
    await colleague.grant(id, ada, "READ");
    await until("its return", () => one.now?.customer?.name === "Secret" && names(list)?.includes("Secret") && list.now?.customers.totalCount === 2);
    end();
  });
});

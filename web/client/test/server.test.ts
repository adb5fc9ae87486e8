import { afterAll, beforeAll, expect, test } from "vitest";
import { sessionCookie } from "../../testing/cookie.js";
import { tandemOf } from "../../testing/people.js";
import { Server } from "../../testing/server.js";
import { organization } from "../../testing/token.js";
import { until } from "../../testing/until.js";
import { readEntity } from "../src/server/index.js";

let server: Server;
beforeAll(async () => void (server = await Server.start()));
afterAll(() => server.remove());

test("an entity that a server has read with the cookie of a request goes on in the browser without another read", async () => {
  const ada = organization()("Ada");
  const created = await server.ask<{ createCustomer: { customer: { id: string } } }>(ada,
    "mutation { createCustomer(input: {name: \"Acme\", status: LEAD}) { ... on CustomerSaved { customer { id } } } }");
  const { id } = created.createCustomer.customer;
  const headers = { cookie: sessionCookie(ada, 600), origin: new URL(server.url).origin };
  const rendered = await readEntity({ url: server.url, headers }, "Customer", id);
  expect(rendered?.data).toMatchObject({ id, version: 1, name: "Acme", status: "lead", displayName: "Acme", updatedAt: expect.any(Date) as Date });
  await server.ask(ada, "mutation ($id: ID!) { updateCustomer(input: {id: $id, baseVersion: 1, patch: {phone: \"meanwhile\"}}) { __typename } }", { id });

  const asked: string[] = [];
  const counted: typeof fetch = (url, init) => {
    asked.push(String(init?.body));
    return fetch(url, init);
  };
  const tandem = tandemOf(server.url, ada, { fetch: counted });
  const customer = tandem.entity("Customer", id, rendered);
  expect(customer.get()).toMatchObject({ status: "live", version: 1, access: { canEdit: true } });
  const stop = customer.subscribe(() => {});
  await until("the change in between", () => customer.get().data?.["phone"] === "meanwhile");
  expect(asked.filter((body) => body.includes("CustomerPage"))).toEqual([]);
  stop();
  tandem.close();
});

test("a server reads nothing of another organization, and nothing without credentials", async () => {
  const [ada, eve] = [organization()("Ada"), organization()("Eve")];
  const created = await server.ask<{ createCustomer: { customer: { id: string } } }>(ada,
    "mutation { createCustomer(input: {name: \"Acme\"}) { ... on CustomerSaved { customer { id } } } }");
  const { id } = created.createCustomer.customer;
  const { origin } = new URL(server.url);
  expect(await readEntity({ url: server.url, headers: { cookie: sessionCookie(eve, 600), origin } }, "Customer", id)).toBeUndefined();
  await expect(readEntity({ url: server.url, headers: {} }, "Customer", id)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
});

import { afterAll, beforeAll, expect, test, vi } from "vitest";
import WebSocket from "ws";
import type { Tandem } from "@tandem/client";
import { Server } from "../../testing/server.js";
import { organization, token } from "../../testing/token.js";
import { until } from "../../testing/until.js";

let server: Server;
beforeAll(async () => {
  server = await Server.start();
  vi.stubGlobal("WebSocket", WebSocket);
});
afterAll(async () => {
  vi.unstubAllGlobals();
  await server.remove();
});

test.each(["urql", "apollo", "query"])("the start of README.md for %s shows customers, and follows them", async (name) => {
  const ada = organization()("Ada");
  const { createCustomer } = await server.ask<{ createCustomer: { customer: { id: string } } }>(ada,
    "mutation { createCustomer(input: {name: \"Acme\"}) { ... on CustomerSaved { customer { id } } } }");
  vi.stubEnv("TANDEM_URL", server.url);
  vi.stubEnv("TANDEM_TOKEN", token(ada));
  vi.resetModules();
  const log = vi.spyOn(console, "log").mockReturnValue(undefined);
  const shows = (customer: string) => log.mock.calls.some(([nodes]) => (nodes as { name: string }[] | undefined)?.some((node) => node.name === customer));
  const { tandem } = (await import(`../starts/${name}.ts`)) as { tandem: Tandem };
  await until("customer", () => shows("Acme"));
  await until("connection", () => tandem.status.get().state === "connected");
  const rename = "mutation ($id: ID!) { updateCustomer(input: {id: $id, baseVersion: 1, patch: {name: \"Apex\"}}) { __typename } }";
  await server.ask(ada, rename, { id: createCustomer.customer.id });
  await until("new name", () => shows("Apex"));
  expect(shows("Acme")).toBe(true);
  tandem.close();
  log.mockRestore();
  vi.unstubAllEnvs();
});

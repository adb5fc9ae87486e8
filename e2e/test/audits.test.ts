import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  GraphQLSchema,
  buildClientSchema,
  buildSchema,
  getIntrospectionQuery,
  isSpecifiedDirective,
  lexicographicSortSchema,
  printSchema,
  validateSchema,
  type IntrospectionQuery,
} from "graphql";
import { auditServer } from "graphql-http";
import { Server, temporaryFolder } from "../src/server.ts";
import { organization, token } from "../src/token.ts";

describe("GraphQL as others speak it", () => {
  let server: Server;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const authorization = `Bearer ${token(organization()("Ada"))}`;

  before(async () => {
    folder = await temporaryFolder();
    server = await Server.start({ DATABASE_URL: `sqlite:${join(folder.path, "tandem.db")}`, INTROSPECTION: "true" });
  });
  after(async () => {
    await server.stop();
    await folder.remove();
  });

  test("graphql-http's audits find nothing wrong and nothing to warn of", async () => {
    const fetchFn = (url: string, init: RequestInit = {}) => fetch(url, { ...init, headers: { ...init.headers, authorization } });
    const results = await auditServer({ url: server.http, fetchFn });
    assert.ok(results.length > 50, `there are ${results.length} audits only`);
    const found = results.filter(({ status }) => status !== "ok" && status !== "notice");
    assert.deepEqual(found.map((result) => `${result.status}: ${result.name}: ${"reason" in result ? result.reason : ""}`), []);
  });

  test("introspection tells the schema, and no directive that nothing delivers", async () => {
    const query = getIntrospectionQuery({
      specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true, inputValueDeprecation: true, oneOf: true,
    });
    const body = JSON.stringify({ query });
    const answer = await fetch(server.http, { method: "POST", headers: { authorization, "content-type": "application/json" }, body });
    const { data } = (await answer.json()) as { data: IntrospectionQuery };
    const told = buildClientSchema(data);
    assert.deepEqual(validateSchema(told), []);
    const ours = told.getDirectives().filter((directive) => !isSpecifiedDirective(directive));
    assert.deepEqual(ours.map(({ name }) => name).sort(), ["hasRole", "most", "perViewer"]);
    // The file also has directives for the server itself, which clients are not told.
    const file = buildSchema(await readFile(new URL("../../schema.graphqls", import.meta.url), "utf8")).toConfig();
    const written = new GraphQLSchema({ ...file, directives: file.directives.filter(({ name }) => told.getDirective(name)) });
    assert.equal(printSchema(lexicographicSortSchema(told)), printSchema(lexicographicSortSchema(written)));
  });
});

import { readFile, readdir } from "node:fs/promises";
import { buildSchema, extendSchema, parse, validate, type GraphQLSchema } from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import WebSocket from "ws";
import { createClient } from "graphql-ws";
import { documentOf, matching, readyOperations, type ReadyOperation } from "../src/operations/readyOperations";
import { readRecords, recordsQuery } from "../src/operations/records";
import { variablesOf } from "../src/operations/samples";
import { Demo } from "./demo";

const source = (path: string) => readFile(new URL(path, import.meta.url), "utf8");
const schema = buildSchema(await source("../../../schema.graphqls"));

describe("ready operations", () => {
  const rootFields = (of: GraphQLSchema) =>
    [of.getQueryType(), of.getMutationType(), of.getSubscriptionType()].flatMap((type) => Object.keys(type?.getFields() ?? {}));

  test("exist for every root field, and each is valid", () => {
    const operations = readyOperations(schema);
    expect(operations.map(({ field }) => field.name)).toEqual(rootFields(schema));
    for (const operation of operations) expect(validate(schema, parse(documentOf(schema, operation))), operation.name).toEqual([]);
  });

  test("are found by their names, then by what they are for", () => {
    const found = (wanted: string) => matching(readyOperations(schema), wanted).map(({ field }) => field.name);
    expect(found("restoreEnt")).toEqual(["restoreEntity"]);
    expect(found("  Entity RESTORE ")[0]).toBe("restoreEntity");
    expect(found("room")).toEqual(["leaveRoom", "presence", "presence", "presences"]);
    expect(found("no operation is like that")).toEqual([]);
    expect(found("")).toHaveLength(readyOperations(schema).length);
  });

  test("have names of their own", () => {
    const names = readyOperations(schema).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  test("follow from the schema, so that a new type needs no file", () => {
    const wider = extendSchema(
      schema,
      parse(`type Task { id: ID! title: String! owner: User } input TaskInput { title: String! dueAt: DateTime! }
        extend type Query { task(id: ID!): Task } extend type Mutation { createTask(input: TaskInput!): Task }`),
    );
    const create = readyOperations(wider).find(({ name }) => name === "CreateTask");
    expect(create && documentOf(wider, create)).toContain("createTask(input: $input) {\n    id\n    title\n    owner {");
    expect(create && Object.keys(variablesOf(create, readRecords(null, people))["input"] as object)).toEqual(["title", "dueAt"]);
    expect(validate(wider, parse(documentOf(wider, create!)))).toEqual([]);
  });

  test("the examples are valid too", async () => {
    const folder = new URL("../src/examples/", import.meta.url);
    for (const name of await readdir(folder)) expect(validate(schema, parse(await source(`../src/examples/${name}`))), name).toEqual([]);
  });
});

const people = { otherPerson: "jonas", clientId: "playground-test", token: "" };

describe("run against the demo", () => {
  let demo: Demo;
  beforeAll(async () => void (demo = await Demo.start()));
  afterAll(() => demo.stop());

  const records = async () => {
    const { examples } = await demo.session();
    const { data } = await demo.ask("ada", recordsQuery(schema), { ids: Object.values(examples) });
    return readRecords(data, { ...people, token: await demo.token("ada") });
  };

  // These change who may do what, so they come after all others.
  const last = ["RemoveMember", "ErasePersonalData"];
  const order = ({ name }: ReadyOperation) => last.indexOf(name);

  test("queries and mutations answer with data", async () => {
    const operations = readyOperations(schema).filter(({ kind, name }) => kind !== "subscription" && name !== "RefreshSession");
    for (const operation of operations.sort((a, b) => order(a) - order(b))) {
      const { data, errors } = await demo.ask("ada", documentOf(schema, operation), variablesOf(operation, await records()));
      expect(errors, operation.name).toBeUndefined();
      expect(data[operation.field.name], operation.name).not.toBeNull();
      expect(JSON.stringify(data ?? {}), operation.name).not.toContain("InvalidInput");
    }
  });

  test("subscriptions are accepted, and what is about a connection", async () => {
    const token = await demo.token("ada");
    const client = createClient({
      url: `${demo.url.replace("http", "ws")}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${token}` },
    });
    const ends: unknown[] = [];
    const completed: string[] = [];
    for (const operation of readyOperations(schema).filter(({ kind, name }) => kind === "subscription" || name === "RefreshSession")) {
      const payload = { query: documentOf(schema, operation), variables: variablesOf(operation, await records()) };
      const name = operation.name;
      client.subscribe(payload, {
        next: ({ errors }) => errors && ends.push({ name, errors }),
        error: (errors) => ends.push({ name, errors }),
        complete: () => completed.push(name),
      });
    }
    // The server answers in order, so an answer to this query means that it has judged the subscriptions.
    await new Promise<void>((resolve, reject) =>
      client.subscribe({ query: "{ viewer { role } }" }, { next: () => {}, error: reject, complete: resolve }),
    );
    expect({ ends, completed }).toEqual({ ends: [], completed: ["RefreshSession"] });
    await client.dispose();
  });
});

import { readFileSync } from "node:fs";
import { buildSchema, GraphQLObjectType, parse, validate } from "graphql";
import { expect, test } from "vitest";
import { resumable } from "../src/adapters/resumable.js";

const schema = buildSchema(readFileSync(new URL("../../../schema.graphqls", import.meta.url), "utf8"));

test.each<[string, string, Record<string, unknown>, Record<string, unknown>, string | undefined]>([
  ["nothing", "subscription { customerChanged { version } }", {}, {}, undefined],
  ["a name and variables", "subscription Follow($id: ID!) { customerChanged(id: $id) { version customer { id } } }", { id: "c" }, { id: "c" }, undefined],
  ["a variable of another name", "subscription ($id: ID, $from: Cursor) { customerChanged(after: $from, id: $id) { cursor version } }", { from: "9", id: "c" }, { id: "c" }, "9"],
  ["its own $after", "subscription ($after: Cursor!) { changed: customerChanged(after: $after) { at: cursor version } }", { after: "9" }, {}, "9"],
  ["a cursor in the text", 'subscription { customerChanged(after: "12") { version } }', {}, {}, "12"],
  ["a filter", "subscription F { customerChanged(filter: {status: [LEAD]}) { ...Part } } # after\nfragment Part on CustomerChange { version cursor }", {}, {}, undefined],
  ["directives", "subscription F @x { customerChanged @include(if: true) { version } }", {}, {}, undefined],
  ["a fragment first", "fragment Part on CustomerChange { version } subscription { customerChanged { ...Part } }", {}, {}, undefined],
])("a subscription with %s resumes", (_, document, given, variables, after) => {
  const { query, prepare } = resumable(document);
  expect(prepare(given)).toEqual({ variables, after });
  expect(query).toMatch(/after: \$after/);
  expect(query).toMatch(/\$after: Cursor/);
  expect(query).toMatch(/\{[^}]* cursor\b/);
  const unknown = validate(schema, parse(query)).filter(({ message }) => !message.includes("@x"));
  expect(unknown).toEqual([]);
  expect(resumable(query).query).toBe(query);
});

test("subscriptions that begin with a state stay as they are", () => {
  for (const document of [
    "subscription { customerChanged(id: \"c\", initial: true) { version } }",
    "subscription ($room: ID!) { presence(room: $room) { __typename } }",
    "query { customers { asOf } }",
  ]) {
    const { query, prepare } = resumable(document);
    expect(query).toBe(document);
    expect(prepare({ room: "r" })).toEqual({ variables: { room: "r" }, after: undefined });
  }
});

test("each subscription of the schema without a cursor is known to show a state", () => {
  const fields = Object.values((schema.getSubscriptionType() as GraphQLObjectType).getFields());
  for (const { name, args } of fields) {
    const { query } = resumable(`subscription { ${name} { __typename } }`);
    expect(query.includes("after"), name).toBe(args.some((each) => each.name === "after"));
  }
});

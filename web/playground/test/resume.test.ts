import { readFile } from "node:fs/promises";
import { buildSchema, getOperationAST, parse, validate } from "graphql";
import { expect, test } from "vitest";
import { resumable } from "../src/server/resume";

const schema = buildSchema(await readFile(new URL("../../../schema.graphqls", import.meta.url), "utf8"));

function resume(query: string, variables: Record<string, unknown> = {}) {
  const document = parse(query);
  return resumable({ query, variables }, document, getOperationAST(document)!, schema);
}

test("a subscription with a variable for after is sent as it was typed, with the newest cursor", () => {
  const query = "subscription Follow($from: Cursor) { customerChanged(after: $from) { at: cursor } }";
  const resumption = resume(query, { from: "a" });
  expect(resumption.request).toEqual({ query, variables: { from: "a" } });
  expect(resumption.note({ customerChanged: { at: "b" } })).toBe("b");
  expect(resumption.request.variables).toEqual({ from: "b" });
});

test.each([
  ["no after", 'subscription { all: customerChanged(id: "cus_1") { ...c } } fragment c on CustomerChange { cursor }', "all", {}],
  [
    "a literal",
    'subscription { customerChanged(after: "a") { ... on CustomerChange { cursor } } }',
    "customerChanged",
    { resumeAfter: "a" },
  ],
])("a subscription with %s gets a variable", (_, query, key, before) => {
  const resumption = resume(query);
  expect(validate(schema, parse(resumption.request.query))).toEqual([]);
  expect(resumption.request.query).toContain("after: $resumeAfter");
  expect(resumption.request.variables).toEqual(before);
  resumption.note({ [key]: { cursor: "b" } });
  expect(resumption.request.variables).toEqual({ resumeAfter: "b" });
});

test("an event without data leaves the cursor where it is", () => {
  const resumption = resume("subscription ($after: Cursor) { customerChanged(after: $after) { cursor } }", { after: "a" });
  for (const data of [null, undefined, { customerChanged: null }]) expect(resumption.note(data)).toBe("");
  expect(resumption.request.variables).toEqual({ after: "a" });
});

test("what can't resume says why", () => {
  expect(resume("subscription { customerChanged { version } }").obstacle).toContain("does not select cursor");
  expect(resume("subscription { session { __typename } }").obstacle).toContain("nothing to resume");
});

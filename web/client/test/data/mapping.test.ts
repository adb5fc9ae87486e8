import { readFileSync } from "node:fs";
import { buildSchema, isEnumType, isInputObjectType, isObjectType, getNamedType, type GraphQLField, type GraphQLInputField } from "graphql";
import { expect, test } from "vitest";
import { given, shown } from "../../src/data/mapping.js";
import { comparison } from "../../src/data/order.js";
import { matches } from "../../src/data/matching.js";
import { changesDocument, pageDocument } from "../../src/data/documents.js";
import { entityTypes, type EntityTypeName } from "../../src/store/types.js";

const schema = buildSchema(readFileSync(new URL("../../../../schema.graphqls", import.meta.url), "utf8"));
const types = Object.keys(entityTypes) as EntityTypeName[];

/** The fields of types of the schema that are named so. */
function fieldsOf(...names: string[]): (GraphQLField<unknown, unknown> | GraphQLInputField)[] {
  return names.flatMap((name) => {
    const type = schema.getType(name);
    if (!isObjectType(type) && !isInputObjectType(type)) throw new Error(`no type ${name}`);
    return Object.values(type.getFields()) as (GraphQLField<unknown, unknown> | GraphQLInputField)[];
  });
}

test.each(types)("times and enums of a %s are what the schema says, in answers, patches and filters", (type) => {
  const withoutArguments = fieldsOf(type).filter((field) => !("args" in field) || field.args.length === 0);
  for (const { name, type: given_ } of withoutArguments) {
    const named = getNamedType(given_);
    expect([name, shown(name, "2027-01-02T03:04:05.000Z") instanceof Date]).toEqual([name, named.name === "DateTime"]);
    expect([name, shown(name, "IN_PROGRESS") === "in_progress"]).toEqual([name, isEnumType(named)]);
  }
  const noon = new Date("2027-01-02T12:00:00Z");
  for (const { name, type: given_ } of fieldsOf(`${type}Patch`, `${type}Filter`, "ActivityFilter")) {
    const named = getNamedType(given_);
    if (named.name === "DateTime") expect([name, given(name, noon)]).toEqual([name, "2027-01-02T12:00:00.000Z"]);
    if (named.name === "Date") expect([name, given(name, noon)]).toEqual([name, "2027-01-02"]);
    expect([name, given(name, ["in_progress"])]).toEqual([name, [isEnumType(named) ? "IN_PROGRESS" : "in_progress"]]);
  }
});

test.each(types)("the documents of a %s are of the schema, and lists know all its orders and conditions", async (type) => {
  const { parse, validate } = await import("graphql");
  for (const document of [pageDocument(type, true), changesDocument(type)]) expect(validate(schema, parse(document))).toEqual([]);
  const filter = fieldsOf(`${type}Filter`).map(({ name }) => name).filter((name) => !["search", "deleted"].includes(name));
  const fields: readonly string[] = [...entityTypes[type], "createdAt", "updatedAt"];
  for (const name of filter) {
    const [, start] = /^(.+)(After|Before)$/.exec(name) ?? [];
    const known = start ? fields.includes(`${start}At`) || fields.includes(`${start}Date`) : ["ids", "ownerIds", "unowned", "tag"].includes(name) || fields.includes(name);
    expect([name, known]).toEqual([name, true]);
  }
});

test("an order of the schema puts entities as the server does", () => {
  const order = schema.getType("EntityOrder");
  if (!isEnumType(order)) throw new Error("no orders");
  const view = (id: string, fields: Record<string, unknown>) => ({ id, type: "Deal", version: 1, fields, stale: false, deleted: undefined, pending: [] });
  for (const { name } of order.getValues()) {
    const ascending = name.endsWith("_ASC");
    const value = (n: number) => Object.fromEntries(["updatedAt", "createdAt", "displayName", "scheduledAt", "expectedCloseDate", "amountMinor", "startsAt"].map((field) => [field, field === "amountMinor" ? n : `2027-01-0${n}`]));
    const sorted = [view("b", value(1)), view("c", value(2)), view("a", value(1)), view("d", {})].sort(comparison(name.toLowerCase()));
    expect([name, sorted.map(({ id }) => id).join("")]).toEqual([name, ascending ? "abcd" : "cbad"]);
  }
});

test("a filter is decided for what the server has not seen, except for a search", () => {
  const fields = { status: "ACTIVE", ownerId: "ada", tags: ["vip", "new"], createdAt: "2027-01-02T00:00:00.000Z", ownerless: null };
  const decide = (filter: Record<string, unknown>, of: Record<string, unknown> = fields) => matches(filter, "c1", of);
  expect(decide({})).toBe(true);
  expect(decide({ status: ["LEAD", "ACTIVE"], ownerId: "ada", tag: "vip", ids: ["c1"], createdAfter: "2027-01-02T00:00:00.000Z" })).toBe(true);
  expect(decide({ status: [] })).toBe(false);
  expect(decide({ createdBefore: "2027-01-02T00:00:00.000Z" })).toBe(false);
  expect(decide({ ownerIds: ["ben"], unowned: true })).toBe(false);
  expect(decide({ ownerIds: ["ben"], unowned: true }, { ...fields, ownerId: null })).toBe(true);
  expect(decide({ unowned: false, deleted: false, ownerId: null })).toBe(true);
  expect(decide({ search: "acme" })).toBeUndefined();
  expect(decide({ search: "acme", status: ["LEAD"] })).toBe(false);
  expect(decide({ deleted: true })).toBeUndefined();
});

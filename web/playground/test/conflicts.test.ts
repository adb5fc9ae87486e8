import { expect, test } from "vitest";
import { ownValue } from "../src/conflicts/conflict";
import { conflictIds } from "../src/conflicts/conflictIds";

test("an own value has the type of the sides", () => {
  expect(ownValue("12", { local: "10", remote: null })).toBe("12");
  expect(ownValue("", { local: "10", remote: null })).toBeNull();
  expect(ownValue("12", { local: 10, remote: 11 })).toBe(12);
  expect(ownValue('["a"]', { local: ["b"], remote: [] })).toEqual(["a"]);
  expect(ownValue("LOST", { local: 10, remote: 11 })).toBe("LOST");
});

test("conflicts are found wherever an answer has them, each once and at most five", () => {
  const one = { id: "cfl_1", conflictedFields: [{ field: "name" }] };
  expect(conflictIds({ data: { updateCustomers: [{ id: "cus_1" }, one, one], other: null } })).toEqual(["cfl_1"]);
  expect(conflictIds({ data: { conflicts: { nodes: [1, 2, 3, 4, 5, 6].map((n) => ({ id: `cfl_${n}` })) } } })).toHaveLength(5);
  expect(conflictIds(null)).toEqual([]);
});

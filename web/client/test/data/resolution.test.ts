import { expect, test } from "vitest";
import { resolutionOf } from "../../src/data/resolution.js";

const fields = [
  { field: "name", local: "Mine", remote: "Theirs" },
  { field: "amountMinor", local: 1, remote: 2 },
];

test("a resolution takes one side for all fields, or decides each of them", () => {
  expect(resolutionOf(fields, "local")).toEqual({ resolution: "LOCAL" });
  expect(resolutionOf(fields, { name: "local", amountMinor: "local" })).toEqual({ resolution: "LOCAL" });
  expect(resolutionOf(fields, {})).toEqual({ resolution: "REMOTE" });
  expect(resolutionOf(fields, { name: "local" })).toEqual({ resolution: "MERGED", merged: { name: "Mine", amountMinor: 2 } });
  expect(resolutionOf(fields, { amountMinor: { value: 3 } })).toEqual({ resolution: "MERGED", merged: { name: "Theirs", amountMinor: 3 } });
});

test("a value of one's own is sent as the server takes it", () => {
  const status = [{ field: "status", local: "LEAD", remote: "ACTIVE" }];
  expect(resolutionOf(status, { status: { value: "churned" } })).toEqual({ resolution: "MERGED", merged: { status: "CHURNED" } });
});

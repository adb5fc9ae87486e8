import { expect, test } from "vitest";
import { when } from "../src/values/when.js";

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];

test.each([
  ["less than a minute", minute - 1, undefined],
  ["almost two minutes", 2 * minute - 1, "1 min ago"],
  ["almost nine hours", 9 * hour - 1, "8 hr ago"],
  ["almost two days", 2 * day - 1, "yesterday"],
  ["almost three days", 3 * day - 1, "2 days ago"],
])("a time counts the units that are over: %s", (_name, past, text) => {
  expect(when(new Date(0), past, "en-GB")).toBe(text);
});

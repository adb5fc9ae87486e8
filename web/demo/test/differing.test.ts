import { expect, test } from "vitest";
import { differingParts } from "../src/format/differing.js";

const cases = [
  { name: "a word in the middle", before: "calls before ten, please", after: "calls before nine, please", parts: ["calls before ", "ten, ", "nine, ", "please"] },
  { name: "an addition at the end", before: "one taproom.", after: "one taproom. And a bar.", parts: ["one ", "taproom.", "taproom. And a bar.", ""] },
  { name: "a word that is repeated", before: "a a", after: "a a a", parts: ["a ", "", "a ", "a"] },
  { name: "equal texts", before: "as it was", after: "as it was", parts: ["as it was", "", "", ""] },
  { name: "nothing in common", before: "empty", after: "Groß", parts: ["", "empty", "Groß", ""] },
];

test.each(cases)("$name", ({ before, after, parts }) => {
  const { start, removed, added, end } = differingParts(before, after);
  expect([start, removed, added, end]).toEqual(parts);
  expect([start + removed + end, start + added + end]).toEqual([before, after]);
});

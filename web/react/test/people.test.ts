import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { initials, personColor } from "../src/people/person.js";

test("initials are the first letters of the first and the last name, as people read letters", () => {
  expect(["Ada Lindgren", "Ben", "  maría de la Ó  ", "👩‍🚀 Sally Ride", ""].map(initials)).toEqual(["AL", "B", "MÓ", "👩‍🚀R", "?"]);
});

test("the color of a person is the same everywhere, and all eight occur", () => {
  const colors = Array.from({ length: 200 }, (_, at) => personColor(`person-${at}`));
  expect(new Set(colors)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]));
  expect(personColor("person-7")).toBe(colors[7]);
});

test("white text on the color of a person has a contrast of at least 4.5 : 1", async () => {
  const tokens = await readFile("react/src/styles/tokens.css", "utf8");
  const colors = [...tokens.matchAll(/--tandem-person-\d: (#[0-9a-f]{6})/g)].map(([, color = ""]) => color);
  expect(colors).toHaveLength(8);
  for (const color of colors) expect(1.05 / (luminance(color) + 0.05), color).toBeGreaterThan(4.5);
});

/** The relative luminance of a color, as WCAG defines it. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

import { expect, test } from "vitest";
import { chooseAll, resolutionOf, stillHold, undecided, type DialogField } from "../src/conflict/choices.js";
import { passagesOf } from "../src/conflict/passages.js";
import { unite } from "../src/activity/filters.js";

const field = (name: string, local: unknown, remote: unknown, parts?: DialogField["parts"]): DialogField => ({ field: name, base: null, local, remote, baseText: "", localText: "", remoteText: "", parts });

test("choices that still hold are kept when the other side has changed again", () => {
  const before = [field("phone", "1", "2"), field("name", "A", "B"), field("notes", "x", "y")];
  const choices = { ...chooseAll("remote", before), name: { side: "local", value: "A" }, notes: { side: "custom", value: "z" } } as const;
  const after = [field("phone", "1", "3"), field("name", "A", "C"), field("notes", "x", "q")];
  expect(Object.keys(stillHold(choices, after))).toEqual(["name", "notes"]);
  expect(undecided(stillHold(choices, after), after)).toEqual(["phone"]);
});

test("one side for all fields is that side, and anything else decides each field", () => {
  const fields = [field("phone", "1", "2"), field("name", "A", "B")];
  expect(resolutionOf(chooseAll("local", fields), fields)).toBe("local");
  expect(resolutionOf({ ...chooseAll("local", fields), name: { side: "custom", value: "C" } }, fields)).toEqual({ phone: "local", name: { value: "C" } });
});

test("a side of a text in which passages clash is the merged text with the passages of that side", () => {
  const same = (text: string) => ({ base: text, local: text, remote: text, clash: false });
  const notes = field("notes", "One. Mine. Old end.", "One. Theirs. New end.", [same("One. "), { base: "Two.", local: "Mine.", remote: "Theirs.", clash: true }, same(" New end.")]);
  expect(resolutionOf(chooseAll("local", [notes]), [notes])).toEqual({ notes: { value: "One. Mine. New end." } });
});

test("two texts that share few words are two phrases, and a line or a long passage that they share stays one", async () => {
  const { diffWordsWithSpace } = await import("diff");
  const differing = (local: string, remote: string) => passagesOf(diffWordsWithSpace(local, remote)).filter(({ same }) => !same).map((each) => [each.local, each.remote]);
  expect(differing("Totally different by Ada", "Something else by Ben")).toEqual([["Totally different by Ada", "Something else by Ben"]]);
  expect(differing("Call Ada in March about the renewal of her contract.", "Call Ben in March about the renewal of his contract.")).toEqual([["Ada", "Ben"], ["her", "his"]]);
  expect(differing("Write to Ada\nCall Cid", "Write to Ben\nCall Dan")).toEqual([["Ada", "Ben"], ["Cid", "Dan"]]);
  expect(differing("Renewal in March.", "Renewal in March. Call first.")).toEqual([["", " Call first."]]);
});

test("several filters of an activity are one: lists united, times intersected", () => {
  const [early, late] = [new Date(1_000), new Date(2_000)];
  expect(unite([{ types: ["update"], since: early, until: late }, { types: ["comment", "update"], since: late, until: late }])).toEqual({ types: ["update", "comment"], since: late, until: late });
  expect(unite([])).toBeUndefined();
});

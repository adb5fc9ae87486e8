import { expect, test } from "vitest";
import { createProblems } from "../src/page/problems";
import { createHistory } from "../src/tabs/history";
import type { Store } from "../src/tabs/store";
import { chosenOperation, operationsOf, titleOf } from "../src/tabs/tab";
import { createTabs } from "../src/tabs/tabs";

/** A browser's storage, with room for some characters under each key. */
function storeOf(room: number, kept = new Map<string, string>()): Store {
  return {
    read: <T>(key: string, isRight: (json: unknown) => boolean) => {
      const json: unknown = JSON.parse(kept.get(key) ?? "null");
      return isRight(json) ? (json as T) : undefined;
    },
    write: (key, content) => {
      const text = JSON.stringify(content);
      if (text.length <= room) kept.set(key, text);
      return text.length <= room;
    },
    clear: () => kept.clear(),
  };
}

const draft = (name: string) => ({ query: `query ${name} { viewer { role } }`, variables: "{}" });

test("tabs come back as they were, with the open one", () => {
  const kept = new Map<string, string>();
  const tabs = createTabs(storeOf(9999, kept), [draft("One"), draft("Two")], createProblems());
  tabs.add(draft("Three"));
  tabs.select(tabs.list.get()[1]!.id);
  const again = createTabs(storeOf(9999, kept), [], createProblems());
  expect(again.list.get()).toEqual(tabs.list.get());
  expect(titleOf(again.current())).toBe("Two");
});

test("stored data of another shape is not taken for tabs", () => {
  for (const stored of ["{}", '{"tabs": [{"id": 1}]}', '{"tabs": []}', "[]", '"x"']) {
    const tabs = createTabs(storeOf(9999, new Map([["tabs", stored]])), [draft("Example")], createProblems());
    expect(tabs.list.get().map(titleOf)).toEqual(["Example"]);
  }
});

test("an operation that is open already gets no second tab, and the last tab leaves an empty one", () => {
  const tabs = createTabs(storeOf(9999), [draft("One"), draft("Two")], createProblems());
  tabs.add(draft("One"));
  expect(tabs.list.get()).toHaveLength(2);
  for (const { id } of tabs.list.get()) tabs.close(id);
  expect(tabs.list.get().map(titleOf)).toEqual(["New tab"]);
});

test("history keeps each operation once, the newest 50, and as many as there is room for", () => {
  const kept = new Map<string, string>();
  const history = createHistory(storeOf(2000, kept));
  for (let n = 0; n < 60; n++) history.add({ ...draft(`Number${n}`), operation: "" });
  history.add({ ...draft("Number59"), operation: "" });
  expect(history.list.get()).toHaveLength(50);
  expect(history.list.get()[0]?.query).toContain("Number59");
  const again = createHistory(storeOf(2000, kept)).list.get();
  expect(again.length).toBeGreaterThan(5);
  expect(again[0]?.query).toContain("Number59");
});

test("the name of a tab is that of its first operation, also while it is typed", () => {
  const both = "query A { viewer { role } } mutation B { recordView(entityId: 1) }";
  expect(operationsOf(both)).toEqual([
    { name: "A", kind: "query" },
    { name: "B", kind: "mutation" },
  ]);
  expect(titleOf({ query: both })).toBe("A");
  expect(chosenOperation({ query: both, operation: "B" })).toEqual({ name: "B", kind: "mutation" });
  expect(chosenOperation({ query: both, operation: "Gone" })).toEqual({ name: "A", kind: "query" });
  expect(titleOf({ query: "query Typing($id: ID!) { customer(" })).toBe("Typing");
  expect(titleOf({ query: "{ viewer { role } }" })).toBe("Unnamed");
});

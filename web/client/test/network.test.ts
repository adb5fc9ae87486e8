import { expect, test } from "vitest";
import { Network, type Weather } from "../src/testing/network.js";

const fair: Weather = { offline: false, halfOpen: false, delayMs: 0, socketsBlocked: false, streamsBlocked: false };

function openPassage() {
  let weather = fair;
  const passage = new Network(() => weather).open("socket", () => undefined);
  if (!passage) throw new Error("the network refused a connection in fair weather");
  return { passage, become: (changes: Partial<Weather>) => void (weather = { ...fair, ...changes }) };
}

/** Keeps the thread busy, so that timers fire late and together. */
function block(ms: number): void {
  for (const begin = performance.now(); performance.now() - begin < ms; );
}

test.each([[5, 0], [5, 5], [20, 3], [0.3, 0]])("what passes keeps its order when %d ms become %d ms and the thread is busy", async (before, after) => {
  const { passage, become } = openPassage();
  const passed: number[] = [];
  const sent = Array.from({ length: 60 }, (_, index) => index);
  const all = new Promise<void>((resolve) => {
    for (const index of sent) {
      become({ delayMs: index % 20 < 10 ? before : after });
      passage.pass(() => passed.push(index) === sent.length && resolve());
      if (index % 7 === 0) block(before);
    }
  });
  await all;
  expect(passed).toEqual(sent);
});

test("what a task sends passes after those that wait", async () => {
  const { passage, become } = openPassage();
  const passed: string[] = [];
  become({ delayMs: 2 });
  const all = new Promise<void>((resolve) => {
    passage.pass(() => (become({}), passage.pass(() => (passed.push("answer"), resolve())), passed.push("first")));
    passage.pass(() => passed.push("second"));
  });
  await all;
  expect(passed).toEqual(["first", "second", "answer"]);
});

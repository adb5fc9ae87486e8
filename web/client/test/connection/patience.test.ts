import { expect, test } from "vitest";
import type { Effect } from "../../src/connection/machine.js";
import { World } from "./world.js";

const GIVEN_UP = { type: "close", wire: 1, code: 4499 };

/** A world that is connected, by a wire whose first answer took `ms`. */
function connected(ms = 0): World {
  const world = new World(() => 0.5);
  world.send({ type: "connect" });
  world.accept(1, ms);
  return world;
}

/** How long the answer to the next question may take. */
function patience(world: World): number {
  expect(world.wait()).toEqual([{ type: "ask", wire: 1 }]);
  return world.machine.answerBy - world.now;
}

/** Lets the time pass until something is done. */
function lapse(world: World): readonly Effect[] {
  for (;;) {
    const effects = world.wait();
    if (effects.length > 0) return effects;
  }
}

test("a silent socket is asked after 12 s, and given up 2 s later", () => {
  const world = connected(300);
  const began = world.now;
  expect(world.wait()).toEqual([{ type: "ask", wire: 1 }]);
  expect(world.now - began).toBe(12_000);
  expect(world.wait()).toContainEqual(GIVEN_UP);
  expect(world.now - began).toBe(14_000);
});

test("waking asks at once, and connects without waiting after two silent seconds", () => {
  const world = connected();
  world.now += 600_000;
  expect(world.send({ type: "wake", changed: true })).toEqual([{ type: "ask", wire: 1 }]);
  world.now += 2_000;
  world.send({ type: "tick" });
  expect(world.send({ type: "wake", changed: false })).toContainEqual({ type: "open", wire: 2, transport: "ws", fresh: false });
});

test.each([[2_000, 6_000], [4_000, 12_000], [60_000, 15_000]])("where the last answer took %d ms, the next one may take %d", (lag, longest) => {
  expect(patience(connected(lag))).toBe(longest);
});

test("an answer shows how long the way has become, in both directions", () => {
  const world = connected(4_000);
  expect(patience(world)).toBe(12_000);
  world.now += 3_000;
  world.hear(true);
  expect(patience(world)).toBe(9_000);
  world.now += 100;
  world.hear(true);
  expect(patience(world)).toBe(2_000);
});

test("an event that happens to come after a question says nothing about the length of the way", () => {
  const world = connected(4_000);
  expect(patience(world)).toBe(12_000);
  world.now += 10;
  world.hear();
  expect(world.machine.lag).toBe(4_000);
  world.send({ type: "wake", changed: false });
  world.now += 3_990;
  world.hear(true);
  expect(world.machine.lag).toBe(4_000);
});

test("a request that took long makes the client ask, with the time that such a way needs", () => {
  const world = connected(100);
  world.send({ type: "reached", ms: 400 });
  expect(world.effects.filter(({ type }) => type === "ask")).toEqual([]);
  expect(world.send({ type: "reached", ms: 4_000 })).toEqual([{ type: "ask", wire: 1 }]);
  expect(world.machine.answerBy - world.now).toBe(12_000);
  world.now += 4_000;
  world.hear(true);
  expect(patience(world)).toBe(12_000);
});

test("an attempt that takes 8 s continues, while a request finds out whether the network is slow", () => {
  const world = new World(() => 0.5);
  world.send({ type: "connect" });
  const began = world.now;
  expect(lapse(world)).toEqual([{ type: "probe" }]);
  expect(world.now - began).toBe(8_000);
  world.now += 4_000;
  expect(world.send({ type: "probed", reachable: true, ms: 4_000 })).toEqual([]);
  expect(world.machine.openBy - began).toBe(20_000);
  world.now += 4_000;
  world.accept(1, 4_000);
  expect(world.machine).toMatchObject({ state: "connected", transport: "ws", attempt: 0 });
});

test("two attempts that take 8 s while requests are answered at once lead to the next transport", () => {
  const world = new World(() => 0.5);
  world.send({ type: "connect" });
  const began = world.now;
  for (let n = 0; n < 2; n++) {
    expect(lapse(world)).toEqual([{ type: "probe" }]);
    world.now += 100;
    expect(world.send({ type: "probed", reachable: true, ms: 100 })[0]).toMatchObject({ type: "close" });
    if (n === 0) world.attempt();
  }
  expect(world.effects.at(-1)).toMatchObject({ type: "open", transport: "sse" });
  expect(world.now - began).toBeLessThan(17_000);
});

test("where requests are slow and sockets hang, two attempts lead to the next transport as well, later", () => {
  const world = new World(() => 0.5);
  world.send({ type: "connect" });
  const began = world.now;
  for (let n = 0; n < 2; n++) {
    expect(lapse(world)).toEqual([{ type: "probe" }]);
    world.now += 4_000;
    expect(world.send({ type: "probed", reachable: true, ms: 4_000 })).toEqual([]);
    expect(lapse(world)).toContainEqual(expect.objectContaining({ type: "close" }));
    if (n === 0) world.attempt();
  }
  expect(world.effects.at(-1)).toMatchObject({ type: "open", transport: "sse" });
  expect(world.now - began).toBeLessThan(50_000);
});

test("where nothing answers, an attempt has more time after others failed", () => {
  const world = new World(() => 0.5);
  world.send({ type: "connect" });
  const times: number[] = [];
  for (let n = 0; n < 4; n++) {
    const began = world.now;
    while (world.machine.wire !== undefined) world.wait();
    times.push(world.now - began);
    world.send({ type: "probed", reachable: false, ms: 40_000 });
    world.attempt();
  }
  expect(times).toEqual([16_000, 24_000, 40_000, 40_000]);
  expect(world.machine.transport).toBe("ws");
});

test("where requests are slow, their answers count though the next attempt has begun", () => {
  const world = new World(() => 0.5);
  world.send({ type: "connect" });
  for (let n = 0; n < 2; n++) {
    expect(world.close(1006)).toContainEqual({ type: "probe" });
    world.attempt();
    expect(world.send({ type: "probed", reachable: true, ms: 4_000 })).toEqual([]);
  }
  expect(world.close(1006)).toContainEqual(expect.objectContaining({ type: "open", transport: "sse" }));
});

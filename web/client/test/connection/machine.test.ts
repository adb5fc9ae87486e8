import { expect, test } from "vitest";
import { dueAt } from "../../src/connection/machine.js";
import { REMOVED } from "../../src/connection/policy.js";
import { World } from "./world.js";

test("a connection that lasted is tried again within half a second, one that did not later each time", () => {
  const world = new World(() => 0.999);
  world.connect();
  world.now += 31_000;
  world.close(1006);
  expect(dueAt(world.machine) - world.now).toBeLessThanOrEqual(500);
  const waits: number[] = [];
  for (let n = 0; n < 3; n++) {
    world.wait();
    world.close(1006);
    waits.push(Math.round((world.machine.retryAt - world.now) / 100));
  }
  expect(waits).toEqual([5, 10, 30]);
  expect(world.machine.state).toBe("offline");
});

test("while it is offline, it tries every few seconds at first, later twice a minute, and soon when a person does something", () => {
  const world = new World(() => 0.999);
  world.send({ type: "connect" });
  const longest = { first: 0, later: 0 };
  for (let n = 0; n < 20; n++) {
    world.close(1006);
    const wait = world.machine.retryAt - world.now;
    const when = world.now - world.machine.awayAt < 60_000 ? "first" : "later";
    longest[when] = Math.max(longest[when], wait);
    world.attempt();
  }
  expect(longest).toEqual({ first: 8_000, later: 30_000 });
  world.close(1006);
  world.send({ type: "touched" });
  expect(world.machine.retryAt - world.now).toBe(1_000);
});

test("only after five seconds away is it lost, and it is found with the next connection", () => {
  const world = new World(() => 0);
  world.connect();
  world.now += 60_000;
  world.close(1006);
  world.now += 4_999;
  world.send({ type: "tick" });
  expect(world.machine.lost).toBe(false);
  world.now += 1;
  world.send({ type: "tick" });
  expect(world.machine.lost).toBe(true);
  world.accept();
  expect(world.machine).toMatchObject({ lost: false, state: "connected" });
});

test("a person who was removed is not connected again", () => {
  const world = new World(() => 0.5);
  world.connect();
  world.close(REMOVED);
  world.send({ type: "connect" });
  world.send({ type: "wake", changed: true });
  expect(world.machine.state).toBe("closed");
  expect(world.open.size).toBe(0);
});

test("if a better transport refuses the token, the next attempt has a fresh one", () => {
  const world = new World(() => 0.5);
  world.machine = { ...world.machine, transport: "sse" };
  world.connect();
  expect(world.wait()).toEqual([{ type: "ask", wire: 1 }]);
  world.hear();
  world.send({ type: "wake", changed: true });
  world.send({ type: "tick" });
  world.close(4403, world.machine.next);
  world.send({ type: "wake", changed: true });
  expect(world.send({ type: "tick" })).toContainEqual({ type: "open", wire: 3, transport: "ws", fresh: true });
});

test("a refused token is renewed at once; a second refusal in a row is the person's to solve", () => {
  const world = new World(() => 0.5);
  world.connect();
  world.now += 60_000;
  expect(world.close(4403)).toEqual([{ type: "open", wire: 2, transport: "ws", fresh: true }]);
  world.close(1006); // the application gave no token
  expect(world.wait()).toContainEqual({ type: "open", wire: 3, transport: "ws", fresh: true });
  expect(world.close(4403)).toContainEqual({ type: "unauthorized" });
  expect(world.machine.state).toBe("unauthorized");
  world.send({ type: "connect" });
  expect(world.effects.at(-1)).toMatchObject({ type: "open", fresh: true });
});

test("a draining instance is left for the next one, and its connection ends when that is open", () => {
  const world = new World(() => 0.5);
  world.connect();
  world.send({ type: "draining", wire: 1, afterMs: 700 });
  expect(world.machine.state).toBe("draining");
  expect(world.wait()).toEqual([{ type: "open", wire: 2, transport: "ws", fresh: false }]);
  expect(world.send({ type: "opened", wire: 2, ms: 100 })).toEqual([{ type: "adopt", wire: 2 }, { type: "close", wire: 1, code: 4499 }]);
  expect(world.machine.state).toBe("connected");
});

test("two attempts that fail while requests are answered lead to the next transport, and later back up", () => {
  const world = new World(() => 0.5);
  world.send({ type: "connect" });
  for (let n = 0; n < 2; n++) {
    expect(world.close(1006)).toContainEqual({ type: "probe" });
    world.send({ type: "probed", reachable: true, ms: 100 });
    if (n === 0) world.wait();
  }
  expect(world.effects.at(-1)).toMatchObject({ type: "open", transport: "sse" });
  world.accept();
  world.now += 30_000;
  world.hear();
  expect(world.send({ type: "tick" })).toContainEqual(expect.objectContaining({ type: "open", transport: "ws" }));
  world.accept(world.machine.next);
  expect(world.machine).toMatchObject({ state: "connected", transport: "ws" });
});

test("a request without an answer ends the connection where the browser says that it is offline, and the next attempt decides", () => {
  const world = new World(() => 0.5);
  world.connect();
  world.now += 60_000;
  expect(world.send({ type: "unreachable" })).toEqual([{ type: "close", wire: 1, code: 4499 }]);
  expect(world.machine.retryAt - world.now).toBeLessThanOrEqual(500);
  world.attempt();
  world.send({ type: "closed", wire: 2, end: { code: 1006 }, online: false });
  expect(world.machine.state).toBe("offline");
  expect(world.send({ type: "unreachable" })).toEqual([]);
  expect(world.send({ type: "wake", changed: true })).toContainEqual({ type: "open", wire: 3, transport: "ws", fresh: false });
});

test("a server that has too much to do decides when to come again", () => {
  const world = new World(() => 0.5);
  world.connect();
  const wire = world.machine.wire as number;
  world.send({ type: "closed", wire, end: { code: 1013, reason: "", retryAfterMs: 7_000 }, online: true });
  world.send({ type: "reached", ms: 100 });
  expect(world.machine.retryAt - world.now).toBe(7_000);
});

import { expect, test } from "vitest";
import { Random, seeds } from "../../../testing/random.js";
import { dueAt, type Event } from "../../src/connection/machine.js";
import { World } from "./world.js";

const OVER = ["idle", "closed", "unauthorized"];
const CODES = [1000, 1001, 1006, 1011, 1012, 1013, 4400, 4403, 4408, 4429];

function worldOf(seed: number): World {
  const draw = new Random(seed);
  return new World(() => draw.next(), draw);
}

/** Something that may happen now. */
function anything({ draw, machine: m }: World): Event {
  const wires = [m.wire, m.next].filter((wire) => wire !== undefined);
  const wire = draw.chance(0.1) ? m.wires - 1 : (draw.pick(wires) ?? m.wires);
  const end = { code: draw.pick(CODES), reason: "", retryAfterMs: draw.chance(0.1) ? 5_000 : undefined };
  return draw.pick<Event>([
    { type: "opened", wire, ms: 100 }, { type: "opened", wire, ms: draw.below(9_000) }, { type: "closed", wire, end, online: draw.chance(0.8) },
    { type: "message", wire, answer: draw.chance(0.5) }, { type: "draining", wire, afterMs: draw.below(2_000) }, { type: "probed", reachable: draw.chance(0.7), ms: draw.below(9_000) },
    { type: "wake", changed: draw.chance(0.5) }, { type: "suspend" }, { type: "reached", ms: draw.below(5_000) }, { type: "connect" }, { type: "unreachable" },
    draw.chance(0.05) ? { type: "disconnect" } : { type: "tick" }, draw.chance(0.05) ? { type: "refused" } : { type: "tick" },
  ]);
}

function check({ machine: m, open, adopted, now }: World): void {
  const known = [m.wire, m.next].filter((wire) => wire !== undefined).sort((a, b) => a - b);
  expect([...open.keys()].sort((a, b) => a - b)).toEqual(known);
  expect(adopted).toBe(m.connectedAt === undefined ? undefined : m.wire);
  expect(m.state === "connected" || m.state === "draining").toBe(m.connectedAt !== undefined);
  if (OVER.includes(m.state)) expect({ known, due: dueAt(m) }).toEqual({ known: [], due: Infinity });
  else if (!m.suspended && m.transport !== "poll") expect(dueAt(m)).toBeLessThan(now + 16 * 60_000);
  if (m.next !== undefined) expect(m.wire).not.toBe(m.next);
}

test("whatever happens, no wire is forgotten, one carries the subscriptions, and something is always due", () => {
  for (const seed of seeds(500)) {
    const world = worldOf(seed);
    world.send({ type: "connect" });
    for (let n = 0; n < 120; n++) {
      if (world.draw.chance(0.3)) world.now = Math.max(world.now, Math.min(dueAt(world.machine), world.now + 60_000));
      else world.now += world.draw.below(5_000);
      world.send(world.draw.chance(0.3) ? { type: "tick" } : anything(world));
      check(world);
    }
  }
});

test("once the network is good again, it is connected by the best transport", () => {
  for (const seed of seeds(300)) {
    const world = worldOf(seed);
    world.send({ type: "connect" });
    for (let n = 0; n < 60; n++) {
      world.now += world.draw.below(5_000);
      world.send(anything(world));
    }
    if (world.machine.suspended) world.send({ type: "wake", changed: true });
    if (OVER.includes(world.machine.state)) world.send({ type: "connect" });
    for (let n = 0; n < 60; n++) {
      for (const wire of [...world.open.keys()]) world.accept(wire);
      if (world.machine.connectedAt !== undefined) world.hear(true);
      world.wait();
    }
    expect(world.machine).toMatchObject({ state: "connected", transport: "ws" });
  }
});

import { expect, test } from "vitest";
import { Random, seeds } from "../../testing/random.js";
import { Entities } from "../src/store/entities.js";
import { guard } from "../src/store/guard.js";
import { isFresh } from "../src/store/record.js";

const names = ["name", "phone", "company", "status"];

/** The history of one entity: its fields at each version, from 1. */
interface History {
  readonly versions: Record<string, unknown>[];
  readonly changed: string[][];
}

function history(random: Random): History {
  let now: Record<string, unknown> = Object.fromEntries(names.map((name) => [name, `${name} 1`]));
  const made: History = { versions: [now], changed: [names] };
  const last = 2 + random.below(6);
  for (let version = 2; version <= last; version++) {
    const changed = random.some(names);
    // Values return now and then, so that a change and its undo are among what is coalesced.
    now = { ...now, ...Object.fromEntries(changed.map((name) => [name, `${name} ${random.chance(0.3) ? 1 : version}`])) };
    const before = made.versions.at(-1) as Record<string, unknown>;
    made.versions.push(now);
    made.changed.push(changed.filter((name) => now[name] !== before[name]));
  }
  return made;
}

const at = (made: History, version: number) => made.versions[version - 1] as Record<string, unknown>;

/** An answer with some of the fields at a version. */
function answer(made: History, random: Random): { customer: Record<string, unknown> } {
  const version = 1 + random.below(made.versions.length);
  const fields = Object.fromEntries(random.some(names).map((name) => [name, at(made, version)[name]]));
  return { customer: { __typename: "Customer", id: "c", version, ...fields } };
}

/** An event between two versions, perhaps coalesced, with the whole state, some of the entity, or neither. */
function event(made: History, random: Random): unknown {
  const version = 2 + random.below(made.versions.length - 1);
  const fromVersion = random.chance(0.7) ? version - 1 : 1 + random.below(version - 1);
  const [before, after] = [at(made, fromVersion), at(made, version)];
  const changes = names.filter((name) => before[name] !== after[name]).map((field) => ({ field }));
  const state = random.chance(0.4) ? { state: { id: `s${version}`, document: after } } : {};
  const fields = Object.fromEntries(random.some(names).map((name) => [name, after[name]]));
  const customer = random.chance(0.4) ? { customer: { __typename: "Customer", id: "c", version, ...fields } } : {};
  const told = random.chance(0.8) ? { changes } : {};
  return { customerChanged: { entityId: "c", version, fromVersion, kind: "UPDATED", ...told, ...state, ...customer } };
}

test.each(seeds(400))("answers and events in any order never show an older value as the newest (seed %i)", (seed) => {
  const random = new Random(seed);
  const made = history(random);
  const store = new Entities();
  let newest = 0;
  for (let step = 0; step < 30; step++) {
    const asked = random.chance(0.5);
    const data = asked ? answer(made, random) : event(made, random);
    const { data: shown, outdated } = guard(store, data);
    const record = store.record("c");
    expect(record?.version).toBeGreaterThanOrEqual(newest);
    newest = record?.version ?? 0;
    for (const name of names) {
      if (record && isFresh(record, name)) expect(record.fields[name]?.value, `${name} at ${newest}`).toBe(at(made, newest)[name]);
    }
    if (asked && !outdated) {
      const { version, ...fields } = (shown as { customer: Record<string, unknown> }).customer;
      expect(version).toBe(newest);
      expect(fields).toMatchObject(Object.fromEntries(Object.keys(fields).filter((key) => names.includes(key)).map((key) => [key, at(made, newest)[key]])));
    }
  }
});

test.each(seeds(100))("the newest answer makes everything fresh, and no older one changes it (seed %i)", (seed) => {
  const random = new Random(seed);
  const made = history(random);
  const store = new Entities();
  const last = made.versions.length;
  const whole = { customer: { __typename: "Customer", id: "c", version: last, ...at(made, last) } };
  const rest = Array.from({ length: 20 }, () => (random.chance(0.5) ? answer(made, random) : event(made, random)));
  for (const data of random.shuffled([whole, ...rest])) guard(store, data);
  const view = store.view("c");
  expect(view?.version).toBe(last);
  expect(view?.fields).toMatchObject(at(made, last));
  expect(names.every((name) => isFresh(store.record("c") as never, name))).toBe(true);
});

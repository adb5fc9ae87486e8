import assert from "node:assert/strict";
import { test } from "node:test";
import { assertClean, check, checkLog, type Report, type Seen } from "../src/checker.ts";

// The failure tests are worth what their checker is worth, so each fault that it must find is made here.

const entry = (place: number, version = place, content = `as version ${version}`): Seen => {
  return { cursor: String(place).padStart(4, "0"), entityId: "cus_1", version, content };
};
const log = [entry(1), entry(2), entry(3), entry(4)];
const [one, two, three, four] = log as [Seen, Seen, Seen, Seen];
const clean: Report = { lost: [], doubled: [], reordered: [], invented: [], altered: [] };

test("a sequence that equals the log is clean", () => {
  assert.deepEqual(check(log, log), clean);
  assertClean("somebody", check(log, log));
});

test("one that is missing is lost, also at the end", () => {
  assert.deepEqual(check(log, [one, three]), { ...clean, lost: [two, four] });
});

test("one that comes again is doubled, and nothing else", () => {
  assert.deepEqual(check(log, [one, two, one, three, four]), { ...clean, doubled: [one] });
});

test("one that comes late is reordered", () => {
  assert.deepEqual(check(log, [one, three, two, four]), { ...clean, reordered: [two] });
});

test("one that the log does not have is invented", () => {
  const stranger = entry(9);
  assert.deepEqual(check(log, [...log, stranger]), { ...clean, invented: [stranger] });
});

test("one that shows another state than the log is altered", () => {
  const later = { ...two, content: "as version 4" };
  assert.deepEqual(check(log, [one, later, three, four]), { ...clean, altered: [later] });
});

test("a fault is told with who met it, what it is and where", () => {
  const message = /ada: 1 lost \(cus_1 version 2 at 0002\), 1 doubled/;
  assert.throws(() => assertClean("ada", check(log, [one, one, three, four])), message);
});

test("a log with a version twice, a version missing or a cursor that goes back is refused", () => {
  checkLog(log);
  assert.throws(() => checkLog([one, entry(2, 1)]), /version 1 of cus_1 after version 1/);
  assert.throws(() => checkLog([one, entry(2, 3)]), /version 3 of cus_1 after version 1/);
  assert.throws(() => checkLog([entry(2, 1), entry(1, 2)]), /0001 after 0002/);
});

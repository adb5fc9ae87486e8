import { afterEach, expect, test, vi } from "vitest";
import { Clock } from "../../src/connection/clock.js";

afterEach(() => void vi.useRealTimers());

test("a clock that is set back goes on from where it was, and shows the dates of the device", () => {
  vi.useFakeTimers({ now: new Date("2026-11-29T12:00:00Z") });
  const clock = new Clock();
  const before = clock.now();
  vi.setSystemTime(new Date("2026-11-29T11:00:00Z"));
  expect(clock.now()).toBe(before);
  vi.advanceTimersByTime(1_000);
  expect(clock.now()).toBe(before + 1_000);
  expect(clock.date(before)).toEqual(new Date("2026-11-29T11:00:00Z"));
});

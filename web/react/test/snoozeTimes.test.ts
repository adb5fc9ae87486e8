import { afterAll, expect, test } from "vitest";
import { snoozeTimes } from "../src/notifications/snoozeTimes.js";

const zone = process.env["TZ"];
afterAll(() => void (process.env["TZ"] = zone));

test.each([
  { it: "on a Sunday next week is tomorrow", now: "2026-11-29T18:05", tomorrow: "2026-11-30T08:00", nextWeek: "2026-11-30T08:00" },
  { it: "on a Monday before eight next week is in seven days", now: "2026-11-30T07:00", tomorrow: "2026-12-01T08:00", nextWeek: "2026-12-07T08:00" },
  { it: "on a Saturday at the end of a year", now: "2027-12-25T23:59", tomorrow: "2027-12-26T08:00", nextWeek: "2027-12-27T08:00" },
  { it: "before the clocks go back, which is an hour more", now: "2026-10-24T12:00", tomorrow: "2026-10-25T08:00", nextWeek: "2026-10-26T08:00" },
])("$it", ({ now, tomorrow, nextWeek }) => {
  process.env["TZ"] = "Europe/Helsinki";
  const times = snoozeTimes(new Date(now));
  expect(times.hour.getTime() - new Date(now).getTime()).toBe(3_600_000);
  expect([times.tomorrow, times.nextWeek]).toEqual([new Date(tomorrow), new Date(nextWeek)]);
});

import { afterAll, expect, test } from "vitest";
import { snoozeTimes } from "../src/notifications/snoozeTimes.js";

const zone = process.env["TZ"];
afterAll(() => void (process.env["TZ"] = zone));

test.each([
  { it: "on a Sunday next week is tomorrow, and not offered twice", now: "2026-11-29T18:05", tomorrow: "2026-11-30T08:00", nextWeek: undefined },
  { it: "on a Monday before eight next week is in seven days", now: "2026-11-30T07:00", tomorrow: "2026-12-01T08:00", nextWeek: "2026-12-07T08:00" },
  { it: "on a Saturday at the end of a year", now: "2027-12-25T23:59", tomorrow: "2027-12-26T08:00", nextWeek: "2027-12-27T08:00" },
  { it: "before the clocks go back, which is an hour more", now: "2026-10-24T12:00", tomorrow: "2026-10-25T08:00", nextWeek: "2026-10-26T08:00" },
])("$it", ({ now, tomorrow, nextWeek }) => {
  process.env["TZ"] = "Europe/Helsinki";
  const times = snoozeTimes(new Date(now));
  expect(times.get("hour")?.getTime()).toBe(new Date(now).getTime() + 3_600_000);
  expect([times.get("tomorrow"), times.get("nextWeek")]).toEqual([new Date(tomorrow), nextWeek && new Date(nextWeek)]);
});

test.each([
  { zone: "Europe/Helsinki", from: "2026-03-23T00:00" }, // the clocks go forward on 29 March
  { zone: "Europe/Helsinki", from: "2026-10-19T00:00" }, // they go back on 25 October
  { zone: "America/New_York", from: "2026-03-02T00:00" },
  { zone: "Australia/Lord_Howe", from: "2026-04-01T00:00" }, // by half an hour
])("at every quarter of an hour of two weeks from $from in $zone each choice is later than the one before it", ({ zone: there, from }) => {
  process.env["TZ"] = there;
  const start = new Date(from).getTime();
  for (let quarter = 0; quarter < 14 * 24 * 4; quarter++) {
    const now = new Date(start + quarter * 900_000);
    const times = [now, ...snoozeTimes(now).values()].map((each) => each.getTime());
    expect(times, now.toISOString()).toEqual([...new Set(times)].sort((a, b) => a - b));
    expect(times.length).toBe(now.getDay() === 0 ? 3 : 4);
  }
});

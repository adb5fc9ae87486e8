/** The choices of when a snoozed notification returns. */
export type SnoozeChoice = "hour" | "tomorrow" | "nextWeek";

/**
 * Returns the choices with their times, by the clock and the calendar of the person's device. Every time is later than the one
 * before it: on a Sunday next week is tomorrow, and no choice of its own.
 */
export function snoozeTimes(now: Date): ReadonlyMap<SnoozeChoice, Date> {
  const morning = (days: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, 8);
  const toMonday = (8 - now.getDay()) % 7 || 7;
  const times = new Map<SnoozeChoice, Date>([["hour", new Date(now.getTime() + 3_600_000)], ["tomorrow", morning(1)]]);
  return toMonday === 1 ? times : times.set("nextWeek", morning(toMonday));
}

import { locale } from "../format/time.js";
import type { Meeting } from "../live/entities.js";

/** The meetings of a day. */
export interface Day {
  readonly key: string;
  /** "Today", "Tomorrow", or the day of the week. */
  readonly label: string;
  readonly detail: string;
  readonly items: readonly Meeting[];
}

/** Returns the first moment of the day of a time, by the clock of this machine. */
export function startOfDay(at: Date): Date {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate());
}

/** Returns meetings by day, in the order in which they are given. */
export function daysOf(meetings: readonly Meeting[], now: number): readonly Day[] {
  const today = startOfDay(new Date(now));
  const days = Map.groupBy(meetings, ({ startsAt }) => startOfDay(startsAt).getTime());
  return [...days].map(([time, items]) => {
    const day = new Date(time);
    return { key: String(time), label: nameOf(day, today), detail: day.toLocaleDateString(locale, { day: "numeric", month: "long" }), items };
  });
}

function nameOf(day: Date, today: Date): string {
  const tomorrow = new Date(today.getFullYear(), today.getMonth(), today.getDate() + 1);
  if (day.getTime() === today.getTime()) return "Today";
  if (day.getTime() === tomorrow.getTime()) return "Tomorrow";
  return day.toLocaleDateString(locale, { weekday: "long" });
}

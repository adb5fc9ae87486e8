/** The choices of when a snoozed notification returns. */
export type SnoozeChoice = "hour" | "tomorrow" | "nextWeek";

/** Returns the times that the choices mean, by the clock and the calendar of the person's device. */
export function snoozeTimes(now: Date): Readonly<Record<SnoozeChoice, Date>> {
  const morning = (days: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, 8);
  const toMonday = (8 - now.getDay()) % 7 || 7;
  return { hour: new Date(now.getTime() + 3_600_000), tomorrow: morning(1), nextWeek: morning(toMonday) };
}

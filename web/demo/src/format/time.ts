const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** English, with the clock of the person's browser, which also draws the inputs of times: 14:05 or 2:05 pm. */
export const locale = `en-GB-u-hc-${new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions().hourCycle ?? "h23"}`;

/** Returns how long ago a time was, as short as a table needs: "just now", "2 min", "3 hr", "yesterday", "12 Nov". */
export function ago(at: Date, now: number): string {
  const past = now - at.getTime();
  if (past < minute) return "just now";
  if (past < hour) return `${Math.floor(past / minute)} min`;
  if (past < day) return `${Math.floor(past / hour)} hr`;
  if (past < 2 * day) return "yesterday";
  if (past < 7 * day) return `${Math.floor(past / day)} days`;
  return dayOf(at, now);
}

/** Returns how long ago a time was, for a sentence: "just now", "2 min ago", "yesterday", "on 12 Nov". */
export function since(at: Date, now: number): string {
  const text = ago(at, now);
  if (text === "just now" || text === "yesterday") return text;
  return /^\d+ (min|hr|days)$/.test(text) ? `${text} ago` : `on ${text}`;
}

/** Returns a day, with its year unless it is this year. */
export function dayOf(at: Date, now = Date.now()): string {
  const thisYear = at.getFullYear() === new Date(now).getFullYear();
  return at.toLocaleDateString(locale, { day: "numeric", month: "short", ...(thisYear ? {} : { year: "numeric" }) });
}

/** Returns a time of day, "14:05" or "2:05 pm", which stays in one line. */
export function timeOf(at: Date): string {
  return at.toLocaleTimeString(locale, { hour: "numeric", minute: "2-digit" }).replace(/\s/, "\u00a0");
}

/** Returns a day with its time: "12 Nov, 14:05". */
export function momentOf(at: Date): string {
  return `${dayOf(at)}, ${timeOf(at)}`;
}

/** Returns all of a time, for a tooltip. */
export function fullTime(at: Date): string {
  return at.toLocaleString(locale, { dateStyle: "full", timeStyle: "short" });
}

/** Returns a length of time: "45 s", "12 min", "1 h 5 min". */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`;
}

/** Returns the text that an input of a day and a time takes, by the clock of this machine. */
export function inputTime(at: Date): string {
  const local = new Date(at.getTime() - at.getTimezoneOffset() * minute);
  return local.toISOString().slice(0, 16);
}

"use client";

import { useReadable } from "../live/useReadable.js";
import { useTandemContext } from "../provider/context.js";

const units: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["year", 31_536_000], ["month", 2_592_000], ["week", 604_800], ["day", 86_400], ["hour", 3_600], ["minute", 60],
];

/** Returns a time as people say it: "5 minutes ago"; undefined if it is less than a minute ago. */
export function when(at: Date, now: number, locale: string | undefined): string | undefined {
  const seconds = (now - at.getTime()) / 1_000;
  const unit = units.find(([, each]) => seconds >= each);
  return unit && new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" }).format(-Math.floor(seconds / unit[1]), unit[0]);
}

let now = 0;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** The time, for all components together: it moves on every fifteen seconds, while something shows it. */
const clock = {
  get: () => now,
  subscribe: (listener: () => void) => {
    now = Date.now();
    listeners.add(listener);
    timer ??= setInterval(() => {
      now = Date.now();
      for (const each of [...listeners]) each();
    }, 15_000);
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    };
  },
};

/** Returns a function for times as people say them. Its component renders again when they are no longer right. */
export function useWhen(): (at: Date) => string {
  const { locale, messages } = useTandemContext();
  const current = useReadable(clock, 0);
  return (at) => when(at, current, locale) || messages.justNow();
}

/**
 * Returns a function for times to come: the day of the week, the date and the time.
 *
 * @example
 * ```tsx
 * const moment = useMoment();
 * return item.snoozedUntil && <time>{moment(item.snoozedUntil)}</time>;
 * ```
 */
export function useMoment(): (at: Date) => string {
  const { locale } = useTandemContext();
  return (at) => at.toLocaleString(locale, { weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit" });
}

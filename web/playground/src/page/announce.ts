import { value } from "../value";

/** The sentence that a screen reader reads next. */
export const announcement = value("");

/** The shortest time between two announcements, in milliseconds: a busy stream must not talk without end. */
const pause = 3000;

let last = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/**
 * Has a screen reader read a sentence. Of several within a few seconds, only the newest is read.
 *
 * @example
 * announce("The conflict is resolved.");
 */
export function announce(text: string): void {
  clearTimeout(timer);
  timer = setTimeout(
    () => {
      last = Date.now();
      announcement.set(text);
    },
    Math.max(0, last + pause - Date.now()),
  );
}

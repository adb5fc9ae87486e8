import { setTimeout as pause } from "node:timers/promises";

/** How long a test waits before it gives up. It measures nothing: only a failing test takes that time. */
export const PATIENCE = 60_000;

/** The result of a probe of `until` while its condition is not met yet. */
type NotYet = undefined | null | false;

/**
 * Asks `probe` again and again until it returns something, and returns that. A test that waits for a
 * condition is as fast as the condition, and one that waits for a time is either slow or wrong.
 */
export async function until<T>(what: string, probe: () => Promise<T | NotYet> | T | NotYet, within = PATIENCE): Promise<T> {
  const deadline = Date.now() + within;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== null && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`no ${what} within ${within} ms`);
    await pause(20);
  }
}

import { setTimeout as pause } from "node:timers/promises";

/** How long a test waits before it gives up, in milliseconds. It measures nothing: only a failing test takes that time, and slow machines need a third of it. */
export const PATIENCE = 90_000;

type NotYet = undefined | null | false;

/** Asks `probe` again and again until it returns something, and returns that. `every` is the pause between. */
export async function until<T>(what: string, probe: () => Promise<T | NotYet> | T | NotYet, within = PATIENCE, every = 10): Promise<T> {
  const deadline = Date.now() + within;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== null && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`no ${what} within ${within} ms`);
    await pause(every);
  }
}

import type { Link } from "../connection/link.js";
import { backoff } from "../connection/policy.js";
import { aborted, TandemError } from "../errors.js";
import { atEnd } from "./shared.js";

/**
 * Reads until the server answers, or refuses for good. It tries again after a while, and when the connection is back. Once
 * the signal has ended it, it rejects, also with an answer: that may be one for the person before.
 */
export async function persist<T>(link: Link, read: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      const answer = await read();
      if (!signal.aborted) return answer;
    } catch (error) {
      if (signal.aborted) break;
      if (!(error instanceof TandemError)) throw error;
      const signedOut = error.code === "UNAUTHENTICATED";
      if (!signedOut && !error.retryable) throw error;
      await untilWorthwhile(link, signedOut ? undefined : (error.retryAfterMs ?? backoff(failures + 1, 0.5 + Math.random() / 2)), signal);
    }
  }
  throw aborted();
}

/** Resolves after some time, when the connection is back, or when the signal ends it. */
function untilWorthwhile(link: Link, ms: number | undefined, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = new AbortController();
    const end = () => done.abort();
    const timer = ms === undefined ? undefined : setTimeout(end, ms);
    let before = link.status.get().state;
    const unwatch = link.status.subscribe(() => {
      const { state } = link.status.get();
      if (state === "connected" && before !== state) end();
      before = state;
    });
    signal.addEventListener("abort", end);
    atEnd(done.signal, () => clearTimeout(timer), unwatch, () => signal.removeEventListener("abort", end), resolve);
    if (signal.aborted) end();
  });
}

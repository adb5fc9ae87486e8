import type { TabBrowser } from "./browser.js";

interface LockEvents {
  held(): void;
  /** Another tab has taken it. */
  robbed?(): void;
  /** The browser gives no locks to this page. */
  refused?(): void;
}

/** Waits for a lock, or takes it from its holder with `steal`. The returned function gives it back, or stops the waiting. */
export function requestLock({ locks }: TabBrowser, name: string, events: LockEvents, steal = false): () => void {
  const waiting = new AbortController();
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  let over = false;
  let held = false;
  const take = () => {
    if (over) return undefined;
    held = true;
    events.held();
    return released;
  };
  // A lock that is stolen can't be waited for, so it can't be aborted either.
  locks.request(name, steal ? { steal } : { signal: waiting.signal }, take).catch(() => {
    if (over) return;
    over = true;
    if (held) events.robbed?.();
    else events.refused?.();
  });
  return () => {
    over = true;
    waiting.abort();
    release();
  };
}

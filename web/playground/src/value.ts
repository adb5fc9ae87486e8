import { useSyncExternalStore } from "react";

/** A value that can be watched. The page's state is a handful of these, so that the socket and the fetcher need no React. */
export interface Value<T> {
  get(): T;
  set(next: T): void;
  subscribe(listener: () => void): () => void;
}

export function value<T>(initial: T): Value<T> {
  let current = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => current,
    set(next) {
      if (Object.is(next, current)) return;
      current = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function useValue<T>(watched: Value<T>): T {
  return useSyncExternalStore(watched.subscribe, watched.get);
}

import type { ReadableState } from "@tandem/client";
import { useCallback, useSyncExternalStore } from "react";

/** Returns the value of a state of the client, and renders again when it changes. */
export function useReadable<T>(state: ReadableState<T>): T {
  const subscribe = useCallback((listener: () => void) => state.subscribe(listener), [state]);
  const get = useCallback(() => state.get(), [state]);
  return useSyncExternalStore(subscribe, get);
}

/** Returns a state that never changes, for what is not asked for. */
export function constant<T>(value: T): ReadableState<T> {
  return { get: () => value, subscribe: () => () => {} };
}

"use client";

import type { ReadableState } from "@tandem/client";
import { useCallback, useSyncExternalStore } from "react";

/** Returns the value of a state, and renders again when it changes. `initial` is its value on a server and while hydrating. */
export function useReadable<T>(state: ReadableState<T>, initial: T): T {
  const subscribe = useCallback((listener: () => void) => state.subscribe(listener), [state]);
  const get = useCallback(() => state.get(), [state]);
  const getInitial = useCallback(() => initial, [initial]);
  return useSyncExternalStore(subscribe, get, getInitial);
}

import { useTandem } from "@tandem/react";
import { useCallback, useEffect, useSyncExternalStore } from "react";
import { unsavedOf } from "./unsaved.js";

/**
 * Keeps something that a person writes outside of a form, as the drafts of forms are kept: for that person, until the tab is
 * closed, through changes of the page and reloads. Components with the same name share one value. The 20 values that were
 * changed last are kept, of up to 100,000 characters as JSON.
 *
 * Returns the value, undefined if there is none, and a function that replaces it by what its argument makes of it; undefined
 * forgets it. The function also works once the component is gone, as after an answer that came late.
 */
export function useUnsaved<T>(name: string): readonly [T | undefined, (to: (now: T | undefined) => T | undefined) => void] {
  const unsaved = unsavedOf(useTandem());
  const value = useSyncExternalStore(unsaved.subscribe, () => unsaved.get(name)) as T | undefined;
  const change = useCallback((to: (now: T | undefined) => T | undefined) => unsaved.change(name, (now) => to(now as T | undefined)), [unsaved, name]);
  return [value, change];
}

/** Forgets what was written when its person signs out, on any page. */
export function useForgetting(): void {
  const unsaved = unsavedOf(useTandem());
  useEffect(() => unsaved.subscribe(() => {}), [unsaved]);
}

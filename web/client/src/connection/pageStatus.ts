import { State, type ReadableState } from "../state.js";
import type { ConnectionStatus } from "./status.js";
import type { Platform } from "./wire.js";

/**
 * Returns the status of a connection as a page shows it, which is `slow` also while the page is hidden or its person
 * saves data, and a function that ends its updates.
 */
export function pageStatus(status: ReadableState<ConnectionStatus>, { hidden, thrifty }: Platform): readonly [ReadableState<ConnectionStatus>, () => void] {
  const now = (): ConnectionStatus => {
    const present = status.get();
    return present.slow || !(hidden() || thrifty()) ? present : { ...present, slow: true };
  };
  const state = new State(now());
  const update = () => state.update(now());
  const end = status.subscribe(update);
  if (typeof document === "undefined") return [state, end];
  document.addEventListener("visibilitychange", update);
  return [state, () => {
    end();
    document.removeEventListener("visibilitychange", update);
  }];
}

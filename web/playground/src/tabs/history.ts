import { value, type Value } from "../value";
import type { Store } from "./store";
import type { Draft } from "./tab";

/** An operation that was run. */
export interface Past extends Required<Draft> {
  /** When it was run last, in milliseconds. */
  readonly at: number;
}

/** The operations that were run on one side, newest first, each once. */
export interface History {
  readonly list: Value<readonly Past[]>;
  add(draft: Required<Draft>): void;
  clear(): void;
}

const most = 50;

export function createHistory(store: Store): History {
  const list = value<readonly Past[]>(store.read<Past[]>("history", isPast)?.slice(0, most) ?? []);
  return {
    list,
    add({ query, variables, operation }) {
      const others = list.get().filter((past) => past.query !== query || past.variables !== variables || past.operation !== operation);
      list.set([{ query, variables, operation, at: Date.now() }, ...others].slice(0, most));
      // The oldest go until the rest fits.
      for (let kept = list.get(); kept.length > 0 && !store.write("history", kept);) kept = kept.slice(0, Math.floor(kept.length / 2));
    },
    clear() {
      list.set([]);
      store.write("history", []);
    },
  };
}

function isPast(json: unknown): boolean {
  return Array.isArray(json) && json.every((past: Partial<Past> | null) => typeof past?.query === "string" && typeof past.at === "number");
}

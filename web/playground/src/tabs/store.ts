/** Stored data of one side of the page, as JSON in localStorage. */
export interface Store {
  /** Returns what was stored, or undefined if there is nothing of the right shape. */
  read<T>(key: string, isRight: (json: unknown) => boolean): T | undefined;
  /** Reports whether it is stored now. Content that is larger than the limit is not. */
  write(key: string, content: unknown): boolean;
  /** Removes all of this page, of both sides. */
  clear(): void;
}

const prefix = "tandem-playground:";

/** The characters that one key may take: a browser allows about five million for a whole site. */
const most = 300_000;

/**
 * Opens the storage of one side. It is kept apart by the demo data that the tabs name: when the data is made anew, the
 * tabs with ids of the old are removed, and the examples come afresh.
 *
 * @example
 * const store = openStore(session.examples.customerId, "as");
 */
export function openStore(data: string, side: string): Store {
  const own = `${prefix}${data || "no-demo"}:`;
  if (data) forget((key) => key.startsWith(prefix) && !key.startsWith(own));
  const full = (key: string) => `${own}${side}:${key}`;
  return {
    read<T>(key: string, isRight: (json: unknown) => boolean) {
      const json = attempt(() => JSON.parse(localStorage.getItem(full(key)) ?? "null") as unknown, null);
      return isRight(json) ? (json as T) : undefined;
    },
    write(key, content) {
      const text = JSON.stringify(content);
      return text.length <= most && attempt(() => (localStorage.setItem(full(key), text), true), false);
    },
    clear: () => forget((key) => key.startsWith(own)),
  };
}

function forget(which: (key: string) => boolean): void {
  attempt(
    () =>
      Object.keys(localStorage)
        .filter(which)
        .forEach((key) => localStorage.removeItem(key)),
    undefined,
  );
}

/** A browser may refuse localStorage altogether; tabs then last as long as the page. */
function attempt<T>(act: () => T, otherwise: T): T {
  try {
    return act();
  } catch {
    return otherwise;
  }
}

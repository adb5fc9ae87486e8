/** Returns what the browser remembers under a name; undefined if that is nothing, or if there is no storage or it is forbidden. */
export function recall<T>(name: string): T | undefined {
  try {
    return (JSON.parse(localStorage.getItem(name) ?? "null") as T | null) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Makes the browser remember a value, or forget one that is undefined. Without storage, or when that is full, nothing is remembered. */
export function remember(name: string, value: object | undefined): void {
  try {
    if (value) localStorage.setItem(name, JSON.stringify(value));
    else localStorage.removeItem(name);
  } catch {
    // The next start only takes longer without it.
  }
}

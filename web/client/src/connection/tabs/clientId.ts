const KEY = "tandem:client";

let own: string | undefined;

/**
 * Returns the id of this tab in rooms, which it keeps over a reload. While a page is open, the id is in its memory only:
 * the browser copies the storage of a tab that is duplicated, and the copy must get an id of its own.
 */
export function clientId(): string {
  const storage = storageOfTab();
  if (!storage) return crypto.randomUUID();
  if (own !== undefined) return own;
  const id = (own = storage.getItem(KEY) ?? crypto.randomUUID());
  const take = () => storage.removeItem(KEY);
  take();
  addEventListener("pagehide", () => keep(storage, id));
  addEventListener("pageshow", take);
  return id;
}

function keep(storage: Storage, id: string): void {
  try {
    storage.setItem(KEY, id);
  } catch {
    // It is full: the next page is another client.
  }
}

/** The storage of a tab; undefined outside of pages, and where it is forbidden. */
function storageOfTab(): Storage | undefined {
  if (typeof document === "undefined") return undefined;
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}

/** A notification, the number of changes that it stands for, and the end of a snooze, of which a message reminds. */
interface About {
  readonly id: string;
  readonly count: number;
  readonly snoozedUntil?: string;
}

/** How many notifications a browser remembers: more than come while a message may still arrive again. */
const MOST = 200;

const [name, store, key] = ["tandem-push", "shown", "newest"];

/** Reports whether this browser has shown a notification with as many changes, after the same snooze. Where it stores nothing, it has not. */
export async function wasShown({ id, count, snoozedUntil = "" }: About): Promise<boolean> {
  const shown = await transact((list) => list).catch(() => []);
  return shown.some((each) => each.id === id && (each.count > count || (each.count === count && (each.snoozedUntil ?? "") >= snoozedUntil)));
}

/** Remembers what was shown, also after the person has dismissed it. */
export async function rememberShown({ id, count, snoozedUntil = "" }: About): Promise<void> {
  await transact((list) => [...list.filter((each) => each.id !== id), { id, count, snoozedUntil }].slice(-MOST)).catch(() => []);
}

/** Replaces what is remembered, in one transaction, and returns that. */
async function transact(replace: (shown: readonly About[]) => readonly About[]): Promise<readonly About[]> {
  const opening = indexedDB.open(name);
  opening.onupgradeneeded = () => void opening.result.createObjectStore(store);
  const database = await done(opening);
  try {
    const shown = database.transaction(store, "readwrite").objectStore(store);
    const before = ((await done(shown.get(key))) as readonly About[] | undefined) ?? [];
    const after = replace(before);
    if (after !== before) await done(shown.put(after, key));
    return after;
  } finally {
    database.close();
  }
}

// A worker shares no module with the page: bundlers would put it into a third file, which a classic script can't import.
function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new DOMException("The request failed.", "UnknownError"));
  });
}

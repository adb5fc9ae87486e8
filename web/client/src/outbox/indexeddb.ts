import { NewsChannel } from "./newsChannel.js";
import type { OutboxRecord } from "./record.js";
import type { Records } from "./queue.js";
import { SpillingStorage } from "./spilling.js";
import { memoryStorage, type News, type OutboxStorage } from "./storage.js";

/** The latest form of records that this version of the kit understands. A record without one has the first form. */
const FORM = 1;

/** Opens the outbox of a person in IndexedDB, or in memory where the browser keeps nothing. */
export async function openStorage(name: string): Promise<OutboxStorage> {
  try {
    const storage = new SpillingStorage(new IndexedStorage(name));
    await storage.change((records) => records);
    return storage;
  } catch {
    return memoryStorage();
  }
}

/** Deletes the outbox of a person: in any case, as when they are removed from their organization, or if nothing waits there. */
export async function deleteStorage(name: string, which: "all" | "empty"): Promise<void> {
  if (which === "empty" && (await count(name)) > 0) return;
  await done(indexedDB.deleteDatabase(name));
}

/** Counts what waits in an outbox, as it is now: another tab may have added to it. */
async function count(name: string): Promise<number> {
  const database = await openDatabase(name, () => undefined);
  const counted = await done(database.transaction("records").objectStore("records").count());
  database.close();
  return counted;
}

class IndexedStorage implements OutboxStorage {
  readonly durable = true;
  private database: Promise<IDBDatabase> | undefined;
  /** The records after the last change here. */
  private last: Records = [];
  /** Whether the browser has closed the database, as when a person clears what sites store: the next one may be empty. */
  private cut = false;
  private readonly listeners = new Set<(news: News | undefined) => void>();
  private readonly channel: NewsChannel;

  constructor(private readonly name: string) {
    // The tabs of the person have a channel of this name already, for their connection.
    this.channel = new NewsChannel(`${name}:outbox`, (news) => this.listeners.forEach((listener) => listener(news)));
  }

  async change(replace: (records: Records) => Records, news?: () => News | undefined): Promise<Records> {
    try {
      return await this.transact(replace, news);
    } catch (error) {
      if (!isClosed(error)) throw error;
      this.database = undefined; // WebKit closes the databases of pages in the background
      return this.transact(replace, news);
    }
  }

  listen(listener: (news: News | undefined) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  close(): void {
    this.channel.close();
    void this.database?.then((database) => database.close());
    this.database = undefined;
  }

  /** Reads, replaces and writes in one transaction. */
  private async transact(replace: (records: Records) => Records, news: (() => News | undefined) | undefined): Promise<Records> {
    const transaction = (await this.open()).transaction("records", "readwrite", { durability: "strict" });
    const store = transaction.objectStore("records");
    let differs = false;
    const after = await new Promise<Records>((resolve, reject) => {
      let changed: Records = [];
      transaction.oncomplete = () => resolve(changed);
      transaction.onabort = () => reject(transaction.error ?? new DOMException("The transaction was aborted.", "AbortError"));
      const reading = store.getAll() as IDBRequest<(OutboxRecord & { readonly form?: number })[]>;
      reading.onsuccess = () => {
        const stored = reading.result.filter(({ form = 1 }) => form <= FORM).sort((a, b) => a.order - b.order);
        try {
          // The page still knows what the browser has cleared.
          changed = replace(this.cut && stored.length === 0 ? this.last : stored);
          differs = write(store, stored, changed);
        } catch (error) {
          reject(error);
          transaction.abort();
        }
      };
    });
    this.last = after;
    this.cut = false;
    const told = news?.();
    if (told || differs) this.channel.post(told);
    return after;
  }

  private open(): Promise<IDBDatabase> {
    const closed = () => {
      this.database = undefined;
      this.cut = true;
    };
    this.database ??= openDatabase(this.name, closed).catch((error: unknown) => {
      this.database = undefined;
      throw error;
    });
    return this.database;
  }
}

/** Writes the records that differ, and reports whether any does. */
function write(store: IDBObjectStore, before: Records, after: Records): boolean {
  const kept = new Set(after.map((record) => record.clientMutationId));
  const known = new Set(before);
  const gone = before.filter((record) => !kept.has(record.clientMutationId));
  const changed = after.filter((record) => !known.has(record));
  for (const { clientMutationId } of gone) store.delete(clientMutationId);
  for (const record of changed) store.put(record);
  return gone.length + changed.length > 0;
}

/**
 * Opens a database. It is not of a version, so that tabs with different versions of the kit share it, and none removes what
 * waits there: records of a later form stay for the tabs that understand them.
 */
function openDatabase(name: string, closed: () => void): Promise<IDBDatabase> {
  const opening = indexedDB.open(name);
  opening.onupgradeneeded = () => void opening.result.createObjectStore("records", { keyPath: "clientMutationId" });
  return done(opening).then((database) => {
    database.onversionchange = () => database.close();
    database.onclose = closed;
    return database;
  });
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new DOMException("The request failed.", "UnknownError"));
  });
}

function isClosed(error: unknown): boolean {
  return (
    error instanceof DOMException && (error.name === "InvalidStateError" || error.name === "AbortError" || error.name === "UnknownError")
  );
}

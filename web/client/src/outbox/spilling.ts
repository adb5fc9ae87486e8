import type { OutboxRecord } from "./record.js";
import type { Records } from "./queue.js";
import { memoryStorage, type News, type OutboxStorage } from "./storage.js";

const idOf = ({ clientMutationId }: OutboxRecord): string => clientMutationId;

/**
 * Keeps records in a storage while that works, and from when the device is full, or the storage fails, in the memory of the
 * page. The records of before stay stored until they are answered, so a reload loses only later ones.
 */
export class SpillingStorage implements OutboxStorage {
  private memory: OutboxStorage | undefined;
  /** The records after the last change, for when the storage can't be read any more. */
  private last: Records = [];
  /** The records that are in memory and in the storage. */
  private readonly stored = new Set<string>();
  readonly listen: OutboxStorage["listen"];

  constructor(private readonly storage: OutboxStorage) {
    this.listen = (listener) => storage.listen(listener);
  }

  get durable(): boolean {
    return this.memory === undefined && this.storage.durable;
  }

  async change(replace: (records: Records) => Records, news?: () => News | undefined): Promise<Records> {
    if (this.memory) return this.changeIn(this.memory, replace, news);
    try {
      return (this.last = await this.storage.change(replace, news));
    } catch (error) {
      if (!(error instanceof DOMException)) throw error; // it is the owner's own refusal
      return this.changeIn(await this.spill(), replace, news);
    }
  }

  close(): void {
    this.storage.close();
  }

  private async spill(): Promise<OutboxStorage> {
    const [memory, records] = [memoryStorage(), (await this.read()) ?? this.last];
    await memory.change(() => records);
    for (const record of records) this.stored.add(idOf(record));
    return (this.memory = memory);
  }

  /** Returns what is stored; undefined if the storage can't be read. */
  private read(): Promise<Records | undefined> {
    return this.storage.change((all) => all).catch(() => undefined);
  }

  /** A record that another tab removed from the storage goes from memory too, and the other way round. */
  private async changeIn(
    memory: OutboxStorage,
    replace: (records: Records) => Records,
    news: (() => News | undefined) | undefined,
  ): Promise<Records> {
    const stored = await this.read();
    const there = new Set(stored?.map(idOf) ?? this.stored);
    const isThere = (record: OutboxRecord) => !this.stored.has(idOf(record)) || there.has(idOf(record));
    const after = await memory.change((records) => replace(records.filter(isThere)));
    const kept = new Set(after.map(idOf));
    const gone = [...this.stored].filter((id) => there.has(id) && !kept.has(id));
    // Even to remove something may need room. Then the next change tries it again, and after a reload the server knows the record.
    const rest = (all: Records) => all.filter((record) => !gone.includes(idOf(record)));
    if (stored && gone.length > 0) await this.storage.change(rest, news).catch(() => undefined);
    return after;
  }
}

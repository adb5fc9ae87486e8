import { setTimeout as pause } from "node:timers/promises";
import type { Address, Client, Kind } from "./client.ts";
import { connect } from "./connect.ts";
import { Interrupted } from "./errors.ts";
import { applied, create, mutationId, update, type CustomerPatch } from "./operations/customers.ts";
import { remove } from "./operations/company.ts";

/** A write that the server said was applied. */
export interface Acknowledged {
  readonly clientMutationId: string;
  readonly entityId: string;
  readonly version: number;
  readonly cursor: string;
  /** When it was said, on the clock of `performance.now`. */
  readonly at: number;
}

/** The field of the shared customer that a writer sets; each has its own, so that their edits merge. */
export type SharedField = "phone" | "company" | "notes";

/**
 * Writes as an application does: when the connection breaks before an answer came, the same mutation goes to the
 * next instance under the same id, until one answers. It notes every answer.
 */
export class Writer {
  readonly acknowledged: Acknowledged[] = [];
  /** How often a mutation was sent again. */
  retries = 0;
  private readonly clients: readonly Client[];
  private turn = 0;
  private stopping = false;
  private closed = false;
  private shared: { id: string; version: number } | undefined;

  constructor(kind: Kind, addresses: readonly Address[], token: string) {
    this.clients = addresses.map((address) => connect(kind, address, token));
  }

  /**
   * Creates, edits and deletes customers of its own, and edits one that others edit too, until it is stopped.
   * Between rounds it rests.
   */
  async run(shared: { id: string; version: number }, field: SharedField, rest = 0): Promise<void> {
    this.shared = shared;
    for (let round = 0; !this.stopping; round++) {
      if (rest > 0) await pause(rest);
      let own = await this.create({ name: `round ${round}` });
      own = await this.update(own, { notes: `first note of ${round}` });
      this.shared = await this.update(this.shared, { [field]: `${field} ${round}` });
      own = await this.update(own, { notes: `second note of ${round}`, status: "ACTIVE" });
      await this.remove(own);
    }
  }

  async create(patch: CustomerPatch & { name: string }): Promise<{ id: string; version: number }> {
    const id = mutationId();
    const { customer, cursor } = await this.send((client) => create(client, patch, id).then(applied));
    return this.note(id, customer, cursor);
  }

  async update(seen: { id: string; version: number }, patch: CustomerPatch): Promise<{ id: string; version: number }> {
    const id = mutationId();
    const { customer, cursor } = await this.send((client) => update(client, seen, patch, id).then(applied));
    return this.note(id, customer, cursor);
  }

  private async remove(seen: { id: string; version: number }): Promise<void> {
    const id = mutationId();
    const answer = await this.send((client) => remove(client, seen, id));
    if (answer.__typename !== "EntityDeleted") throw new Error(`a deletion was answered with ${answer.__typename}`);
    this.note(id, { id: answer.entityId, version: answer.version }, answer.cursor);
  }

  private note(clientMutationId: string, entity: { id: string; version: number }, cursor: string) {
    const { id, version } = entity;
    this.acknowledged.push({ clientMutationId, entityId: id, version, cursor, at: performance.now() });
    return { id, version };
  }

  private async send<T>(write: (client: Client) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await write(this.clients[this.turn % this.clients.length] as Client);
      } catch (error) {
        if (this.closed || !(error instanceof Interrupted)) throw error;
        this.retries++;
        this.turn++;
        await pause(20);
      }
    }
  }

  /** Lets the round that is under way come to its end, and no other begin. */
  stop(): void {
    this.stopping = true;
  }

  async close(): Promise<void> {
    this.stop();
    this.closed = true;
    for (const client of this.clients) await client.close();
  }
}

import { setTimeout as pause } from "node:timers/promises";
import { seen, type Seen } from "./checker.ts";
import type { Address, Client, Kind } from "./client.ts";
import { connect } from "./connect.ts";
import { Interrupted } from "./errors.ts";
import { followEverything } from "./operations/changes.ts";
import { until } from "./until.ts";

/**
 * A subscriber as an application has it: it follows all changes, and when its connection ends it continues after
 * its last cursor, on the next instance. It records its events for the checker.
 */
export class Follower {
  readonly seen: Seen[] = [];
  /** How often its connection ended before the test did. */
  interruptions = 0;
  private readonly arrived = new Set<string>();
  private client: Client | undefined;
  private stopping = false;
  private readonly running: Promise<void>;

  constructor(
    readonly name: string,
    private readonly kind: Kind,
    private readonly addresses: readonly Address[],
    private readonly token: string,
    private last: string,
  ) {
    this.running = this.run();
    // The caller of `stop` or `reaches` gets the error; until then it is not unhandled.
    this.running.catch(() => undefined);
  }

  private async run(): Promise<void> {
    for (let turn = 0; !this.stopping; turn++) {
      const address = this.addresses[turn % this.addresses.length] as Address;
      this.client = connect(this.kind, address, this.token);
      try {
        await this.take(this.client);
      } catch (error) {
        if (this.stopping) return;
        if (!(error instanceof Interrupted)) throw error;
        this.interruptions++;
        // An instance that is away refuses at once, and asking it without a pause would only heat the room.
        await pause(50);
      } finally {
        await this.client.close();
      }
    }
  }

  private async take(client: Client): Promise<never> {
    const stream = followEverything(client, this.last);
    for (;;) {
      const change = await stream.next("change", Infinity);
      this.seen.push(seen(change));
      this.arrived.add(change.cursor);
      this.last = change.cursor;
    }
  }

  /** Waits for the change at a cursor. */
  async arrival(cursor: string): Promise<void> {
    await this.orFault(until(`change ${cursor} at ${this.name}`, () => this.arrived.has(cursor)));
  }

  /** Stops following, and throws if it met anything but interruptions. It may be stopped twice. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.client?.close();
    await this.running;
  }

  // `running` only ends before it is stopped with a fault.
  private orFault<T>(waiting: Promise<T>): Promise<T> {
    return Promise.race([waiting, this.running.then(() => waiting)]);
  }
}

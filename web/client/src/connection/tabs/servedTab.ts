import type { Operation } from "../../operation.js";
import type { Wire } from "../wire.js";
import type { Channel } from "./browser.js";
import type { ToTab } from "./messages.js";

/** How many answers may wait for a tab. The browser keeps them while the tab sleeps. */
const MOST_UNTAKEN = 10_000;

/** A tab that the leader serves: its channel, and its subscriptions on the leader's wire. */
export class ServedTab {
  private readonly ends = new Map<string, () => void>();
  private untaken = 0;

  /** `ended` is called once the leader serves it no longer, and `stuck` when it no longer takes answers. */
  constructor(private readonly channel: Channel, private readonly term: number, private readonly ended: () => void, private readonly stuck: () => void) {}

  post(message: ToTab): void {
    this.channel.postMessage({ ...message, term: this.term });
  }

  subscribe(wire: Wire, id: string, operation: Operation): void {
    const end = wire.subscribe(operation, {
      next: (result) => {
        this.post({ type: "next", id, result });
        if (++this.untaken > MOST_UNTAKEN) this.stuck();
      },
      failed: (errors) => {
        this.ends.delete(id);
        this.post({ type: "failed", id, errors });
      },
      completed: () => {
        this.ends.delete(id);
        this.post({ type: "completed", id });
      },
    });
    this.ends.set(id, end);
  }

  took(count: number): void {
    this.untaken -= count;
  }

  unsubscribe(id: string): void {
    this.ends.get(id)?.();
    this.ends.delete(id);
  }

  unsubscribeAll(): void {
    for (const end of this.ends.values()) end();
    this.ends.clear();
  }

  /** Forgets its subscriptions, because their wire is over or ends without them. */
  forget(): void {
    this.ends.clear();
  }

  close(): void {
    this.ended();
    this.channel.close();
  }
}

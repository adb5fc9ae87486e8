import type { Subscription } from "../client.ts";
import { Queue } from "../queue.ts";

/** A queue of a subscription's events, and the way to unsubscribe. */
export class Stream<Event> extends Queue<Event> implements Subscription<Event> {
  private unsubscribe: (() => void) | undefined;
  private stopped = false;

  /** Takes the way to unsubscribe, which a client only gives once it has begun. */
  onStop(unsubscribe: () => void): void {
    if (this.stopped) unsubscribe();
    else this.unsubscribe = unsubscribe;
  }

  /** Takes the data of one event: the value of its only field. */
  pushData(data: unknown): void {
    const [event] = Object.entries(data as Record<string, unknown>)
      .filter(([name]) => name !== "__typename")
      .map(([, value]) => value);
    this.push(event as Event);
  }

  stop(): void {
    this.stopped = true;
    this.unsubscribe?.();
  }
}

import { PATIENCE } from "./until.ts";

interface Reader<T> {
  take(value: T): void;
  fail(error: Error): void;
}

/** An end that nobody asked for: the server said `complete`, although the stream had not come to an end. */
export class Ended extends Error {
  constructor() {
    super("the server completed the subscription");
  }
}

/** The items that were not taken yet. A test takes them one by one with `next`. */
export class Queue<T> {
  private readonly waiting: T[] = [];
  private readonly readers: Reader<T>[] = [];
  private end: Error | undefined;

  push(value: T): void {
    const reader = this.readers.shift();
    if (reader) reader.take(value);
    else this.waiting.push(value);
  }

  /** Ends the queue. Earlier items can still be taken; after them, `next` throws `error`. */
  fail(error: Error): void {
    this.end ??= error;
    for (const reader of this.readers.splice(0)) reader.fail(this.end);
  }

  /** The next one. `what` is for the message that says that it did not come. */
  next(what = "event", within = PATIENCE): Promise<T> {
    if (this.waiting.length > 0) return Promise.resolve(this.waiting.shift() as T);
    if (this.end) return Promise.reject(this.end);
    return new Promise((resolve, reject) => {
      const giveUp = () => reader.fail(new Error(`no ${what} within ${within} ms`));
      const timer = Number.isFinite(within) ? setTimeout(giveUp, within) : undefined;
      const reader: Reader<T> = {
        take: (value) => {
          clearTimeout(timer);
          resolve(value);
        },
        fail: (error) => {
          clearTimeout(timer);
          const place = this.readers.indexOf(reader);
          if (place >= 0) this.readers.splice(place, 1);
          reject(error);
        },
      };
      this.readers.push(reader);
    });
  }

  /** The next `count`, in the order in which they came. */
  async take(count: number, what = "event", within = PATIENCE): Promise<T[]> {
    const taken: T[] = [];
    while (taken.length < count) taken.push(await this.next(`${what} ${taken.length + 1} of ${count}`, within));
    return taken;
  }

  /** The next one that `match` accepts; what comes before it is passed over. */
  async find(what: string, match: (value: T) => boolean, within = PATIENCE): Promise<T> {
    const deadline = Date.now() + within;
    for (;;) {
      const value = await this.next(what, Math.max(deadline - Date.now(), 1));
      if (match(value)) return value;
    }
  }

  /** Waits for the end and returns it. It skips items that come before. */
  async ended(within = PATIENCE): Promise<Error> {
    const deadline = Date.now() + within;
    for (;;) {
      try {
        await this.next("end", Math.max(deadline - Date.now(), 1));
      } catch (error) {
        if (error === this.end) return error as Error;
        throw error;
      }
    }
  }

  /** The items that were not taken. For a test that has seen, by another event, that everything is there. */
  rest(): T[] {
    return this.waiting.splice(0);
  }
}

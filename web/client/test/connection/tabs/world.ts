import type { Channel, TabBrowser } from "../../../src/connection/tabs/browser.js";
import type { Random } from "../../../../testing/random.js";

/** The part of a page that a browser knows: whether it runs, and whether it is in front. */
export interface Page {
  /** A frozen page hears nothing and says nothing until it is thawed. */
  frozen: boolean;
  /** A crashed page never does again. */
  dead: boolean;
  visible: boolean;
  /** Tasks that wait until it is thawed. */
  readonly held: (() => void)[];
  readonly listeners: Set<() => void>;
}

interface Lock {
  readonly page: Page;
  /** Its holder's promise is rejected. */
  rob(): void;
}

interface Waiting {
  readonly page: Page;
  grant(): void;
}

/** A browser with locks and channels between its pages. Everything takes a few milliseconds, in order. */
export class World {
  /** How probable it is that a request fails. */
  unreachable = 0;
  /** Tasks by the time at which they are due: one timer for many is faster. */
  private readonly tasks = new Map<number, (() => void)[]>();
  private readonly holders = new Map<string, Lock>();
  private readonly queues = new Map<string, Waiting[]>();
  private readonly channels = new Map<string, Set<{ page: Page; channel: Channel }>>();

  constructor(readonly draw: Random) {}

  page(): Page {
    return { frozen: false, dead: false, visible: true, held: [], listeners: new Set() };
  }

  /** Lets something reach a page, when the page runs. */
  reach(page: Page, task: () => void): void {
    if (page.dead) return;
    if (page.frozen) page.held.push(task);
    else task();
  }

  later(page: Page, task: () => void): void {
    const due = Date.now() + 2;
    const tasks = this.tasks.get(due) ?? [];
    if (tasks.push(() => this.reach(page, task)) > 1) return;
    this.tasks.set(due, tasks);
    setTimeout(() => {
      this.tasks.delete(due);
      for (const each of tasks) each();
    }, 2);
  }

  thaw(page: Page): void {
    page.frozen = false;
    for (const task of page.held.splice(0)) this.reach(page, task);
  }

  /** The page is gone without a word. */
  crash(page: Page): void {
    page.dead = true;
    for (const [name, queue] of this.queues) this.queues.set(name, queue.filter((each) => each.page !== page));
    for (const [name, { page: holder }] of [...this.holders]) if (holder === page) this.free(name);
  }

  browserOf(page: Page): TabBrowser {
    return {
      locks: { request: ((name: string, options: LockOptions, take: LockGrantedCallback<unknown>) => this.request(page, name, options, take)) as LockManager["request"] },
      channel: (name) => this.channel(page, name),
      visible: () => page.visible,
      onVisible: (listener) => {
        page.listeners.add(listener);
        return () => void page.listeners.delete(listener);
      },
    };
  }

  private request(page: Page, name: string, { signal, steal }: LockOptions, take: LockGrantedCallback<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { page, grant: () => this.grant(page, name, take, resolve, reject) };
      signal?.addEventListener("abort", () => {
        this.queues.set(name, (this.queues.get(name) ?? []).filter((each) => each !== waiting));
        reject(new Error("aborted"));
      });
      this.reach(page, () => {
        if (steal) this.holders.get(name)?.rob();
        if (steal || !this.holders.has(name)) waiting.grant();
        else this.queues.set(name, [...(this.queues.get(name) ?? []), waiting]);
      });
    });
  }

  private grant(page: Page, name: string, take: LockGrantedCallback<unknown>, resolve: (value: unknown) => void, reject: (error: Error) => void): void {
    const lock: Lock = { page, rob: () => this.later(page, () => reject(new Error("stolen"))) };
    this.holders.set(name, lock);
    this.later(page, () => {
      void Promise.resolve(take(null)).then((value) => {
        if (this.holders.get(name) === lock) this.free(name);
        resolve(value);
      });
    });
  }

  private free(name: string): void {
    this.holders.delete(name);
    const [next, ...rest] = this.queues.get(name) ?? [];
    this.queues.set(name, rest);
    next?.grant();
  }

  private channel(page: Page, name: string): Channel {
    const all = this.channels.get(name) ?? new Set();
    this.channels.set(name, all);
    const channel: Channel = {
      onmessage: null,
      postMessage: (message: unknown) => {
        if (page.dead) return;
        if (!all.has(entry)) throw new Error("the channel is closed");
        const data = structuredClone(message);
        const send = () => {
          for (const other of all) if (other !== entry) this.later(other.page, () => all.has(other) && other.channel.onmessage?.call({} as BroadcastChannel, { data } as MessageEvent));
        };
        this.reach(page, send);
      },
      close: () => void all.delete(entry),
    };
    const entry = { page, channel };
    all.add(entry);
    return channel;
  }
}

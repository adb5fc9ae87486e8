/**
 * The state of a network.
 *
 * @example
 * ```ts
 * faults.set({ offline: true } satisfies Partial<Weather>);
 * ```
 */
export interface Weather {
  /** Nothing gets through: open connections are reset, new ones fail at once. */
  readonly offline: boolean;
  /** Nothing gets through, and nobody says so. Open connections stay dead when this is over; new ones work then. */
  readonly halfOpen: boolean;
  /** The time that everything takes on its way, in each direction. */
  readonly delayMs: number;
  /** WebSockets fail, as behind a proxy that does not know them. */
  readonly socketsBlocked: boolean;
  /** Event streams fail. */
  readonly streamsBlocked: boolean;
}

/** The kinds of connections that can be blocked. */
export type Kind = "socket" | "stream" | "request";

interface Delayed {
  readonly arrival: number;
  readonly task: () => void;
}

/** One connection through the network. It keeps the order of all that passes, whatever the delay becomes. */
export class Passage {
  private dead = false;
  private readonly delayed: Delayed[] = [];

  constructor(private readonly network: Network, readonly kind: Kind, readonly reset: (code: number, reason: string) => void) {}

  /** Does a task after the delay, unless the connection has died on the way. */
  pass(task: () => void): void {
    if (this.dead) return;
    const { delayMs } = this.network.weather();
    const last = this.delayed.at(-1);
    if (delayMs === 0 && !last) return task();
    this.delayed.push({ task, arrival: Math.max(last?.arrival ?? 0, performance.now() + delayMs) });
    if (!last) this.wait();
  }

  /** Waits for the first task only: timers that are due at the same time may fire in any order. */
  private wait(): void {
    const [first] = this.delayed;
    if (first && !this.dead) setTimeout(() => this.arrive(), Math.ceil(first.arrival - performance.now()));
  }

  private arrive(): void {
    try {
      while (!this.dead && this.delayed[0] && this.delayed[0].arrival <= performance.now()) this.deliver(this.delayed[0]);
    } finally {
      this.wait();
    }
  }

  /** Keeps the task in the queue until it is done, so that what it sends stays behind those that wait. */
  private deliver({ task }: Delayed): void {
    try {
      task();
    } finally {
      this.delayed.shift();
    }
  }

  /** Lets nothing pass from now on, and tells neither end. */
  die(): void {
    this.dead = true;
  }

  close(): void {
    this.network.remove(this);
  }
}

/** All connections of a client. */
export class Network {
  private readonly passages = new Set<Passage>();

  constructor(readonly weather: () => Weather) {}

  /** Opens a connection; undefined if the network refuses it. */
  open(kind: Kind, reset: (code: number, reason: string) => void): Passage | undefined {
    if (this.refuses(kind)) return undefined;
    const passage = new Passage(this, kind, reset);
    if (this.weather().halfOpen) passage.die();
    this.passages.add(passage);
    return passage;
  }

  remove(passage: Passage): void {
    this.passages.delete(passage);
  }

  /** Applies new weather to open connections. */
  changed(): void {
    for (const passage of [...this.passages]) {
      if (this.refuses(passage.kind)) passage.reset(1006, "");
      else if (this.weather().halfOpen) passage.die();
    }
  }

  /** Resets all open connections. */
  cut(code: number, reason: string): void {
    for (const passage of [...this.passages]) passage.reset(code, reason);
  }

  private refuses(kind: Kind): boolean {
    const { offline, socketsBlocked, streamsBlocked } = this.weather();
    return offline || (kind === "socket" && socketsBlocked) || (kind === "stream" && streamsBlocked);
  }
}

/** How to get something that the test files of a worker share, and how to end it. */
export interface Sharing<T> {
  start(): Promise<T>;
  /** Whether it can still be used. If not, it is started again. */
  isAlive?(each: T): boolean;
  end?(each: T): unknown;
}

interface Running {
  readonly started: Promise<unknown>;
  readonly end: () => Promise<unknown>;
}

// The environment that ends them has modules of its own, so what runs is kept outside of modules.
const place = globalThis as typeof globalThis & { tandemShared?: Map<string, Running> };
const running = (place.tandemShared ??= new Map());

/**
 * Returns what runs under a name in this worker, or starts it. The test files of a worker run one after another.
 *
 * @example
 * ```ts
 * const browser = await shared("Chromium", { start: () => chromium.launch(), end: (each) => each.close() });
 * ```
 */
export async function shared<T>(name: string, { start, isAlive = () => true, end = () => {} }: Sharing<T>): Promise<T> {
  const known = running.get(name)?.started as Promise<T> | undefined;
  if (known && isAlive(await known)) return known;
  const started = start();
  running.set(name, { started, end: () => started.then(end) });
  started.catch(() => running.delete(name));
  return started;
}

/** Ends everything that is shared in this worker. */
export async function endShared(): Promise<void> {
  await Promise.allSettled([...running.values()].map(({ end }) => end()));
  running.clear();
}

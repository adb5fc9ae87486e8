/**
 * A value that changes, in the form that `useSyncExternalStore` takes. `get` returns the same object until the value changes.
 *
 * @example
 * ```ts
 * const end = tandem.status.subscribe(() => console.log(tandem.status.get().state));
 * ```
 */
export interface ReadableState<T> {
  get(): T;
  /** Calls the listener after each change, until the returned function is called. */
  subscribe(listener: () => void): () => void;
}

/**
 * A value that its owner sets. Listeners that throw do not keep the others from being called; what they throw is reported as
 * uncaught.
 *
 * @example
 * ```ts
 * const chosen = new State<string | undefined>(undefined);
 * chosen.set(id); // a component that follows it, such as by useSyncExternalStore(chosen.subscribe, chosen.get), shows the id
 * ```
 */
export class State<T> implements ReadableState<T> {
  private readonly listeners = new Set<() => void>();

  constructor(private value: T) {}

  readonly get = (): T => this.value;

  readonly subscribe = (listener: () => void): (() => void) => {
    const entry = () => listener();
    this.listeners.add(entry);
    return () => void this.listeners.delete(entry);
  };

  set(value: T): void {
    if (Object.is(value, this.value)) return;
    this.value = value;
    for (const listener of [...this.listeners]) callSafely(listener);
  }

  /** Sets the value unless it has the same content as the present one. */
  update(value: T): void {
    if (JSON.stringify(value) !== JSON.stringify(this.value)) this.set(value);
  }
}

/** Calls a listener of the application; what it throws is reported as uncaught, and stops nothing here. */
export function callSafely<A extends unknown[]>(listener: (...args: A) => void, ...args: A): void {
  try {
    listener(...args);
  } catch (error) {
    reportUncaught(error);
  }
}

/** Reports an error of the application as an uncaught one, which stops nothing here. */
export function reportUncaught(error: unknown): void {
  if (typeof reportError === "function") return reportError(error);
  setTimeout(() => {
    throw error;
  });
}

import { Shared } from "./shared.js";

/** Objects by key. There is one object for a key, while anything uses it. */
export class Registry {
  private readonly known = new Map<string, WeakRef<object>>();

  get<T extends object>(key: string, make: () => T): T {
    const found = this.known.get(key)?.deref() as T | undefined;
    if (found) return found;
    if (this.known.size % 100 === 99) this.clean();
    const made = make();
    this.known.set(key, new WeakRef(made));
    return made;
  }

  /** Begins everything anew that shows data of the person. */
  restart(): void {
    for (const known of this.known.values()) {
      const each = known.deref();
      if (each instanceof Shared) each.restart();
    }
  }

  private clean(): void {
    for (const [key, each] of this.known) if (!each.deref()) this.known.delete(key);
  }
}

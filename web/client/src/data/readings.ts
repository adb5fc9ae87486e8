/** Reads one thing, one reading at a time, until each signal ends. */
export class Readings<T> {
  private present: Promise<T> | undefined;
  private next: Promise<T> | undefined;

  constructor(private readonly readNow: (signal: AbortSignal) => Promise<T>) {}

  /** Whether a reading will begin after the present one, so that its answer does not matter any more. */
  get another(): boolean {
    return this.next !== undefined;
  }

  /** Reads it. Calls during a reading share another one after it, because the present one may be too old for them. */
  read(signal: AbortSignal): Promise<T> {
    if (!this.present) return this.begin(signal);
    const begin = () => this.begin(signal);
    return (this.next ??= this.present.then(begin, begin));
  }

  /** Forgets the readings before: those to come do not wait for them. */
  reset(): void {
    this.present = this.next = undefined;
  }

  private begin(signal: AbortSignal): Promise<T> {
    this.next = undefined;
    const reading = this.readNow(signal).finally(() => {
      if (this.present === reading) this.present = undefined;
    });
    return (this.present = reading);
  }
}

/** The time in milliseconds. It never goes back, also where the clock of the device is set back. */
export class Clock {
  private last = 0;
  private ahead = 0;

  now(): number {
    const time = Date.now();
    this.ahead = Math.max(this.ahead, this.last - time);
    return (this.last = time + this.ahead);
  }

  /** The date of a time, as the device shows dates now. */
  date(time: number): Date {
    return new Date(time - this.ahead);
  }
}

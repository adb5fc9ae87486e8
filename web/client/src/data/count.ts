/** The number of items of a list, as a page has it. */
export interface Counted {
  readonly asOf: string;
  readonly totalCount: number;
  readonly totalCountIsExact: boolean;
}

/** The time in which an event may come that a count includes already. */
const DOUBT_MS = 2_000;

/** Counts the items of a list. A count that may be wrong by an event of the same moment is read again. */
export class Count {
  total: number | undefined;
  exact = true;
  private asOf = "";
  private readAt = 0;
  /** The position of the last item that came or went. */
  private moves = "";
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly read: () => void) {}

  /** Takes the count of a page. */
  take({ asOf, totalCount, totalCountIsExact }: Counted): void {
    this.total = totalCount;
    this.exact = totalCountIsExact;
    this.asOf = asOf;
    this.readAt = Date.now();
    const missed = this.moves > asOf; // the count may lack what came while it was read
    this.moves = "";
    if (missed) this.doubt();
  }

  /** Says that an item came or went at a position of the log. `sure` is whether the event says so beyond doubt. */
  moved(cursor: string, by: 1 | -1, sure: boolean): void {
    const counted = cursor <= this.asOf;
    if (this.total === undefined || (counted && sure)) return;
    if (!counted) this.total = Math.max(0, this.total + by);
    if (cursor > this.moves) this.moves = cursor;
    if (!sure || Date.now() - this.readAt <= DOUBT_MS) this.doubt();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private doubt(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.read, DOUBT_MS);
  }
}

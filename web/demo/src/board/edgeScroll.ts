/** How near to a side of the board a card has to be held, and how far the board scrolls in a frame, in pixels. */
const [near, step] = [44, 10];

/** Scrolls a board while a card is held near one of its sides, so that a stage beyond the edge of a phone can be reached. */
export class EdgeScroll {
  private readonly start: number;
  private frame: number | undefined;
  private x = 0;

  constructor(private readonly board: Element, private readonly scrolled: () => void) {
    this.start = board.scrollLeft;
  }

  /** By how many pixels the board has scrolled under the pointer. */
  get distance(): number {
    return this.board.scrollLeft - this.start;
  }

  /** Takes the place of the pointer, in pixels from the left side of the window. */
  follow(x: number): void {
    this.x = x;
    if (this.direction() !== 0) this.frame ??= requestAnimationFrame(this.scroll);
  }

  end(): void {
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
  }

  private readonly scroll = () => {
    this.frame = undefined;
    const before = this.board.scrollLeft;
    this.board.scrollLeft += this.direction() * step;
    if (this.board.scrollLeft === before) return;
    this.scrolled();
    this.follow(this.x);
  };

  private direction(): -1 | 0 | 1 {
    const { left, right } = this.board.getBoundingClientRect();
    return this.x < left + near ? -1 : this.x > right - near ? 1 : 0;
  }
}

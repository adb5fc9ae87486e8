import type { OwnPresence } from "@tandem/client";

/** After this time without a keystroke a person is no longer shown in a field. */
const idleAfter = 60_000;

/** Shows to others which field a person is in: not after it is left, not in a hidden page, and not after a minute without a keystroke. */
export class Editing {
  private field: string | undefined;
  private shown: string | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly update: (own: OwnPresence) => void) {}

  /** Follows the page's visibility until the returned function is called, which also takes the field back. */
  start(): () => void {
    const look = () => (document.visibilityState === "visible" ? this.touch() : this.show(null));
    document.addEventListener("visibilitychange", look);
    return () => {
      document.removeEventListener("visibilitychange", look);
      this.leave();
    };
  }

  enter(field: string): void {
    this.field = field;
    this.touch();
  }

  leave(): void {
    this.field = undefined;
    this.show(null);
  }

  /** A key was pressed: the person is still there. */
  touch(): void {
    if (this.field === undefined || document.visibilityState !== "visible") return;
    this.show(this.field);
    this.timer = setTimeout(() => this.show(null), idleAfter);
  }

  private show(field: string | null): void {
    clearTimeout(this.timer);
    if (field === this.shown) return;
    this.shown = field;
    this.update({ editingField: field });
  }
}

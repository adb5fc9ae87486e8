import { State, type TandemData } from "@tandem/client";

/** The rooms that `joinRoom` joined. Each needs as many calls of `leaveRoom`. */
export class Rooms {
  private joined: readonly { readonly id: string; readonly leave: () => void }[] = [];
  /** The room that was joined last. */
  readonly last = new State<string | undefined>(undefined);

  constructor(private readonly tandem: Pick<TandemData, "room">) {}

  readonly join = (id: string): void => {
    // A room has its person while something listens.
    this.set([...this.joined, { id, leave: this.tandem.room(id).subscribe(() => {}) }]);
  };

  readonly leave = (id: string): void => {
    const at = this.joined.findLastIndex((each) => each.id === id);
    this.joined[at]?.leave();
    this.set(this.joined.filter((_, index) => index !== at));
  };

  /** Leaves all of them, when the provider goes. */
  clear(): void {
    for (const { leave } of this.joined) leave();
    this.set([]);
  }

  private set(joined: typeof this.joined): void {
    this.joined = joined;
    this.last.set(joined.at(-1)?.id);
  }
}

import { State, type ReadableState } from "@tandem/client";

/** A deletion that its person can still undo. */
export interface Deletion {
  readonly name: string;
  /** The address of the page of what was deleted. */
  readonly path: string;
  restore(): Promise<void>;
}

const state = new State<Deletion | undefined>(undefined);

/** The last deletion of the person, while it is offered to undo it. */
export const lastDeletion: ReadableState<Deletion | undefined> = state;

/** Offers to undo a deletion, in place of the one before it. */
export function offerUndo(deletion: Deletion): void {
  state.set(deletion);
}

/** Ends the offer. */
export function dismissUndo(): void {
  state.set(undefined);
}

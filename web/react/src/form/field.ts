import type { EditBase, RemoteChange } from "@tandem/client";

/** One field of a form. A field is dirty while it differs from what was on screen at its first keystroke. */
export interface Field {
  readonly name: string;
  /** The value in the form. */
  readonly value: unknown;
  /** The newest value that the entity has. */
  readonly live: unknown;
  /** The version that `value` was taken from: the base of an edit that begins now. */
  readonly version: number;
  /** Frozen at the first keystroke, so that changes by others in the meantime are noticed. Undefined while clean. */
  readonly base: EditBase | undefined;
  readonly focused: boolean;
  /** Another person's change that came while this was dirty. */
  readonly remote: Pick<RemoteChange, "by" | "at" | "newValue"> | undefined;
  /** Counts the changes of `value` that were not typed: a control shows those. */
  readonly revision: number;
  /** Counts the live values that replaced what was on screen: each is pointed out. */
  readonly flashes: number;
  /** The reason that the server refused this value. */
  readonly fault: string | undefined;
}

/** Returns a field that nothing is known of. */
export function newField(name: string): Field {
  return {
    name,
    value: undefined,
    live: undefined,
    version: 0,
    base: undefined,
    focused: false,
    remote: undefined,
    revision: 0,
    flashes: 0,
    fault: undefined,
  };
}

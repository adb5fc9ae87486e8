import type { ErrorInWords } from "../server/words";
import type { NamedOperation } from "../tabs/tab";

/** One event of a subscription, as it came. */
export interface StreamEvent {
  readonly number: number;
  readonly at: Date;
  readonly json: string;
  /** Whether it came first on a new connection, after this many milliseconds without one; 0 for others. */
  readonly afterGap: number;
}

/** The result of running a tab, as far as it has come. */
export interface Run {
  readonly operation: NamedOperation;
  /** running: no answer yet. following: a subscription that goes on. stopped: a person ended it. */
  readonly state: "running" | "following" | "done" | "stopped";
  /** How long the answer took, in milliseconds. */
  readonly took: number;
  /** The answer as JSON; empty before it, and for subscriptions. */
  readonly answer: string;
  readonly errors: readonly ErrorInWords[];
  /** The ids of conflicts that the answer or the newest events name. */
  readonly conflicts: readonly string[];
  /** The newest events of a subscription, newest first. */
  readonly events: readonly StreamEvent[];
  /** The cursor after which the subscription resumes; empty if it can't. */
  readonly cursor: string;
  /** Why it can't resume; empty if it can. */
  readonly obstacle: string;
}

/** Returns a run that has just begun. */
export function begun(operation: NamedOperation): Run {
  return { operation, state: "running", took: 0, answer: "", errors: [], conflicts: [], events: [], cursor: "", obstacle: "" };
}

/** Reports whether a run still goes on. */
export function goesOn(run: Run | undefined): boolean {
  return run?.state === "running" || run?.state === "following";
}

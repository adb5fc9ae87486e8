import type { Operation, Result } from "../../operation.js";
import { changesPlan } from "./changes.js";
import { conflictsPlan } from "./conflicts.js";
import { parseSubscription } from "./document.js";
import { inboxPlan } from "./inbox.js";
import { newestPlan } from "./newest.js";
import { presencePlan, presencesPlan } from "./presence.js";

/** Runs a query or mutation. Rejects if no answer came; throws Refusal if the answer has errors. */
export type Ask = (operation: Operation) => Promise<Record<string, unknown>>;

/** The result of one look: the data of events, in order, and whether there is more right now. */
export interface Look {
  readonly events: readonly Record<string, unknown>[];
  readonly more?: boolean;
}

/** How a subscription is replaced by looking again and again. */
export interface Plan {
  /** Looks for what came after the last look. */
  look(ask: Ask): Promise<Look>;
  /** Whether somebody sees that it looks, so that it must not become rare in a hidden page. */
  readonly beats?: boolean;
  /** Says that it is over. */
  leave?(ask: Ask): Promise<unknown>;
}

/** The errors of an answer. */
export class Refusal extends Error {
  constructor(readonly result: Result<unknown>) {
    super("The answer has errors.");
  }
}

/** The plan for a subscription; undefined if there is none for it. */
export function planOf({ query, variables = {} }: Operation): Plan | undefined {
  const subscribed = parseSubscription(query);
  if (!subscribed) return undefined;
  switch (subscribed.root.name) {
    case "activity": return newestPlan(subscribed, variables, "activity");
    case "notificationReceived": return newestPlan(subscribed, variables, "notifications");
    case "inboxChanged": return inboxPlan(subscribed, variables);
    case "conflictChanged": return conflictsPlan(subscribed, variables);
    case "presence": return presencePlan(subscribed, variables);
    case "presences": return presencesPlan(subscribed, variables);
    default: return changesPlan(subscribed, variables);
  }
}

/** Arguments as text; those without a value are left out. */
export function argumentList(args: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(args).filter(([, value]) => value !== undefined).map(([name, value]) => `${name}: ${value}`);
  return given.length > 0 ? `(${given.join(" ")})` : "";
}

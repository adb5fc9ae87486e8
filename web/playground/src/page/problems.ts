import { value, type Value } from "../value";

/** The subject of a problem. There is one problem of a topic at a time: a newer one takes its place. */
export type Topic = "session" | "schema" | "socket" | "token" | "data" | "tabs" | "storage";

export interface Problem {
  readonly topic: Topic;
  readonly text: string;
  /** A remedy: the label of a button, and its action. */
  readonly action?: { readonly label: string; run(): void };
}

export interface Problems {
  readonly list: Value<readonly Problem[]>;
  report(problem: Problem): void;
  clear(topic: Topic): void;
}

export function createProblems(): Problems {
  const list = value<readonly Problem[]>([]);
  const without = (topic: Topic) => list.get().filter((problem) => problem.topic !== topic);
  return {
    list,
    report(problem) {
      const old = list.get().find(({ topic }) => topic === problem.topic);
      // The same words again would only make a screen reader repeat itself.
      if (old?.text !== problem.text) list.set([...without(problem.topic), problem]);
    },
    clear(topic) {
      const left = without(topic);
      if (left.length < list.get().length) list.set(left);
    },
  };
}

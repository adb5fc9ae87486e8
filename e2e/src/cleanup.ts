import type { TestContext } from "node:test";

type Action = () => unknown;

const stacks = new WeakMap<TestContext, Action[]>();

/**
 * Does something when the test ends, however it ends. The resource that was opened last is closed first, since it may stand
 * on what was opened before; node:test itself goes the other way.
 */
export function atEnd(t: TestContext, action: Action): void {
  const stack = stacks.get(t);
  if (stack) {
    stack.push(action);
    return;
  }
  const first = [action];
  stacks.set(t, first);
  t.after(() => unwind(first));
}

/** Does all of it, also when something fails, and then throws the first failure. */
async function unwind(stack: Action[]): Promise<void> {
  const failures: unknown[] = [];
  for (let action = stack.pop(); action; action = stack.pop()) {
    try {
      await action();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

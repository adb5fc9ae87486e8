import { createContext, useContext, useEffect, useRef, useSyncExternalStore } from "react";

/** Something that a person can do by a key, from the palette, or both. */
export interface Command {
  readonly id: string;
  readonly label: string;
  /** The heading under which the palette and the help show it. */
  readonly group: string;
  /** Such as `mod+k` (⌘ on a Mac, Ctrl elsewhere), `g c` (one after the other), `?`. */
  readonly keys?: string | undefined;
  /** Whether the keys count while a text is typed. Those with `mod` always do. */
  readonly whileTyping?: boolean | undefined;
  /** Whether only the keys and the help show it, and not the palette: moving through a list is nothing to choose. */
  readonly keysOnly?: boolean | undefined;
  /** More words to find it by. */
  readonly also?: string | undefined;
  run(): void;
}

/** The commands of what is on the page now. */
export class Commands {
  private readonly sets = new Map<object, readonly Command[]>();
  private all: readonly Command[] = [];
  private readonly listeners = new Set<() => void>();

  readonly get = (): readonly Command[] => this.all;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  /** Adds commands until the returned function is called. Of commands with the same keys, the last one added counts. */
  add(commands: readonly Command[]): () => void {
    const owner = {};
    this.sets.set(owner, commands);
    this.changed();
    return () => {
      this.sets.delete(owner);
      this.changed();
    };
  }

  private changed(): void {
    this.all = [...this.sets.values()].flat();
    for (const listener of [...this.listeners]) listener();
  }
}

export const CommandsContext = createContext(new Commands());

/** Returns the commands of what is on the page now. */
export function useAllCommands(): readonly Command[] {
  const commands = useContext(CommandsContext);
  return useSyncExternalStore(commands.subscribe, commands.get);
}

/** Offers commands while the component is mounted. They run as they were given last. */
export function useCommands(commands: readonly Command[]): void {
  const registry = useContext(CommandsContext);
  const latest = useRef(commands);
  useEffect(() => void (latest.current = commands));
  // Only what a person sees of them makes them other commands.
  const shape = commands.map(({ id, label, keys }) => `${id}\n${label}\n${keys ?? ""}`).join("\n\n");
  useEffect(() => {
    const runLatest = (id: string) => latest.current.find((each) => each.id === id)?.run();
    return registry.add(latest.current.map((command) => ({ ...command, run: () => runLatest(command.id) })));
  }, [registry, shape]);
}

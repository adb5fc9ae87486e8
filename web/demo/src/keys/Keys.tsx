import { useEffect, useMemo, type ReactNode } from "react";
import { Commands, CommandsContext } from "./commands.js";
import { keyNames, listenForKeys } from "./keyboard.js";

/** Makes commands available below it, by their keys and in the palette. */
export function KeysProvider({ children }: { readonly children: ReactNode }) {
  const commands = useMemo(() => new Commands(), []);
  useEffect(() => listenForKeys(commands.get), [commands]);
  return <CommandsContext.Provider value={commands}>{children}</CommandsContext.Provider>;
}

/** Shows the keys of a command. */
export function Keys({ keys }: { readonly keys: string }) {
  return (
    <span className="keys">
      {keyNames(keys).map((name, index) => (
        <kbd key={index}>{name}</kbd>
      ))}
    </span>
  );
}

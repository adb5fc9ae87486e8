import { Search } from "lucide-react";
import { useId, useMemo, useState, type KeyboardEvent } from "react";
import { Dialog } from "../ui/Dialog.js";
import { useAllCommands, type Command } from "./commands.js";
import { Keys } from "./Keys.js";
import { useFound } from "./useFound.js";

/** Finds customers, deals, calls and meetings, and everything that can be done on the page now. */
export function Palette({ onClose }: { readonly onClose: () => void }) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const id = useId();
  const commands = useMatching(text);
  const found = useFound(text);
  const shown = useMemo(() => [...found, ...commands], [found, commands]);
  const chosen = Math.min(at, shown.length - 1);
  const run = (command: Command | undefined) => {
    if (!command) return;
    onClose();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const moves: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
    const by = moves[event.key];
    if (by !== undefined && shown.length > 0) setAt((chosen + by + shown.length) % shown.length);
    else if (event.key === "Enter") run(shown[chosen]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Search or jump to" titleHidden className="palette" onClose={onClose}>
      <div className="palette-input">
        <Search aria-hidden />
        <input
          autoFocus role="combobox" aria-expanded="true" aria-controls={`${id}-list`} aria-label="Search or jump to" aria-autocomplete="list"
          aria-activedescendant={shown[chosen] ? `${id}-${chosen}` : undefined} placeholder="Search or jump to…" value={text}
          onChange={(event) => { setText(event.target.value); setAt(0); }} onKeyDown={onKeyDown}
        />
        <Keys keys="escape" />
      </div>
      <Options id={id} commands={shown} chosen={chosen} run={run} />
      {shown.length === 0 && <p className="palette-none">Nothing is called “{text}”.</p>}
    </Dialog>
  );
}

/** The groups that are on every page come after those of the page, in this order. */
const lastGroups = ["Create", "Go to", "People", "Network", "Settings", "General"];

/** Returns the commands whose words begin with the words of a text, by group: first those of the page. */
function useMatching(text: string): readonly Command[] {
  const all = useAllCommands();
  return useMemo(() => {
    const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
    const matching = all.filter(({ label, group, also = "", keysOnly }) => {
      const has = `${label} ${group} ${also}`.toLowerCase().split(/\s+/);
      return !keysOnly && wanted.every((word) => has.some((each) => each.startsWith(word)));
    });
    return matching.sort((a, b) => lastGroups.indexOf(a.group) - lastGroups.indexOf(b.group));
  }, [all, text]);
}

interface OptionsProps {
  readonly id: string;
  readonly commands: readonly Command[];
  readonly chosen: number;
  run(command: Command): void;
}

function Options({ id, commands, chosen, run }: OptionsProps) {
  const groups = Map.groupBy(commands.map((command, index) => ({ command, index })), ({ command }) => command.group);
  return (
    <div id={`${id}-list`} role="listbox" aria-label="Results" className="palette-list">
      {[...groups].map(([group, options]) => (
        <div key={group} role="group" aria-label={group}>
          <div className="caption" aria-hidden="true">{group}</div>
          {options.map(({ command, index }) => (
            <div
              key={command.id} id={`${id}-${index}`} role="option" aria-selected={index === chosen} className="palette-option"
              ref={(element) => { if (index === chosen) element?.scrollIntoView({ block: "nearest" }); }}
              onClick={() => run(command)}
            >
              <span className="clip">{command.label}</span>
              {command.keys && <Keys keys={command.keys} />}
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}

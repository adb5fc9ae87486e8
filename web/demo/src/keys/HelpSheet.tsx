import { Dialog } from "../ui/Dialog.js";
import { useAllCommands, type Command } from "./commands.js";
import { Keys } from "./Keys.js";

/** Shows the keys of everything that can be done on the page now. */
export function HelpSheet({ onClose }: { readonly onClose: () => void }) {
  const groups = Map.groupBy(useAllCommands().filter(({ keys }) => keys), ({ group }) => group);
  return (
    <Dialog title="Keyboard shortcuts" className="help" onClose={onClose}>
      <div className="help-groups">
        {[...groups].map(([group, commands]) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {commands.map((command) => (
                <Line key={command.id} command={command} />
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

function Line({ command }: { readonly command: Command }) {
  return (
    <div>
      <dt>{command.label}</dt>
      <dd>
        <Keys keys={command.keys ?? ""} />
      </dd>
    </div>
  );
}

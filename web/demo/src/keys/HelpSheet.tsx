import { Dialog } from "../ui/Dialog.js";
import { useAllCommands, type Command } from "./commands.js";
import { Keys } from "./Keys.js";

type Line = Pick<Command, "id" | "group" | "label" | "keys">;

const line = (group: string, keys: string, label: string): Line => ({ id: `${group} ${keys}`, group, label, keys });

/** The keys of forms, dialogs and lists, which handle them without commands. */
const inside: readonly Line[] = [
  line("In a form", "enter", "Save; in the notes, a new line"),
  line("In a form", "mod+enter", "Save, also from the notes"),
  line("In a comment", "@", "Mention somebody"),
  line("In a comment", "arrowup arrowdown", "Choose whom to mention"),
  line("In a comment", "tab", "Mention that person; Enter does, too"),
  line("In a comment", "mod+enter", "Send the comment"),
  line("In a dialog", "mod+enter", "Create, or apply the decision"),
  line("In a dialog", "escape", "Close; decide a conflict later"),
  line("In a menu or the search", "arrowup arrowdown", "Choose"),
  line("In a menu or the search", "enter", "Do what is chosen"),
  line("In a menu or the search", "escape", "Close"),
  line("Lists", "arrowup arrowdown", "Move through the rows, as J and K do"),
  line("Lists", "enter", "Open the row"),
  line("In an activity", "pagedown", "Next item"),
  line("In an activity", "pageup", "Previous item"),
];

/** Shows the keys of everything that can be done on the page now. */
export function HelpSheet({ onClose }: { readonly onClose: () => void }) {
  const commands = useAllCommands().filter(({ keys }) => keys);
  const groups = Map.groupBy<string, Line>([...commands, ...inside], ({ group }) => group);
  return (
    <Dialog title="Keyboard shortcuts" className="help" onClose={onClose}>
      <div className="help-groups" role="group" aria-label="All shortcuts" tabIndex={0}>
        {[...groups].map(([group, lines]) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {lines.map(({ id, label, keys = "" }) => (
                <div key={id}>
                  <dt>{label}</dt>
                  <dd>
                    <Keys keys={keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

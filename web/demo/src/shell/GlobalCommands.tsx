import { useLocation } from "wouter";
import { useCommands, type Command } from "../keys/commands.js";
import { useSwitch } from "../push/useSwitch.js";
import { useDemo } from "../session/context.js";
import { isPane, openBeside } from "../session/panes.js";
import { places } from "./places.js";
import { chooseTheme } from "./theme.js";

interface GlobalCommandsProps {
  search(): void;
  help(): void;
}

/** Offers the commands of every page. */
export function GlobalCommands({ search, help }: GlobalCommandsProps) {
  const [, go] = useLocation();
  const { people, person, lab, openLab } = useDemo();
  const switchTo = useSwitch();
  const goTo: Command[] = places.map(({ path, label, keys }) => ({ id: `go${path}`, label, group: "Go to", keys, run: () => go(path) }));
  const themes = (["system", "light", "dark"] as const).map((theme): Command => ({
    id: `theme-${theme}`, label: theme === "system" ? "Look like the system" : `Use the ${theme} look`, group: "Settings", also: "theme", run: () => chooseTheme(theme),
  }));
  const others = people.filter(({ id }) => id !== person.id);
  useCommands([
    { id: "palette", label: "Search or jump to", group: "General", keys: "mod+k", keysOnly: true, run: search },
    { id: "palette-slash", label: "Search", group: "General", keys: "/", keysOnly: true, run: search },
    { id: "help", label: "Keyboard shortcuts", group: "General", keys: "?", run: help },
    ...goTo,
    { id: "go-deal-table", label: "Deals as a table", group: "Go to", run: () => go("/deals/table") },
    { id: "go-preferences", label: "Notification preferences", group: "Settings", also: "quiet hours mute push e-mail digest", run: () => go("/inbox/preferences") },
    ...themes,
    ...(isPane() ? [] : [
      { id: "lab", label: lab ? "Close the network lab" : "Open the network lab", group: "Network", keys: "n", also: "offline cut slow", run: () => openLab(!lab) },
      ...others.map(({ id, name }): Command => ({ id: `beside-${id}`, label: `Open ${name} beside me`, group: "People", also: "second person two", run: () => openBeside(person.id, id) })),
    ]),
    ...others.map(({ id, name }): Command => ({ id: `as-${id}`, label: `Go on as ${name}`, group: "People", also: "switch person", run: () => switchTo(id) })),
  ]);
  return null;
}

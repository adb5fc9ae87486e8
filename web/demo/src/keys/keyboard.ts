import type { Command } from "./commands.js";

const mac = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);

/** How long the second key of a pair may take. */
const pairTime = 1200;

const symbols: Readonly<Record<string, string>> = {
  mod: mac ? "⌘" : "Ctrl", enter: "↵", shift: "⇧", escape: "Esc", arrowleft: "←", arrowright: "→", arrowup: "↑", arrowdown: "↓", tab: "Tab", pageup: "PgUp", pagedown: "PgDn",
};

/** Returns the keys of a command as a person finds them on the keyboard: `mod+k` as "⌘K" or "Ctrl K". */
export function keyNames(keys: string): readonly string[] {
  return keys.split(" ").map((step) => {
    const names = step.split("+").map((name) => symbols[name] ?? (name.length === 1 ? name.toUpperCase() : name));
    return names.join(mac || names.length === 1 ? "" : " ");
  });
}

/** Runs commands by their keys, until the returned function is called. */
export function listenForKeys(commands: () => readonly Command[]): () => void {
  let first = "";
  let firstAt = 0;
  const listener = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || event.repeat && event.key.length > 1) return;
    const step = stepOf(event);
    if (step === undefined) return;
    const pair = performance.now() - firstAt < pairTime ? `${first} ${step}` : step;
    const usable = commands().filter((command) => command.keys && mayRun(command, event));
    const chosen = usable.findLast(({ keys }) => keys === pair) ?? usable.findLast(({ keys }) => keys === step);
    first = usable.some(({ keys }) => keys?.startsWith(`${step} `)) ? step : "";
    firstAt = performance.now();
    if (!chosen) return;
    event.preventDefault();
    first = "";
    chosen.run();
  };
  window.addEventListener("keydown", listener);
  return () => window.removeEventListener("keydown", listener);
}

/** Returns what a key press is called in `Command.keys`, or undefined for a modifier alone. */
function stepOf(event: KeyboardEvent): string | undefined {
  if (["Shift", "Control", "Alt", "Meta"].includes(event.key) || event.altKey) return undefined;
  const key = event.key.toLowerCase();
  const mod = mac ? event.metaKey : event.ctrlKey;
  if (mac ? event.ctrlKey : event.metaKey) return undefined;
  if (mod) return `mod+${key}`;
  // The shift of a sign, such as ?, is part of it.
  return event.shiftKey && key.length > 1 ? `shift+${key}` : key;
}

/** While a text is typed or a dialog is open, single keys belong to that. */
function mayRun(command: Command, event: KeyboardEvent): boolean {
  if (command.keys?.startsWith("mod+")) return command.whileTyping !== false;
  const target = event.target instanceof Element ? event.target : undefined;
  if (target?.closest("dialog[open], [popover]:popover-open")) return false;
  const typing = target?.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  return !typing || command.whileTyping === true;
}

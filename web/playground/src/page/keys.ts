/** The key of commands on this machine. */
export const command = /Mac|iP(hone|ad)/.test(navigator.platform) ? "⌘" : "Ctrl";

/** The actions of the keys of the page. */
export interface KeyActions {
  run(): void;
  menu(): void;
  tidy(): void;
  help(): void;
}

/**
 * Listens for the keys of the page before any editor does, and returns how to stop.
 *
 * @example
 * useEffect(() => listenForKeys({ run, menu, tidy, help }));
 */
export function listenForKeys(actions: KeyActions): () => void {
  const pressed = (event: KeyboardEvent) => {
    const act = actionOf(event, actions);
    // A modal has keys of its own.
    if (!act || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  window.addEventListener("keydown", pressed, true);
  return () => window.removeEventListener("keydown", pressed, true);
}

function actionOf(event: KeyboardEvent, { run, menu, tidy, help }: KeyActions): (() => void) | undefined {
  const isCommand = event.ctrlKey || event.metaKey;
  if (isCommand && event.key === "Enter") return run;
  if (isCommand && event.key.toLowerCase() === "k") return menu;
  if (event.altKey && event.shiftKey && event.code === "KeyF") return tidy;
  if (event.key === "F1" || (event.key === "?" && !isTyping(event.target))) return help;
  return undefined;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, select, textarea"));
}

import { Check } from "lucide-react";
import { createContext, useContext, useId, useRef, type KeyboardEvent, type ReactNode } from "react";

const CloseContext = createContext<() => void>(() => {});

interface MenuProps {
  readonly label: string;
  /** Whether the button says enough by its text, so that the label is only for the menu. */
  readonly says?: boolean | undefined;
  readonly button: ReactNode;
  readonly className: string;
  readonly children: ReactNode;
}

/** A button with a menu. Arrow keys move in it; Escape and a click elsewhere close it. */
export function Menu({ label, says = false, button, className, children }: MenuProps) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const focusFirst = (event: { newState: string }) => {
    if (event.newState !== "open") return;
    const items = itemsOf(list.current);
    (items.find((item) => item.getAttribute("aria-checked") === "true") ?? items[0])?.focus();
  };
  return (
    <>
      <button type="button" className={className} aria-haspopup="menu" aria-label={says ? undefined : label} popoverTarget={id}>
        {button}
      </button>
      <div ref={list} id={id} popover="auto" role="menu" aria-label={label} className="menu" onToggle={focusFirst} onKeyDown={moveFocus}>
        <CloseContext.Provider value={() => list.current?.hidePopover()}>{children}</CloseContext.Provider>
      </div>
    </>
  );
}

function itemsOf(list: HTMLElement | null): HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])];
}

function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const items = itemsOf(event.currentTarget);
  const at = items.indexOf(document.activeElement as HTMLElement);
  const to: Readonly<Record<string, number>> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 };
  const next = to[event.key];
  if (next === undefined) return;
  event.preventDefault();
  items[(next + items.length) % items.length]?.focus();
}

interface MenuItemProps {
  readonly children: ReactNode;
  /** For a choice among several: whether this is the present one. */
  readonly checked?: boolean | undefined;
  /** Whether the menu stays open, as for choices that go together. */
  readonly stays?: boolean | undefined;
  readonly several?: boolean | undefined;
  /** Whether it takes something away. */
  readonly danger?: boolean | undefined;
  run(): void;
}

/** One line of a menu. */
export function MenuItem({ children, checked, stays = false, several = false, danger = false, run }: MenuItemProps) {
  const close = useContext(CloseContext);
  const role = checked === undefined ? "menuitem" : several ? "menuitemcheckbox" : "menuitemradio";
  const choose = () => {
    if (!stays) close();
    run();
  };
  return (
    <button type="button" role={role} aria-checked={checked} className={danger ? "menu-item danger" : "menu-item"} tabIndex={-1} onClick={choose}>
      {children}
      {checked && <Check className="menu-check" />}
    </button>
  );
}

import { State, type ReadableState } from "../state.js";

/** How long a page may be left untouched before its person counts as gone. */
const IDLE_MS = 5 * 60_000;

const TOUCHES = ["pointerdown", "pointermove", "wheel", "keydown", "focusin"];

/**
 * Whether somebody looks at the page: it is not hidden, and was touched within the last minutes. A page that is shown again
 * counts as touched. Outside of pages somebody always looks.
 */
export function attention(signal: AbortSignal): ReadableState<boolean> {
  const looks = new State(true);
  if (typeof document === "undefined") return looks;
  let touchedAt = Date.now();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    clearTimeout(timer);
    const left = touchedAt + IDLE_MS - Date.now();
    looks.set(document.visibilityState === "visible" && left > 0);
    if (looks.get()) timer = setTimeout(look, left);
  };
  // The events of a moving pointer are many, so the timer is left alone while somebody looks.
  const touch = () => {
    touchedAt = Date.now();
    if (!looks.get()) look();
  };
  const turn = () => {
    touch();
    look();
  };
  for (const type of TOUCHES) document.addEventListener(type, touch, { capture: true, passive: true, signal });
  document.addEventListener("visibilitychange", turn, { signal });
  signal.addEventListener("abort", () => clearTimeout(timer));
  look();
  return looks;
}

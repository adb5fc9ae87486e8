import type { Event } from "./machine.js";

/** How late a tick must be for the device to have slept. */
const SLEPT_MS = 5_000;

/** The time between two reports that a person does something. */
const TOUCHES_MS = 1_000;

type Listen = readonly [target: EventTarget | undefined, type: string, take: (event: globalThis.Event) => void];

/**
 * Tells the connection when the page sleeps and wakes. The network information of browsers is a reason to try now, and never
 * a reason not to. Returns the end of it. Outside of pages nothing happens.
 */
export function watchPage(send: (event: Event) => void): () => void {
  if (typeof window === "undefined" || typeof document === "undefined") return () => {};
  const wake = (changed: boolean) => send({ type: "wake", changed });
  let touchedAt = 0;
  const touch = () => {
    if (Math.abs(Date.now() - touchedAt) < TOUCHES_MS) return;
    touchedAt = Date.now();
    send({ type: "touched" });
  };
  const network = (navigator as { connection?: EventTarget & { readonly type?: string } }).connection;
  let kind = network?.type;
  // Chromium reports every new estimate of the speed, too. Only another kind of network is another network.
  const changed = () => {
    if (network?.type === kind) return;
    kind = network?.type;
    wake(true);
  };
  const listens: readonly Listen[] = [
    [document, "visibilitychange", () => isVisible() && wake(false)],
    [window, "focus", () => wake(false)],
    [window, "pointerdown", touch],
    [window, "keydown", touch],
    [window, "online", () => wake(true)],
    [network, "change", changed],
    // Frozen, or kept for the way back: the browser closes the socket, so the client does it in order and wakes without an error.
    [window, "pagehide", () => send({ type: "suspend" })],
    [document, "freeze", () => send({ type: "suspend" })],
    [document, "resume", () => wake(true)],
    [window, "pageshow", (event) => (event as PageTransitionEvent).persisted && wake(true)],
  ];
  for (const [target, type, take] of listens) target?.addEventListener(type, take, { passive: true });
  // A device that sleeps tells a visible page nothing. The ticks of a hidden one are late anyway.
  let ticked = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    if (now - ticked > SLEPT_MS && isVisible()) wake(true);
    ticked = now;
  }, 1_000);
  return () => {
    clearInterval(timer);
    for (const [target, type, take] of listens) target?.removeEventListener(type, take);
  };
}

function isVisible(): boolean {
  return document.visibilityState === "visible";
}

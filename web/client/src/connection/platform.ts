import { recall, remember } from "./memory.js";
import type { Transport } from "./status.js";
import type { Platform } from "./wire.js";

/** Takes the platform's own parts, unless the application gave others. */
export function platformOf(given: { readonly fetch?: typeof fetch; readonly WebSocket?: typeof WebSocket }): Platform {
  return {
    fetch: given.fetch ?? ((...request) => fetch(...request)),
    WebSocket: given.WebSocket ?? (typeof WebSocket === "undefined" ? undefined : WebSocket),
    hidden: () => typeof document !== "undefined" && document.visibilityState === "hidden",
    thrifty: () => typeof navigator !== "undefined" && (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true,
  };
}

/** Whether the browser believes that it has a network. It may be wrong in both directions. */
export function isOnline(): boolean {
  return typeof navigator === "undefined" || navigator.onLine !== false;
}

const KEPT_MS = 24 * 3_600_000;
const key = (url: string) => `tandem:transport:${url}`;

/** Remembers which transport worked here last, for the next start. */
export function rememberTransport(url: string, transport: Transport): void {
  remember(key(url), { transport, at: Date.now() });
}

/** The transport that worked here within the last day. */
export function recallTransport(url: string): Transport | undefined {
  const last = recall<{ readonly transport: Transport; readonly at: number }>(key(url));
  return last && Date.now() - last.at < KEPT_MS ? last.transport : undefined;
}

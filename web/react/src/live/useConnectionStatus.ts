"use client";

import type { ConnectionStatus } from "@tandem/client";
import { useTandemContext } from "../provider/context.js";
import { noConnection } from "./initial.js";
import { useReadable } from "./useReadable.js";

/**
 * Returns the state of the connection, and how many edits wait for it. `lost` is the moment to show something: a
 * connection that is back within five seconds is not worth a word.
 *
 * @example
 * ```tsx
 * const { lost, nextAttemptAt } = useConnectionStatus();
 * return lost ? <p>Offline, next attempt at {nextAttemptAt?.toLocaleTimeString()}</p> : null;
 * ```
 */
export function useConnectionStatus(): ConnectionStatus {
  return useReadable(useTandemContext().tandem.status, noConnection);
}

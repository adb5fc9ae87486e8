/** How the connection reaches the server: a WebSocket, an event stream, or by asking again and again. */
export type Transport = "ws" | "sse" | "poll";

/** The states of a connection. */
export type ConnectionState =
  | "idle" | "connecting" | "connected" | "reconnecting" | "offline" | "draining" | "unauthorized" | "closed";

/**
 * The state of the connection, as an application shows it.
 *
 * @example
 * ```ts
 * const { state, lost } = tandem.status.get();
 * if (lost) show(`Offline since ${state.since}`);
 * ```
 */
export interface ConnectionStatus {
  readonly state: ConnectionState;
  /** How it is connected now, or was connected last. */
  readonly transport: Transport;
  /** When it came into this state. */
  readonly since: Date;
  /** How many attempts failed since it was connected last. */
  readonly attempt: number;
  /** When it tries again, unless something wakes it before. */
  readonly nextAttemptAt: Date | undefined;
  /** Whether it is connected and subscriptions still receive what they missed. */
  readonly catchingUp: boolean;
  /** Whether it has been away for more than five seconds: only then is it worth showing. */
  readonly lost: boolean;
  /** Whether events arrive late, or less often to save data. */
  readonly slow: boolean;
  /** How many edits wait on this device. */
  readonly pending: number;
  /** Why it is not connected. `text` is for people. */
  readonly reason: { readonly code: string; readonly text: string } | undefined;
}

import { Unauthorized, Unavailable } from "../errors.js";
import type { Operation, Result } from "../operation.js";
import { callSafely, type ReadableState } from "../state.js";
import type { Followers } from "./followers.js";
import type { Http } from "./http.js";
import type { Following, Link, SessionEvent } from "./link.js";
import type { Event } from "./machine.js";
import { isOnline } from "./platform.js";
import type { ConnectionStatus } from "./status.js";

/** The link of a tab: requests of its own, and subscriptions over the connection. */
export class ConnectionLink implements Link {
  private readonly sessionListeners = new Set<(event: SessionEvent) => void>();

  constructor(
    private readonly http: Http,
    private readonly followers: Followers,
    readonly status: ReadableState<ConnectionStatus>,
    private readonly send: (event: Event) => void,
  ) {}

  async execute<T>(operation: Operation, options: { readonly signal?: AbortSignal | undefined } = {}): Promise<Result<T>> {
    const begunAt = Date.now();
    try {
      const result = await this.http.execute<T>(operation, options);
      this.send({ type: "reached", ms: Date.now() - begunAt });
      return result;
    } catch (error) {
      if (error instanceof Unauthorized) this.send({ type: "refused" });
      if (error instanceof Unavailable && !isOnline()) this.send({ type: "unreachable" });
      throw error;
    }
  }

  follow<T>(following: Following<T>): () => void {
    // A person who has to sign in again is not asked for at every subscription.
    if (this.status.get().state === "idle") this.send({ type: "connect" });
    return this.followers.follow(following as Following<unknown>);
  }

  onResync(listener: () => void): () => void {
    return this.followers.onResync(listener);
  }

  onSession(listener: (event: SessionEvent) => void): () => void {
    const entry = (event: SessionEvent) => listener(event);
    this.sessionListeners.add(entry);
    return () => void this.sessionListeners.delete(entry);
  }

  /** Tells the listeners of an event. */
  announce(event: SessionEvent): void {
    for (const listener of [...this.sessionListeners]) callSafely(listener, event);
  }
}

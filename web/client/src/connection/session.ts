import { SessionDocument, type SessionSubscription, RefreshSessionDocument } from "../graphql/documents.js";
import type { Credentials } from "./credentials.js";
import type { SessionEvent } from "./link.js";
import type { Wire } from "./wire.js";

export interface SessionHost {
  onAccess(event: SessionEvent): void;
  onDraining(afterMs: number): void;
  /** The person is not a member any more. */
  onRemoved(): void;
}

type Event = SessionSubscription["session"];

/** The time between two renewals, also of sessions that are shorter than a minute, of which the server says at once that they expire. */
const RENEWAL_MS = 5_000;

/** Listens to the session of one wire, and renews its credentials before they expire. */
export class Session {
  private readonly stop: (() => void) | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private renewAt = 0;

  constructor(private readonly wire: Wire, private readonly credentials: Credentials, private readonly host: SessionHost) {
    if (wire.transport === "poll") return; // each request has a token of its own
    if (this.isReplaced) this.renewAt = Date.now() + RENEWAL_MS;
    this.stop = wire.subscribe({ query: SessionDocument }, {
      next: ({ data, errors }) => (data ? this.take((data as SessionSubscription).session) : this.refused(errors?.[0]?.extensions?.code)),
      failed: ([first]) => this.refused(first?.extensions?.code),
      completed: () => {},
    });
  }

  end(): void {
    clearTimeout(this.timer);
    this.stop?.();
  }

  private refused(code: string | undefined): void {
    if (code === "FORBIDDEN") this.host.onRemoved();
  }

  private take(event: Event): void {
    switch (event.__typename) {
      case "AccessChanged":
        return this.host.onAccess({ type: "accessChanged", role: event.role, entityId: event.entityId, message: event.message });
      case "ServerDraining":
        return this.host.onDraining(event.reconnectAfterMs);
      case "SessionExpiring":
        clearTimeout(this.timer);
        this.timer = setTimeout(() => void this.renew(), Math.max(0, this.renewAt - Date.now()));
    }
  }

  /** Whether fresh credentials need a new wire: a socket can't take another cookie, and a stream can't take another token. */
  private get isReplaced(): boolean {
    return this.wire.transport === "sse" || !this.credentials.hasTokens;
  }

  /** Without fresh credentials nothing happens: the server ends the connection, and the next one asks again. */
  private async renew(): Promise<void> {
    if (!this.credentials.renewable) return;
    this.renewAt = Date.now() + RENEWAL_MS;
    let token: string | undefined;
    try {
      token = await this.credentials.token(true);
    } catch {
      return;
    }
    if (this.isReplaced) return this.host.onDraining(0);
    const ignore = () => {};
    this.wire.subscribe({ query: RefreshSessionDocument, variables: { token } }, { next: ignore, failed: ignore, completed: ignore });
  }
}

import type { ConnectionStatus } from "../connection/status.js";
import type { LiveEntity, OwnPresence, TandemData } from "../data/live.js";
import { TandemError, Unauthorized } from "../errors.js";
import { callSafely } from "../state.js";
import type { Tandem } from "../tandem.js";
import { subjectOf } from "./channel.js";
import type { MessageCallback, RealtimeMessage, SentMessage } from "./message.js";
import { failure, openChannel } from "./openChannel.js";

/**
 * A connection by channels and messages, for applications that think in those. Everything comes over the client's one
 * connection: a channel continues after its last message when the connection was lost.
 *
 * | channel | messages |
 * |---|---|
 * | `customer:<id>`, `call:<id>`, `meeting:<id>`, `deal:<id>` | `data_update`, `conflict` |
 * | `entities` | the same, of everything that the person may see |
 * | `activity`, `activity:user:<id>`, `activity:customer:<id>` | `data_update` |
 * | `notifications` | `notification` |
 * | `room:<id>` | `presence_update`; the person is in the room while it is subscribed to |
 * | `session`, `connection` | `system` |
 *
 * @example
 * ```ts
 * const manager: WebSocketManager = createWebSocketManager(tandem);
 * manager.subscribe(`customer:${id}`, ({ type, payload }) => console.log(type, payload));
 * ```
 */
export interface WebSocketManager {
  /** Resolves when it is connected. Rejects if the person has to sign in again, or when the connection is ended before. */
  connect(): Promise<void>;
  disconnect(): void;
  /** Calls back with every message of a channel. Throws if there is no such channel. The same function counts once. */
  subscribe(channel: string, callback: MessageCallback): void;
  unsubscribe(channel: string, callback: MessageCallback): void;
  /**
   * Sends a `presence_update` to a room that is subscribed to, or a `data_update` with a patch to an entity. The edit waits
   * in the outbox while there is no connection. Throws for everything else: the server carries no free messages.
   */
  send(message: SentMessage): void;
  getConnectionStatus(): ConnectionStatus;
}

/**
 * Makes a manager of channels over a client.
 *
 * @example
 * ```ts
 * const manager = createWebSocketManager(tandem);
 * await manager.connect();
 * manager.send({ type: "data_update", channel: `customer:${id}`, payload: { phone: "+1 555 0100" } });
 * ```
 */
export function createWebSocketManager(tandem: Tandem & TandemData): WebSocketManager {
  return new ChannelManager(tandem);
}

interface Channel {
  readonly callbacks: Set<MessageCallback>;
  end(): void;
}

class ChannelManager implements WebSocketManager {
  private readonly channels = new Map<string, Channel>();

  constructor(private readonly tandem: Tandem & TandemData) {}

  connect(): Promise<void> {
    const { status } = this.tandem;
    this.tandem.connect();
    return new Promise((resolve, reject) => {
      const look = () => {
        const { state } = status.get();
        if (state === "connected" || state === "draining") resolve();
        else if (state === "unauthorized") reject(new Unauthorized("The person has to sign in again."));
        else if (state === "closed" || state === "idle") reject(new TandemError("CLOSED", "The connection was ended."));
        else return;
        end();
      };
      const end = status.subscribe(look);
      look();
    });
  }

  disconnect(): void {
    this.tandem.disconnect();
  }

  subscribe(channel: string, callback: MessageCallback): void {
    const known = this.channels.get(channel);
    if (known) return void known.callbacks.add(callback);
    const callbacks = new Set([callback]);
    const end = openChannel(this.tandem, channel, (message) => tell(callbacks, message));
    this.channels.set(channel, { callbacks, end });
  }

  unsubscribe(channel: string, callback: MessageCallback): void {
    const known = this.channels.get(channel);
    if (!known?.callbacks.delete(callback) || known.callbacks.size > 0) return;
    this.channels.delete(channel);
    known.end();
  }

  send({ type, channel, payload }: SentMessage): void {
    const subject = subjectOf(channel);
    if (type === "data_update" && subject.of === "entity") {
      return void this.save(channel, this.tandem.entity(subject.type, subject.id), payload as Readonly<Record<string, unknown>>);
    }
    if (type !== "presence_update" || subject.of !== "room") throw new TypeError(`A message of the type ${type} can't be sent to ${channel}.`);
    if (!this.channels.has(channel)) throw new TypeError(`Subscribe to ${channel} first: only people in a room have a presence there.`);
    this.tandem.room(subject.id).update(payload as OwnPresence);
  }

  getConnectionStatus(): ConnectionStatus {
    return this.tandem.status.get();
  }

  /** Keeps an edit against the version that is known, and reads the entity first if none is. */
  private async save(channel: string, entity: LiveEntity, patch: Readonly<Record<string, unknown>>): Promise<void> {
    let end = () => {};
    try {
      await new Promise<void>((resolve, reject) => {
        const look = () => {
          const { status, data, error } = entity.get();
          if (data) resolve();
          else if (status !== "loading") reject(error ?? new TandemError("NOT_FOUND", "There is no such entity."));
        };
        end = entity.subscribe(look);
        look();
      });
      await entity.save(patch);
    } catch (error) {
      if (error instanceof TandemError) this.tell(failure(channel, error));
      else throw error;
    } finally {
      end();
    }
  }

  private tell(message: RealtimeMessage): void {
    const callbacks = this.channels.get(message.channel)?.callbacks;
    if (callbacks) tell(callbacks, message);
  }
}

function tell(callbacks: ReadonlySet<MessageCallback>, message: RealtimeMessage): void {
  for (const callback of [...callbacks]) callSafely(callback, message);
}

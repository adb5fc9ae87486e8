import type { ConnectionStatus } from "../connection/status.js";
import type { SessionEvent } from "../connection/link.js";

/** The kinds of messages. */
export type MessageType = "data_update" | "presence_update" | "notification" | "conflict" | "system";

/**
 * One message on a channel.
 *
 * @example
 * ```ts
 * const show = ({ payload, timestamp }: RealtimeMessage<DataUpdate>) => console.log(timestamp, payload.changes);
 * ```
 */
export interface RealtimeMessage<Payload = unknown> {
  /** The cursor of an event of the log; an id of its own for everything else. */
  readonly id: string;
  readonly type: MessageType;
  readonly channel: string;
  readonly payload: Payload;
  readonly timestamp: Date;
  /** The id of the person who did it, if there is one. */
  readonly userId?: string | undefined;
}

/**
 * The parts of a message that an application gives to `send`. A whole message will do.
 *
 * @example
 * ```ts
 * const edit: SentMessage = { type: "data_update", channel: `customer:${id}`, payload: { phone: "+1 555 0100" } };
 * ```
 */
export type SentMessage = Pick<RealtimeMessage, "type" | "channel" | "payload">;

/**
 * The payload of `data_update` on the channels of entities: a change as the log has it.
 *
 * @example
 * ```ts
 * if (payload.changes.some(({ field }) => field === "status")) refreshBoard();
 * ```
 */
export interface DataUpdate {
  readonly entityType: string;
  readonly entityId: string;
  /** `created`, `updated`, `deleted` and so on. */
  readonly kind: string;
  readonly version: number;
  readonly changes: readonly { readonly field: string; readonly oldValue: unknown; readonly newValue: unknown }[];
  /** The id of the edit, by which an application recognizes its own. */
  readonly clientMutationId: string | null;
}

/**
 * The payload of `conflict`: a conflict over an entity opened, moved on or was resolved.
 *
 * @example
 * ```ts
 * if (payload.kind === "opened") openDialog(payload.conflictId);
 * ```
 */
export interface ConflictUpdate {
  readonly kind: "opened" | "moved_on" | "resolved";
  readonly conflictId: string;
  readonly entityId: string;
}

/**
 * The payload of `system`. After `resync`, messages may be missing: read again what is shown.
 *
 * @example
 * ```ts
 * if (payload.kind === "resync") reload();
 * ```
 */
export type SystemUpdate =
  | { readonly kind: "status"; readonly status: ConnectionStatus }
  | { readonly kind: "session"; readonly event: SessionEvent }
  | { readonly kind: "resync" }
  /** The server sends no more on this channel, or did not take what was sent. `code` is a code of the protocol. */
  | { readonly kind: "failed"; readonly code: string; readonly text: string };

/** Takes the messages of a channel. */
export type MessageCallback = (message: RealtimeMessage) => void;

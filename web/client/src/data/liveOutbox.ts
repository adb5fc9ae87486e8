import type { KeptEdit } from "../outbox/outcome.js";
import type { OutboxRecord } from "../outbox/record.js";
import type { ReadableState } from "../state.js";
import type { EntityTypeName } from "../store/types.js";

/**
 * The edits that wait on this device, for a list of them.
 *
 * @example
 * ```ts
 * const { waiting } = tandem.outbox.get();
 * ```
 */
export interface OutboxState {
  readonly records: readonly OutboxRecord[];
  /** The number of records that wait or are being sent. */
  readonly waiting: number;
  /** Whether they outlive the page. */
  readonly durable: boolean;
}

/**
 * The edits that wait on this device, and the way to create entities.
 *
 * @example
 * ```ts
 * const { entityId } = await tandem.outbox.create("Customer", { name: "Acme" });
 * navigate(`/customers/${entityId}`);
 * ```
 */
export interface LiveOutbox extends ReadableState<OutboxState> {
  /** Creates an entity, also without a connection. Its id serves until the server has given it another. */
  create(type: EntityTypeName, fields: Readonly<Record<string, unknown>>): Promise<KeptEdit & { readonly entityId: string }>;
  /** Gives up a record. */
  discard(clientMutationId: string): Promise<void>;
  /** Sends now what waits. */
  retry(): void;
}

import { failureOf, TandemError } from "../errors.js";
import type { Document, Operation, Result } from "../operation.js";
import type { ConnectionStatus } from "./status.js";
import type { ReadableState } from "../state.js";

/**
 * A subscription that continues after every lost connection. A query with a variable `$after` resumes: the link gives
 * that variable the last cursor that `next` has processed. One without it, such as a room's presence, begins anew.
 *
 * @example
 * ```ts
 * const stop = tandem.link.follow<{ customerChanged: CustomerChange }>({
 *   query: `subscription ($id: ID!, $after: Cursor) { customerChanged(id: $id, after: $after) { cursor version kind } }`,
 *   variables: { id },
 *   after: customer.cursor,
 *   next: ({ customerChanged }) => show(customerChanged),
 *   resync: () => readAgain(),
 *   ended: (reason) => report(reason),
 * });
 * ```
 */
export interface Following<T> extends Operation {
  /** The cursor to begin after. Without it, the link reads the position of the log first, and begins there. */
  readonly after?: string | undefined;
  /** The cursor of an event. Without it, the field `cursor` of the only root field. */
  readonly cursorOf?: (data: T) => string | null | undefined;
  /** Takes one event, in order. The cursor moves when it has returned; after a throw, the event comes again. */
  next(data: T): void;
  /** The log can't be read after the cursor: read everything that is shown again. The subscription goes on after the answer. */
  resync?(): ResyncAnswer | Promise<ResyncAnswer>;
  /** The server will send no more: the person lost access, or the subscription is invalid. Nothing is called afterwards. */
  ended(reason: TandemError): void;
}

/** The cursor that was read with the data that is shown now. Without one, the link reads the position of the log. */
export type ResyncAnswer = string | undefined | void;

/**
 * The connection as the rest of the kit and the adapters see it: operations, and subscriptions that resume.
 *
 * @example
 * ```ts
 * const { data } = await tandem.link.execute<{ viewer: { role: string } }>({ query: "{ viewer { role } }" });
 * ```
 */
export interface Link {
  /**
   * Runs a query or a mutation. Resolves to the answer of the server, also if that has errors; rejects with `Unavailable`
   * if none came, with `Unauthorized` if the person has to sign in again, with `TandemError` of the code `ABORTED`.
   * Nothing is sent twice: a caller who repeats a mutation sends the same `clientMutationId` again.
   */
  execute<T>(operation: Operation, options?: { readonly signal?: AbortSignal | undefined }): Promise<Result<T>>;
  /**
   * Follows a subscription until the returned function is called. It begins and ends in the order of these calls, but one
   * that is ended at once never begins. One without `$after` ends a second later on the wire, so that a presence which
   * begins again within that second is not seen to leave.
   */
  follow<T>(following: Following<T>): () => void;
  /** The state of the connection. */
  readonly status: ReadableState<ConnectionStatus>;
  /** Is called whenever the log was replaced, or can't be read any more: all cursors are void. Once for all subscriptions. */
  onResync(listener: () => void): () => void;
  /** Is called for each event of the session: of access, for instance. */
  onSession(listener: (event: SessionEvent) => void): () => void;
}

/** A change of what the person may see, as the server reported it. All other session events are the connection's own. */
export interface SessionEvent {
  readonly type: "accessChanged";
  readonly role: "VIEWER" | "MEMBER" | "ADMIN";
  /** The entity that it is about; null if it may be about any. */
  readonly entityId: string | null;
  readonly message: string;
}

/**
 * Runs an operation and returns its data. Rejects with a TandemError if the answer has errors.
 *
 * @example
 * ```ts
 * const { viewer } = await request(tandem.link, ViewerDocument, {});
 * ```
 */
export async function request<Data, Variables>(
  link: Pick<Link, "execute">, query: Document<Data, Variables>, variables: Variables, options?: { readonly signal?: AbortSignal },
): Promise<Data> {
  const result = await link.execute<Data>({ query, variables: variables as Record<string, unknown> }, options);
  const failure = failureOf(result);
  if (failure) throw failure;
  if (!result.data) throw new TandemError("INTERNAL", "The answer has no data.");
  return result.data;
}

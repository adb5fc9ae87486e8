import type { GraphQLFault, Result } from "./operation.js";

/**
 * Why an operation has no answer, or a subscription ended. `code` is a code of the protocol (section 15), or one of the
 * kit's own: `UNAVAILABLE` when no answer came, `UNAUTHENTICATED` when the person has to sign in again, `ABORTED`,
 * `CLOSED`.
 *
 * @example
 * ```ts
 * try {
 *   await request(tandem.link, { query, variables });
 * } catch (error) {
 *   if (error instanceof TandemError && error.retryable) keep(variables);
 *   else throw error;
 * }
 * ```
 */
export class TandemError extends Error {
  override readonly name: string = "TandemError";
  readonly code: string;
  /** The errors of the answer, if the server answered. */
  readonly errors: readonly GraphQLFault[];
  /** How long to wait before the operation is sent again, if the server said so. */
  readonly retryAfterMs: number | undefined;

  constructor(code: string, message: string, details: { errors?: readonly GraphQLFault[]; retryAfterMs?: number | undefined; cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.errors = details.errors ?? [];
    this.retryAfterMs = details.retryAfterMs;
  }

  /** Whether the same operation may succeed later. A mutation must then have the same `clientMutationId` again. */
  get retryable(): boolean {
    return retryable.has(this.code);
  }
}

/**
 * No answer came: the network is away, the server is down, or the connection broke first. A mutation may have happened.
 *
 * @example
 * ```ts
 * const offline = error instanceof Unavailable;
 * ```
 */
export class Unavailable extends TandemError {
  override readonly name: string = "Unavailable";

  constructor(message: string, details: { retryAfterMs?: number | undefined; cause?: unknown } = {}) {
    super("UNAVAILABLE", message, details);
  }
}

/**
 * The server does not accept the person's credentials, also not fresh ones: they have to sign in again.
 *
 * @example
 * ```ts
 * if (error instanceof Unauthorized) location.assign("/login");
 * ```
 */
export class Unauthorized extends TandemError {
  override readonly name: string = "Unauthorized";

  constructor(message: string) {
    super("UNAUTHENTICATED", message);
  }
}

/** Makes the error of what its caller ended. */
export function aborted(cause?: unknown): TandemError {
  return new TandemError("ABORTED", "The caller ended the operation.", { cause });
}

const retryable = new Set(["UNAVAILABLE", "TIMEOUT", "INTERNAL", "RATE_LIMITED", "LIMIT_EXCEEDED"]);

/**
 * Makes one error of the errors of an answer; undefined if it has none.
 *
 * @example
 * ```ts
 * const failure = failureOf(await tandem.link.execute(operation));
 * ```
 */
export function failureOf(result: Pick<Result<unknown>, "errors">): TandemError | undefined {
  const [first] = result.errors ?? [];
  if (!first || !result.errors) return undefined;
  const { code = "INTERNAL", retryAfterMs } = first.extensions ?? {};
  return new TandemError(code, first.message, { errors: result.errors, retryAfterMs });
}

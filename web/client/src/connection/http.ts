import { aborted, Unauthorized, Unavailable } from "../errors.js";
import type { Operation, Result } from "../operation.js";
import type { Credentials } from "./credentials.js";
import type { Platform } from "./wire.js";

/** The server ends an operation after 30 s; on a dead network a request may never end by itself. */
const TIMEOUT_MS = 40_000;

/** Sends queries and mutations, each as one request of its own. */
export class Http {
  constructor(private readonly url: string, private readonly credentials: Credentials, private readonly platform: Platform) {}

  /** Resolves to the answer. A refused token is renewed once; nothing else is sent twice. */
  async execute<T>(operation: Operation, { signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<Result<T>> {
    const response = await this.post(operation, false, signal);
    if (response.status !== 401) return read<T>(response);
    const again = await this.post(operation, true, signal);
    if (again.status === 401) throw new Unauthorized("The server does not accept the credentials: sign in again.");
    return read<T>(again);
  }

  private async post(operation: Operation, fresh: boolean, signal: AbortSignal | undefined): Promise<Response> {
    const headers = await this.credentials.headers(fresh);
    const limit = AbortSignal.timeout(TIMEOUT_MS);
    try {
      return await this.platform.fetch(this.url, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", ...headers },
        credentials: "include",
        body: JSON.stringify(operation),
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      });
    } catch (cause) {
      throw signal?.aborted ? aborted(cause) : new Unavailable("The server did not answer.", { cause });
    }
  }
}

async function read<T>(response: Response): Promise<Result<T>> {
  const retryAfterMs = retryAfter(response);
  let result: Result<T>;
  try {
    result = (await response.json()) as Result<T>;
  } catch (cause) {
    throw new Unavailable(`The answer with the status ${response.status} was cut off or is not JSON.`, { retryAfterMs, cause });
  }
  if (typeof result !== "object" || result === null || (!("data" in result) && !result.errors)) {
    throw new Unavailable(`The answer with the status ${response.status} is not an answer of GraphQL.`, { retryAfterMs });
  }
  return result;
}

/** The time of a header Retry-After, in milliseconds. */
export function retryAfter(response: Response): number | undefined {
  const seconds = Number(response.headers.get("Retry-After") ?? NaN);
  return Number.isFinite(seconds) ? seconds * 1_000 : undefined;
}

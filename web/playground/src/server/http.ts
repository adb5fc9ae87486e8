import type { FormattedExecutionResult } from "graphql";
import { statusInWords } from "./words";

/** A GraphQL request, in the names of the protocol. */
export interface Request {
  readonly query: string;
  readonly operationName?: string | null;
  readonly variables?: Readonly<Record<string, unknown>> | null;
}

/** The answer to a query or a mutation. After every failure, `result` is something that can be shown. */
export interface Answer {
  /** 0: the server could not be reached. */
  readonly status: number;
  /** The token, or that there is none, is the reason that nothing was answered. */
  readonly refused: boolean;
  readonly result: FormattedExecutionResult;
}

/**
 * Sends one query or mutation. It throws only if it was aborted.
 *
 * @example
 * const { result } = await post("/graphql", token, { query: "{ viewer { role } }" });
 */
export async function post(endpoint: string, token: string, request: Request, signal?: AbortSignal): Promise<Answer> {
  let status = 0;
  let body = "";
  try {
    const answer = await fetch(endpoint, {
      method: "POST",
      headers: headers(token),
      body: JSON.stringify(request),
      signal: signal ?? null,
    });
    status = answer.status;
    body = await answer.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    status = 0;
  }
  const result = read(body) ?? { errors: [{ message: statusInWords(status, body) }] };
  const refused = status === 401 || (!result.data && result.errors?.[0]?.extensions?.["code"] === "UNAUTHENTICATED");
  return { status, refused, result };
}

function headers(token: string): Record<string, string> {
  return {
    "content-type": "application/json",
    accept: "application/graphql-response+json, application/json",
    ...(token && { authorization: `Bearer ${token}` }),
  };
}

/** A GraphQL answer has data or errors; anything else (a proxy's page, say) is not one. */
function read(body: string): FormattedExecutionResult | undefined {
  try {
    const json: unknown = JSON.parse(body);
    if (typeof json === "object" && json !== null && ("data" in json || "errors" in json)) return json as FormattedExecutionResult;
  } catch {
    // Not JSON: the caller explains it.
  }
  return undefined;
}

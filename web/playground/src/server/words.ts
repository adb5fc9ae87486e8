/** Why a socket was closed, for the person at the screen. The codes are those of docs/protocol.md. */
const closings = new Map<number, string>([
  [1001, "The server went away."],
  [1005, "The server closed the connection without a reason."],
  [1006, "The connection to the server broke, or could not be opened."],
  [1012, "The server is restarting."],
  [1013, "The server is overloaded, or this window read too slowly."],
  [4400, "The server did not understand a message of this page."],
  [4401, "This page subscribed before its connection was acknowledged."],
  [4403, "The server refused the token: it is invalid, or has expired."],
  [4406, "The server does not support graphql-transport-ws."],
  [4408, "This page did not authenticate in time."],
  [4409, "Two subscriptions used the same id."],
  [4429, "This page opened its connection twice."],
  [4500, "The server failed while it opened the connection."],
]);

export const tokenRefused = 4403;

/** For a failed connection, a browser gives a plain Event without a code. */
export function closingCode(closing: unknown): number {
  const code = typeof closing === "object" && closing !== null && "code" in closing ? closing.code : undefined;
  return typeof code === "number" ? code : 1006;
}

export function closingInWords(closing: unknown): string {
  const code = closingCode(closing);
  const reason = typeof closing === "object" && closing !== null && "reason" in closing ? String(closing.reason) : "";
  const words = closings.get(code) ?? "The server closed the connection.";
  return reason ? `${words} Its reason: “${reason}” (code ${code}).` : `${words} (code ${code})`;
}

/** Explains an HTTP response without GraphQL. Status 0: there was no response at all. */
export function statusInWords(status: number, body: string): string {
  if (status === 0) return "The server cannot be reached. Is it still running?";
  if (status === 401) return "The server refused the token: it is invalid, or has expired.";
  if (status === 403) return "The server does not allow requests from this page (status 403).";
  if (status === 404) return "There is no GraphQL at this address (status 404).";
  if (status === 429) return "Too many requests in a short time (status 429). Wait a little, then run it again.";
  if (status >= 502 && status <= 504) return `The server is unavailable at the moment (status ${status}).`;
  const start = body.replace(/\s+/g, " ").trim().slice(0, 200);
  return `The server answered with status ${status} and no GraphQL${start ? `: ${start}` : "."}`;
}

/** Says what a person can do about an error code of docs/protocol.md. */
const advice = new Map<string, string>([
  ["RESYNC_REQUIRED", "The log no longer reaches back to this cursor. Read the data again, and subscribe after its cursor."],
  ["FORBIDDEN", "This person may not do that. Choose another person to compare."],
  ["UNAUTHENTICATED", "Choose a person, or paste a token."],
  ["GRAPHQL_VALIDATION_FAILED", "The operation does not fit the schema. The places are marked in the editor."],
  ["GRAPHQL_PARSE_FAILED", "The operation is not complete. The place is marked in the editor."],
  ["BAD_USER_INPUT", "Correct the variables or arguments, and run it again."],
  ["RATE_LIMITED", "Wait a little, then run it again."],
  ["LIMIT_EXCEEDED", "Ask for less at once, or end another subscription."],
  ["UNAVAILABLE", "The server can't reach its database. Run it again in a moment."],
  ["TIMEOUT", "The server needed too long. A mutation with the same clientMutationId can be sent again safely."],
]);

/** An error of an answer, for the person at the screen. */
export interface ErrorInWords {
  readonly message: string;
  readonly code: string;
  readonly advice: string;
}

/**
 * Returns the errors of an answer in words, the first five at most.
 *
 * @example
 * errorsInWords([{ message: "viewer is unknown", extensions: { code: "FORBIDDEN" } }]);
 */
export function errorsInWords(errors: unknown): ErrorInWords[] {
  if (!Array.isArray(errors)) return [];
  return errors.slice(0, 5).map((error: { message?: unknown; extensions?: { code?: unknown } }) => {
    const code = String(error.extensions?.code ?? "");
    return { message: String(error.message ?? "Unknown error"), code, advice: advice.get(code) ?? "" };
  });
}

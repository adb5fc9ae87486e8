import type { Messages } from "../messages/messages.js";

/**
 * Returns why a call of `enable` or `disable` of a `Push` failed, and what the person can do. The errors of a browser that can't subscribe are
 * `DOMException`s; a request that failed may be repeated.
 *
 * @example
 * ```tsx
 * push.enable().catch((error: unknown) => setProblem(pushProblem(error, english)));
 * ```
 */
export function pushProblem(error: unknown, messages: Messages): string {
  if (!(error instanceof DOMException)) return messages.didNotWork();
  return ["NotAllowedError", "SecurityError"].includes(error.name) ? messages.pushRefused() : messages.pushUnreachable();
}

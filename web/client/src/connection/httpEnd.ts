import { retryAfter } from "./http.js";
import type { End } from "./policy.js";

/** Translates the status of an answer into the close code that a socket would have ended with. */
export async function endOf(response: Response): Promise<End> {
  await response.body?.cancel();
  if (response.status === 401) return { code: 4403 };
  if (response.status === 429 || response.status === 503) return { code: 1013, retryAfterMs: retryAfter(response) };
  return { code: 1006 };
}

import type { Network, Passage } from "./network.js";

/** Returns a `fetch` over a network. */
export function faultyFetch(network: Network, real: typeof fetch): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const stream = request.headers.get("Accept") === "text/event-stream" || new URL(request.url).pathname.endsWith("/stream");
    const broken = new AbortController();
    const passage = network.open(stream ? "stream" : "request", () => broken.abort(new TypeError("The network broke off.")));
    if (!passage) throw new TypeError("The network refused the connection.");
    const signal = AbortSignal.any([request.signal, broken.signal]);
    try {
      await crossing(passage, signal);
      const response = await real(request, { signal });
      await crossing(passage, signal);
      return overNetwork(response, passage, signal);
    } catch (error) {
      passage.close();
      throw error;
    }
  };
}

/** Resolves when something has passed; never over a dead connection, unless the caller gives up. */
function crossing(passage: Passage, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = () => reject(signal.reason as Error);
    if (signal.aborted) return fail();
    signal.addEventListener("abort", fail, { once: true });
    passage.pass(() => {
      signal.removeEventListener("abort", fail);
      resolve();
    });
  });
}

/** The same answer, whose parts take as long as the network makes them. */
function overNetwork(response: Response, passage: Passage, signal: AbortSignal): Response {
  if (!response.body) {
    passage.close();
    return response;
  }
  const body = response.body.pipeThrough(new TransformStream<Uint8Array, Uint8Array>({
    transform: async (part, controller) => {
      await crossing(passage, signal);
      controller.enqueue(part);
    },
    flush: () => passage.close(),
  }));
  const { status, statusText, headers } = response;
  return new Response(body, { status, statusText, headers });
}

// resuming.ts
import { createClient, type Client, type ClientOptions, type SubscribePayload } from "graphql-ws";

/** A client that reconnects after every failure. Its subscriptions resume if they have the variable $after and the field cursor. */
export function resumingClient(options: Pick<ClientOptions, "url" | "connectionParams">): Client {
  let failures = 0;
  let overdue: ReturnType<typeof setTimeout>, stable: ReturnType<typeof setTimeout>;
  const expectWithin = (ms: number) => { clearTimeout(overdue); overdue = setTimeout(() => client.terminate(), ms); };
  const ended = () => { clearTimeout(overdue); clearTimeout(stable); };
  const client = createClient({
    ...options,
    retryAttempts: Infinity,
    shouldRetry: () => true, // after the error event of a browser too
    retryWait: () => new Promise((go) => setTimeout(go, Math.min(30_000, 500 * 2 ** failures++) * (0.5 + Math.random() / 2))),
    keepAlive: 10_000,
    on: {
      connecting: () => expectWithin(15_000), // an acknowledgement
      connected: () => { clearTimeout(overdue); stable = setTimeout(() => (failures = 0), 30_000); },
      ping: (received) => { if (!received) expectWithin(5_000); }, // a pong
      pong: (received) => { if (received) clearTimeout(overdue); },
      error: ended, closed: ended,
    },
  });
  return { ...client, subscribe: resuming(client) };
}

/** Keeps `after` of a subscription at its last cursor: graphql-ws sends the variables again when it reconnects. */
function resuming(client: Client): Client["subscribe"] {
  return (payload, sink) => {
    const variables: Record<string, unknown> = { ...payload.variables };
    const kept: SubscribePayload = { ...payload, variables };
    return client.subscribe(kept, {
      ...sink,
      next: (result) => {
        sink.next(result as never);
        const [event] = Object.values(result.data ?? {}) as ({ cursor?: string } | null)[];
        if (event?.cursor) variables.after = event.cursor;
      },
    });
  };
}

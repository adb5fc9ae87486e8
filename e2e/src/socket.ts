import { createClient, type Client } from "graphql-ws";
import { WebSocket } from "ws";
import { Queue } from "./queue.ts";

/** How a socket was closed. */
export interface Closing {
  readonly code: number;
  readonly reason: string;
}

/** The graphql-ws client that each of the three clients subscribes through, with a hand on its socket. */
export class Socket {
  readonly client: Client;
  /** The ends of its sockets, as they came. */
  readonly closings = new Queue<Closing>();
  /** The payloads of connection_ack, as they came. */
  readonly acknowledged = new Queue<{ readonly asOf?: string } | undefined>();
  private open: WebSocket | undefined;

  /**
   * `stays`: it is open from the beginning until it is closed. Otherwise it is open while something is subscribed,
   * which is how it is with a client that sends its queries by HTTP.
   */
  constructor(url: string, token: string | undefined, { stays = false } = {}) {
    this.client = createClient({
      url,
      webSocketImpl: WebSocket,
      ...(token !== undefined && { connectionParams: { authorization: `Bearer ${token}` } }),
      // An application resumes after its last cursor, and a retry inside this client would subscribe with the
      // old one. So the end of a socket ends the subscription, and the test decides what happens next.
      retryAttempts: 0,
      lazy: !stays,
      // Operations on a socket that could not be opened receive the reason.
      onNonLazyError: () => undefined,
      on: {
        opened: (socket) => (this.open = socket as WebSocket),
        connected: (_socket, payload) => this.acknowledged.push(payload as { asOf?: string } | undefined),
        closed: (event) => {
          const { code, reason } = event as Closing;
          this.closings.push({ code, reason });
        },
      },
    });
  }

  /** Breaks the connection without a word, as a lost network does. */
  drop(): void {
    this.open?.terminate();
  }

  /** Ends the connection as a closed tab does. */
  async close(): Promise<void> {
    await this.client.dispose();
  }
}

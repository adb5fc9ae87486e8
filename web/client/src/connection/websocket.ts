import type { GraphQLFault, Operation, Result } from "../operation.js";
import type { Opening, Sink, Wire, WireEvents } from "./wire.js";

/** A message of graphql-transport-ws from the server. */
interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** A wire over a WebSocket, in the protocol graphql-transport-ws. */
export class SocketWire implements Wire {
  readonly transport = "ws";
  private readonly socket: WebSocket;
  private readonly sinks = new Map<string, Sink>();
  private count = 0;
  private begunAt = 0;
  private over = false;

  constructor({ url, token, platform }: Opening, private readonly events: WireEvents) {
    const Socket = platform.WebSocket;
    if (!Socket) throw new TypeError("This platform has no WebSocket; give createTandem one.");
    this.socket = new Socket(url.replace(/^http/, "ws"), "graphql-transport-ws");
    this.socket.onopen = () => {
      this.begunAt = Date.now();
      this.send({ type: "connection_init", payload: token === undefined ? undefined : { authorization: `Bearer ${token}` } });
    };
    this.socket.onmessage = ({ data }) => this.receive(data);
    // An error says nothing that the close after it does not say.
    this.socket.onerror = () => {};
    this.socket.onclose = ({ code, reason }) => this.finish(code, reason);
  }

  subscribe(operation: Operation, sink: Sink): () => void {
    const id = String(++this.count);
    this.sinks.set(id, sink);
    this.send({ type: "subscribe", id, payload: operation });
    return () => {
      if (this.sinks.delete(id)) this.send({ type: "complete", id });
    };
  }

  ask(): void {
    this.send({ type: "ping" });
  }

  close(code: number): void {
    this.over = true;
    this.sinks.clear();
    // A browser refuses to send a close frame on a socket that is not open yet, and ends it as well.
    this.socket.close(code);
  }

  private send(message: object): void {
    if (this.socket.readyState === 1) this.socket.send(JSON.stringify(message));
  }

  private finish(code: number, reason: string): void {
    if (this.over) return;
    this.over = true;
    this.sinks.clear();
    this.events.closed({ code, reason });
  }

  private receive(data: unknown): void {
    if (this.over) return;
    const message = parse(data);
    if (!message) {
      this.close(4400);
      this.events.closed({ code: 4400, reason: "The server sent a message that is not JSON." });
      return;
    }
    this.events.heard(message.type === "pong");
    if (message.type === "connection_ack") return this.events.opened((message.payload as { asOf?: string } | undefined)?.asOf, Date.now() - this.begunAt);
    if (message.type === "ping") return this.send({ type: "pong", payload: message.payload });
    this.dispatch(message);
  }

  private dispatch({ type, id = "", payload }: Message): void {
    const sink = this.sinks.get(id);
    if (!sink) return; // it was ended here while the message was on its way
    if (type === "next") return sink.next(payload as Result<unknown>);
    if (type !== "error" && type !== "complete") return;
    this.sinks.delete(id);
    if (type === "error") sink.failed(payload as GraphQLFault[]);
    else sink.completed();
  }
}

function parse(data: unknown): Message | undefined {
  try {
    return JSON.parse(String(data)) as Message;
  } catch {
    return undefined;
  }
}

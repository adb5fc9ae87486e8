import type { Page, World } from "./world.js";

const cursorOf = (position: number): string => String(position).padStart(6, "0");

/** A socket of a page, as the log's server has it. */
interface Open {
  readonly page: Page;
  readonly subscriptions: Set<string>;
  say(message: object): void;
}

/** A server in memory that numbers events and sends them to sockets, in the protocol graphql-transport-ws. */
export class Log {
  readonly sockets = new Set<Open>();
  head = 0;

  constructor(private readonly world: World) {}

  /** Adds an event. */
  append(): void {
    this.head++;
    for (const socket of this.sockets) for (const id of socket.subscriptions) this.send(socket, id, this.head);
  }

  /** Sockets of pages that run. */
  get running(): number {
    return [...this.sockets].filter(({ page }) => !page.frozen && !page.dead).length;
  }

  get subscriptions(): number {
    return [...this.sockets].reduce((sum, { subscriptions }) => sum + subscriptions.size, 0);
  }

  /** Ends the sockets of a page, or of all pages, as a network does. */
  readonly reset = (only?: Page): void => {
    for (const socket of [...this.sockets]) if (!only || socket.page === only) socket.say({ type: "close" });
  };

  /** The class of the sockets of a page. */
  socketOf(page: Page): typeof WebSocket {
    const log = this;
    class Socket {
      readyState = 0;
      onopen: (() => void) | undefined;
      onmessage: ((event: { data: string }) => void) | undefined;
      onclose: ((event: { code: number; reason: string }) => void) | undefined;
      private readonly open: Open = { page, subscriptions: new Set(), say: (message) => log.world.later(page, () => this.hear(message)) };

      constructor() {
        log.sockets.add(this.open);
        log.world.later(page, () => {
          this.readyState = 1;
          this.onopen?.();
        });
      }

      send(text: string): void {
        log.world.later(page, () => this.readyState === 1 && log.take(this.open, JSON.parse(text)));
      }

      close(code: number): void {
        this.end(code);
      }

      private hear(message: { type?: string }): void {
        if (message.type === "close") this.end(1006);
        else if (this.readyState === 1) this.onmessage?.({ data: JSON.stringify(message) });
      }

      private end(code: number): void {
        if (this.readyState > 1) return;
        this.readyState = 3;
        log.sockets.delete(this.open);
        log.world.later(page, () => this.onclose?.({ code, reason: "" }));
      }
    }
    return Socket as unknown as typeof WebSocket;
  }

  private take(socket: Open, message: { type: string; id: string; payload?: { variables?: { after?: string } } }): void {
    if (message.type === "connection_init") socket.say({ type: "connection_ack", payload: { asOf: cursorOf(this.head) } });
    if (message.type === "ping") socket.say({ type: "pong" });
    if (message.type === "complete") socket.subscriptions.delete(message.id);
    if (message.type !== "subscribe") return;
    const after = message.payload?.variables?.after;
    if (after === undefined) return; // the session
    socket.subscriptions.add(message.id);
    for (let position = Number(after) + 1; position <= this.head; position++) this.send(socket, message.id, position);
  }

  private send(socket: Open, id: string, position: number): void {
    socket.say({ type: "next", id, payload: { data: { event: { cursor: cursorOf(position) } } } });
  }
}

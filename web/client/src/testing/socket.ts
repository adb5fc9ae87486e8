import type { Network, Passage } from "./network.js";

const names = ["open", "message", "error", "close"] as const;

type Name = (typeof names)[number];

/** Returns a class like `WebSocket` over a network. */
export function faultySocket(network: Network, real: () => typeof WebSocket): typeof WebSocket {
  return class extends FaultySocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(network, real(), url, protocols);
    }
  } as unknown as typeof WebSocket;
}

/** A socket that ends as the network makes it end. To its owner it is a `WebSocket`. */
class FaultySocket extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: Event) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  onclose: ((event: Event) => void) | null = null;
  readonly url: string;
  readyState = FaultySocket.CONNECTING;
  private readonly passage: Passage | undefined;
  private readonly socket: WebSocket | undefined;

  constructor(network: Network, Socket: typeof WebSocket, url: string | URL, protocols?: string | string[]) {
    super();
    this.url = String(url);
    this.passage = network.open("socket", (code, reason) => this.fail(code, reason));
    if (!this.passage) {
      setTimeout(() => this.fail(1006, ""));
      return;
    }
    this.socket = new Socket(url, protocols);
    for (const name of names) this.socket[`on${name}`] = (event: Event) => this.passage?.pass(() => this.tell(name, event));
  }

  get protocol(): string {
    return this.socket?.protocol ?? "";
  }

  get extensions(): string {
    return this.socket?.extensions ?? "";
  }

  get bufferedAmount(): number {
    return this.socket?.bufferedAmount ?? 0;
  }

  get binaryType(): BinaryType {
    return this.socket?.binaryType ?? "blob";
  }

  set binaryType(type: BinaryType) {
    if (this.socket) this.socket.binaryType = type;
  }

  send(data: string | ArrayBufferLike | Blob | ArrayBufferView<ArrayBuffer>): void {
    this.passage?.pass(() => this.socket?.readyState === FaultySocket.OPEN && this.socket.send(data as string));
  }

  close(code?: number, reason?: string): void {
    if (this.readyState >= FaultySocket.CLOSING) return;
    this.readyState = FaultySocket.CLOSING;
    this.socket?.close(code, reason);
  }

  /** Ends it here as a broken network does, or with a close code as if the server had sent it. */
  private fail(code: number, reason: string): void {
    if (this.readyState === FaultySocket.CLOSED) return;
    const opened = this.readyState === FaultySocket.OPEN;
    this.passage?.die();
    this.socket?.close();
    if (!opened) this.tell("error", new Event("error"));
    this.tell("close", Object.assign(new Event("close"), { code, reason, wasClean: false }));
  }

  private tell(name: Name, event: Event): void {
    if (this.readyState === FaultySocket.CLOSED) return;
    if (name === "open") this.readyState = FaultySocket.OPEN;
    if (name === "close") {
      this.readyState = FaultySocket.CLOSED;
      this.passage?.close();
    }
    const { data, code, reason, wasClean } = event as MessageEvent & CloseEvent;
    const told = Object.assign(new Event(name), name === "message" ? { data: data as unknown } : name === "close" ? { code, reason, wasClean } : {});
    this[`on${name}`]?.(told);
    this.dispatchEvent(told);
  }
}

import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { freePort } from "./services.ts";

/** A TCP proxy in front of a server, for connections that end as a bad network ends them. */
export class Proxy {
  private server: Server | undefined;
  private readonly pairs = new Set<[client: Socket, server: Socket]>();

  private constructor(private readonly target: number, readonly port: number) {}

  static async start(target: number): Promise<Proxy> {
    const proxy = new Proxy(target, await freePort());
    await proxy.accept();
    return proxy;
  }

  /** Accepts connections, after `refuse` again. */
  async accept(): Promise<void> {
    this.server = createServer((client) => this.join(client)).listen(this.port, "127.0.0.1");
    await once(this.server, "listening");
  }

  /** Resets all connections, and refuses new ones. */
  refuse(): void {
    this.server?.close();
    this.server = undefined;
    this.reset();
  }

  /** Resets all connections: their clients receive a RST. */
  reset(): void {
    for (const [client, server] of this.pairs) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
  }

  /** Half-opens all connections: nothing passes any more, and nobody is told. New ones work. */
  freeze(): void {
    for (const [client, server] of this.pairs) {
      client.unpipe(server).pause();
      server.unpipe(client).pause();
    }
  }

  close(): void {
    this.refuse();
  }

  private join(client: Socket): void {
    const server = connect(this.target, "127.0.0.1");
    const pair: [Socket, Socket] = [client, server];
    this.pairs.add(pair);
    for (const [one, other] of [pair, [server, client]] as const) {
      one.pipe(other);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        this.pairs.delete(pair);
        other.destroy();
      });
    }
  }
}

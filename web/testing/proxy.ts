import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** The kind of a connection, told by its requests. The page itself, with its scripts and tokens, is apart from the requests of the API. */
export type Traffic = "socket" | "stream" | "request" | "page";

/** The network's treatment of a connection. An empty one lets everything pass. */
export interface Weather {
  /** Resets it as soon as its request is seen. */
  readonly refuse?: boolean;
  /** Takes the request and answers nothing. */
  readonly hang?: boolean;
  /** Resets it after this many bytes of the server. */
  readonly cutAfter?: number;
  /** Keeps everything of the server until that ends the connection, as some proxies do. */
  readonly buffer?: boolean;
  /** Delays every part in either direction, and the end. */
  readonly delayMs?: number;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  traffic: Traffic;
  frozen: boolean;
  answered: number;
}

/** A bad network: a TCP proxy in front of a server. Its weather can change at any time, also for open connections. */
export class Proxy {
  private readonly pairs = new Set<Pair>();
  private readonly weather: Record<Traffic, Weather> = { socket: {}, stream: {}, request: {}, page: {} };
  /** How many connections of each kind there were. */
  readonly seen: Record<Traffic, number> = { socket: 0, stream: 0, request: 0, page: 0 };
  readonly url: string;

  private constructor(private readonly listener: Server, readonly port: number, private readonly target: number) {
    this.url = `http://127.0.0.1:${port}/graphql`;
  }

  static async before(target: number): Promise<Proxy> {
    const listener = createServer().listen(0, "127.0.0.1");
    await once(listener, "listening");
    const address = listener.address();
    if (address === null || typeof address === "string") throw new Error("the proxy has no port");
    const proxy = new Proxy(listener, address.port, target);
    listener.on("connection", (client) => proxy.accept(client));
    return proxy;
  }

  /** Sets what happens to connections of some kinds, or of all but pages, which a browser may have stored. */
  set(weather: Weather, ...kinds: Traffic[]): void {
    for (const kind of kinds.length > 0 ? kinds : (["socket", "stream", "request"] as const)) this.weather[kind] = weather;
  }

  /** Open connections of a kind, or of all kinds. */
  open(kind?: Traffic): number {
    return [...this.pairs].filter((pair) => !kind || pair.traffic === kind).length;
  }

  /** Resets open connections. */
  reset(kind?: Traffic): void {
    for (const pair of this.pairs) if (!kind || pair.traffic === kind) drop(pair);
  }

  /** Lets open connections carry nothing any more, in either direction, without ending them. */
  freeze(kind?: Traffic): void {
    for (const pair of this.pairs) if (!kind || pair.traffic === kind) pair.frozen = true;
  }

  async close(): Promise<void> {
    this.reset();
    this.listener.close();
    await once(this.listener, "close");
  }

  private accept(client: Socket): void {
    const pair: Pair = { client, server: connect(this.target, "127.0.0.1"), traffic: "request", frozen: false, answered: 0 };
    this.pairs.add(pair);
    const held: Buffer[] = [];
    client.on("data", (data) => this.asked(pair, data));
    pair.server.on("data", (data) => this.answer(pair, data, held));
    const late = (task: () => void) => later(this.weather[pair.traffic].delayMs, () => pair.frozen || task());
    pair.server.on("end", () => late(() => {
      for (const data of held) client.write(data);
      client.end();
    }));
    client.on("end", () => late(() => pair.server.end()));
    for (const [one, other] of [[client, pair.server], [pair.server, client]] as const) {
      one.on("error", () => {});
      one.on("close", () => {
        late(() => other.destroy());
        this.pairs.delete(pair);
      });
    }
  }

  private asked(pair: Pair, data: Buffer): void {
    if (pair.frozen) return;
    const traffic = trafficOf(data);
    if (traffic) {
      pair.traffic = traffic;
      pair.answered = 0;
      this.seen[traffic]++;
    }
    const { refuse, hang, delayMs } = this.weather[pair.traffic];
    if (refuse) return drop(pair);
    if (hang) return void (pair.frozen = true);
    later(delayMs, () => pair.server.write(data));
  }

  private answer(pair: Pair, data: Buffer, held: Buffer[]): void {
    if (pair.frozen) return;
    const { cutAfter, buffer, delayMs } = this.weather[pair.traffic];
    if (buffer) return void held.push(data);
    pair.answered += data.length;
    if (cutAfter !== undefined && pair.answered > cutAfter) return drop(pair);
    later(delayMs, () => pair.client.write(data));
  }
}

/** The kind of a request whose head this is; undefined for anything else. */
function trafficOf(data: Buffer): Traffic | undefined {
  const head = data.subarray(0, 2_000).toString("latin1");
  if (!/^[A-Z]+ \S+ HTTP\/1\.1\r\n/.test(head)) return undefined;
  if (/\r\nupgrade: websocket/i.test(head)) return "socket";
  if (/\r\naccept: text\/event-stream/i.test(head)) return "stream";
  return /^GET \/(page|blank|token)/.test(head) ? "page" : "request";
}

function drop({ client, server }: Pair): void {
  client.resetAndDestroy();
  server.destroy();
}

function later(ms: number | undefined, task: () => void): void {
  if (ms) setTimeout(task, ms);
  else task();
}

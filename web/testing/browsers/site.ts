import { once } from "node:events";
import { createServer, request, type IncomingMessage, type Server as HttpServer, type ServerResponse } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { build } from "esbuild";
import { token, type Person } from "../token.js";
import { shared } from "./shared.js";

/** An answer to a request for a token: the token, or a status of failure. */
export type TokenAnswer = string | number;

/**
 * A site of one origin, as a company would have it: the page, the person's tokens at `/token`, and the API behind it. It
 * passes everything that is not its own on to the instance at `target`, as a load balancer does.
 *
 * @example
 * ```ts
 * const site = await Site.serve("client/test/browser/page.ts", server.port);
 * const tab = await profile.tab(site.pageOf(ada));
 * ```
 */
export class Site {
  readonly port: number;
  private readonly people = new Map<string, () => TokenAnswer>();
  private readonly open = new Set<Socket>();

  private constructor(private readonly server: HttpServer, private readonly script: string, /** The port of the instance. */ public target: number) {
    this.port = (server.address() as AddressInfo).port;
    server.on("request", (asked, answer) => this.answer(asked, answer));
    server.on("upgrade", (asked, socket, head) => this.tunnel(asked, socket as Socket, head));
    server.on("connection", (socket) => {
      this.open.add(socket);
      socket.once("close", () => this.open.delete(socket));
    });
  }

  /** Bundles a page, and serves it before the instance at a port. */
  static async serve(page: string, target: number): Promise<Site> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Site(server, await shared(`bundle of ${page}`, { start: () => bundle(page) }), target);
  }

  /** The path of the page for a person. */
  pathOf(person: Person): string {
    if (!this.people.has(person.id)) this.tokens(person, () => token(person));
    return `/page/${person.id}`;
  }

  /** Sets the answers to the person's requests for tokens. */
  tokens(person: Person, answer: () => TokenAnswer): void {
    this.people.set(person.id, answer);
  }

  async close(): Promise<void> {
    this.server.close();
    for (const socket of this.open) socket.destroy();
    await once(this.server, "close");
  }

  private answer(asked: IncomingMessage, answer: ServerResponse): void {
    const [, folder = "", name = ""] = (asked.url ?? "").split("/");
    const send = (type: string, body: string) => void answer.writeHead(200, { "content-type": type }).end(body);
    if (folder === "page") return send("text/html", '<!doctype html><meta charset="utf-8"><title>Test</title><div id="root"></div><script type="module" src="/page.js"></script>');
    if (folder === "page.js") return send("text/javascript", this.script);
    // A browser subscribes to push with a worker, whatever the worker does.
    if (folder === "sw.js") return send("text/javascript", "");
    if (folder === "blank") return send("text/html", "<!doctype html><title>Elsewhere</title>");
    if (folder !== "token") return this.pass(asked, answer);
    const given = this.people.get(name)?.() ?? 404;
    if (typeof given === "number") return void answer.writeHead(given).end();
    return send("text/plain", given);
  }

  private pass(asked: IncomingMessage, answer: ServerResponse): void {
    const { method, url: path, headers } = asked;
    const passed = request({ host: "127.0.0.1", port: this.target, method, path, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      answer.flushHeaders();
      response.pipe(answer);
      response.on("error", () => answer.destroy());
    });
    passed.on("error", () => answer.destroy());
    answer.on("close", () => passed.destroy());
    asked.pipe(passed);
  }

  private tunnel({ method, url, rawHeaders }: IncomingMessage, client: Socket, head: Buffer): void {
    const instance = connect(this.target, "127.0.0.1", () => {
      const pairs = Array.from({ length: rawHeaders.length / 2 }, (_, at) => `${rawHeaders[2 * at]}: ${rawHeaders[2 * at + 1]}\r\n`);
      instance.write(`${method} ${url} HTTP/1.1\r\n${pairs.join("")}\r\n`);
      instance.write(head);
      instance.pipe(client);
      client.pipe(instance);
    });
    const end = () => {
      client.destroy();
      instance.destroy();
    };
    for (const socket of [client, instance]) socket.on("error", end).on("close", end);
  }
}

async function bundle(page: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [page], bundle: true, write: false, format: "esm", target: "es2022", jsx: "automatic", sourcemap: "inline",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  return outputFiles[0]?.text ?? "";
}

import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { request, type OutgoingHttpHeaders } from "node:http";
import { createSecureServer, type Http2SecureServer, type Http2ServerRequest, type Http2ServerResponse, type ServerHttp2Session } from "node:http2";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/**
 * A load balancer that speaks HTTP/2 and spreads the requests of the API over instances in turn, whichever
 * client they are from. It knows no WebSockets. All other requests go to a site.
 */
export class Balancer {
  readonly origin: string;
  /** The requests of the API that were passed on, as `METHOD /path`. */
  readonly passed: string[] = [];
  /** The requests of the API that are being answered. */
  open = 0;
  private readonly sessions = new Set<ServerHttp2Session>();

  private constructor(private readonly server: Http2SecureServer, private readonly site: number, /** The ports of the instances. */ public instances: readonly number[]) {
    this.origin = `https://localhost:${(server.address() as AddressInfo).port}`;
    server.on("request", (asked, answer) => this.pass(asked, answer));
    server.on("session", (session) => {
      this.sessions.add(session);
      session.once("close", () => this.sessions.delete(session));
    });
  }

  /** Starts one before the ports of a site and of instances, with a certificate of its own, which browsers have to ignore. */
  static async before(site: number, instances: readonly number[]): Promise<Balancer> {
    const server = createSecureServer(await certificate()).listen(0, "localhost");
    await once(server, "listening");
    return new Balancer(server, site, instances);
  }

  async close(): Promise<void> {
    for (const session of this.sessions) session.destroy();
    this.server.close();
    await once(this.server, "close");
  }

  private pass(asked: Http2ServerRequest, answer: Http2ServerResponse): void {
    const { method, url: path } = asked;
    const isApi = path.startsWith("/graphql");
    const port = isApi ? this.instances[this.passed.length % this.instances.length] : this.site;
    if (isApi) this.passed.push(`${method} ${path.replace(/\?.*/, "")}`);
    this.open++;
    const passed = request({ host: "127.0.0.1", port, method, path, headers: ofHttp1(asked.headers) }, (response) => {
      answer.writeHead(response.statusCode ?? 502, ofHttp1(response.headers));
      response.pipe(answer);
      response.on("error", () => answer.stream?.destroy());
    });
    passed.on("error", () => answer.stream?.destroy());
    answer.on("close", () => {
      this.open--;
      passed.destroy();
    });
    asked.pipe(passed);
  }
}

/** Headers without those that belong to one connection, or to HTTP/2 alone. */
function ofHttp1(headers: Readonly<OutgoingHttpHeaders>): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !/^(:.*|connection|keep-alive|transfer-encoding|upgrade)$/.test(name)));
}

async function certificate(): Promise<{ key: Buffer; cert: Buffer }> {
  const folder = await mkdtemp(join(tmpdir(), "tandem-certificate-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const options = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost"];
  await promisify(execFile)("openssl", ["req", "-x509", ...options, "-keyout", key, "-out", cert]);
  const made = { key: await readFile(key), cert: await readFile(cert) };
  await rm(folder, { recursive: true });
  return made;
}

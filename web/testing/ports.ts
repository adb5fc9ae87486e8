import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/** A TCP port that nobody listens on, below those that the system gives to outgoing connections: it stays free. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    const server = createServer().listen(port, "127.0.0.1");
    const free = await Promise.race([
      once(server, "listening").then(() => true),
      once(server, "error").then(() => false),
    ]).catch(() => false);
    server.close();
    if (free) return port;
  }
}

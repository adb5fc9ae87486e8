import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { randomInt } from "node:crypto";
import { createConnection, createServer } from "node:net";
import pg from "pg";
import { unique } from "./token.ts";
import { until } from "./until.ts";

/** The databases that the tests need, from the environment. */
export interface Services {
  readonly postgres: string;
  readonly redis: string;
}

/** Returns the addresses of the services. Without them the tests fail: none is skipped. */
export function services(): Services {
  const postgres = process.env["TEST_POSTGRES_URL"];
  const redis = process.env["TEST_REDIS_URL"];
  if (!postgres || !redis) {
    throw new Error(
      "TEST_POSTGRES_URL and TEST_REDIS_URL are not set; run the end-to-end tests with: scripts/with-services scripts/e2e",
    );
  }
  return { postgres, redis };
}

/** A Postgres database that one group of tests has for itself. */
export interface Database {
  readonly url: string;
  drop(): Promise<void>;
}

export async function createDatabase(): Promise<Database> {
  const server = services().postgres;
  const name = unique("tandem-e2e").replaceAll("-", "_");
  await run(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => drop(server, name),
  };
}

/**
 * Drops a database. FORCE, because an instance that was killed leaves connections behind that Postgres has not noticed
 * yet. Postgres refuses it with 42501 while an autovacuum worker, which belongs to the superuser, is in the database.
 */
async function drop(server: string, name: string): Promise<void> {
  await until("end of an autovacuum worker", async () => {
    try {
      await run(server, `DROP DATABASE ${name} WITH (FORCE)`);
      return true;
    } catch (error) {
      if (error instanceof pg.DatabaseError && error.code === "42501") return false;
      throw error;
    }
  });
}

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/**
 * A TCP port that nobody listens on. It is below those that the system gives to outgoing connections, so that it is
 * still free when a server starts on it, or starts on it again.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(12_000, 20_000);
    const server = createServer().listen(port, "127.0.0.1");
    const free = await Promise.race([
      once(server, "listening").then(() => true),
      once(server, "error").then(() => false),
    ]).catch(() => false);
    server.close();
    if (free) return port;
  }
}

/** A Redis of a test's own, to be taken away and given back. It keeps nothing when it stops. */
export class Redis {
  readonly url: string;
  private process: ChildProcess | undefined;

  private constructor(private readonly port: number) {
    this.url = `redis://127.0.0.1:${port}/0`;
  }

  static async start(): Promise<Redis> {
    const redis = new Redis(await freePort());
    await redis.start();
    return redis;
  }

  /** Starts it, where it was before if it ran before. */
  async start(): Promise<void> {
    const program = process.env["TEST_REDIS_SERVER"] ?? "redis-server";
    const options = ["--bind", "127.0.0.1", "--port", String(this.port), "--save", "", "--appendonly", "no"];
    const started = spawn(program, options, { stdio: "ignore" });
    started.once("error", (error) => console.error(`${program} did not start: ${error.message}`));
    this.process = started;
    const kill = () => started.kill("SIGKILL");
    process.once("exit", kill);
    started.once("exit", () => process.off("exit", kill));
    await until("answer from redis-server", () => answers(this.port));
  }

  async stop(): Promise<void> {
    const running = this.process;
    this.process = undefined;
    if (!running || running.exitCode !== null) return;
    // A stopped process can't end.
    running.kill("SIGCONT");
    running.kill("SIGTERM");
    await once(running, "exit");
  }

  /** Lets it stand still: connections stay, and nothing is answered. */
  freeze(): void {
    this.process?.kill("SIGSTOP");
  }

  thaw(): void {
    this.process?.kill("SIGCONT");
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, "127.0.0.1", () => socket.write("PING\r\n"));
    const say = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("data", (data) => say(data.toString().startsWith("+PONG")));
    socket.once("error", () => say(false));
    socket.setTimeout(1_000, () => say(false));
  });
}

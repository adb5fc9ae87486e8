import { randomBytes } from "node:crypto";
import pg from "pg";
import { Server } from "./server.js";

/** Two instances over one Postgres and one Redis, as in a deployment. `scripts/with-services` starts both of those. */
export class Pair {
  private constructor(readonly instances: readonly [Server, Server], private readonly database: string) {}

  static async start(): Promise<Pair> {
    const database = `tandem_web_${randomBytes(6).toString("hex")}`;
    const url = new URL(setting("TEST_POSTGRES_URL"));
    await run(`CREATE DATABASE ${database}`);
    url.pathname = `/${database}`;
    const settings = { DATABASE_URL: url.href, REDIS_URL: setting("TEST_REDIS_URL") };
    return new Pair(await Promise.all([Server.start(settings), Server.start(settings)]), database);
  }

  async remove(): Promise<void> {
    await Promise.all(this.instances.map((each) => each.remove()));
    await run(`DROP DATABASE ${this.database} WITH (FORCE)`);
  }
}

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; run this test with: scripts/with-services scripts/browsers`);
  return value;
}

async function run(statement: string): Promise<void> {
  const client = new pg.Client(setting("TEST_POSTGRES_URL"));
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

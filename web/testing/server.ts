import { spawn, type ChildProcess } from "node:child_process";
import { copyFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./ports.js";
import { SECRET, token, type Person } from "./token.js";
import { until } from "./until.js";

export type Settings = Readonly<Record<string, string>>;

/** An instance of the program on a database of its own: started, ended by a signal, and started again at the same address. */
export class Server {
  readonly url: string;
  private process: ChildProcess | undefined;
  private said = "";

  private constructor(readonly port: number, private readonly folder: string, private readonly settings: Settings) {
    this.url = `http://127.0.0.1:${port}/graphql`;
  }

  /** Starts an instance without demo data and without limits on rates. Settings that are given replace those. */
  static async start(settings: Settings = {}): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), "tandem-web-"));
    const server = new Server(await freePort(), folder, {
      AUTH_SECRET: SECRET, RATE_LIMIT_PER_SECOND: "0", DATABASE_URL: `sqlite:${join(folder, "tandem.db")}`, ...settings,
    });
    await server.start();
    return server;
  }

  /** Starts it again after `stop` or `kill`. */
  async start(): Promise<void> {
    const started = this.launch();
    await until("answer from /readyz", async () => {
      if (started.exitCode !== null) throw new Error(`the server ended with ${started.exitCode}: ${this.said}`);
      return isReady(`http://127.0.0.1:${this.port}/readyz`);
    });
  }

  private launch(): ChildProcess {
    const program = process.env["TANDEM_BIN"];
    if (!program) throw new Error("TANDEM_BIN names no program; run the tests with vitest and its configuration");
    // Nothing of the caller's environment but what a program needs to run, so that no setting slips in.
    const { PATH = "", HOME = "", TMPDIR = tmpdir() } = process.env;
    const env = { PATH, HOME, TMPDIR, ADDR: `127.0.0.1:${this.port}`, ...this.settings };
    const started = spawn(program, [], { env, cwd: this.folder, stdio: ["ignore", "pipe", "pipe"] });
    this.said = "";
    const listen = (data: Buffer) => (this.said = (this.said + data.toString()).slice(-20_000));
    started.stdout.on("data", listen);
    started.stderr.on("data", listen);
    const kill = () => started.kill("SIGKILL");
    process.once("exit", kill);
    started.once("exit", () => process.off("exit", kill));
    this.process = started;
    return started;
  }

  /** Ends it as a deployment does. */
  async stop(): Promise<void> {
    await this.end("SIGTERM");
  }

  /** Ends it as a power cut does. */
  async kill(): Promise<void> {
    await this.end("SIGKILL");
  }

  private async end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const running = this.process;
    this.process = undefined;
    if (!running) return;
    running.kill(signal);
    await until("end of the server", () => running.exitCode !== null || running.signalCode !== null);
  }

  /** Makes a copy of the database. */
  async backUp(): Promise<void> {
    await this.stop();
    await copyFile(join(this.folder, "tandem.db"), join(this.folder, "backup.db"));
    await this.start();
  }

  /** Goes back to the copy: what happened since is not in the log any more. */
  async restore(): Promise<void> {
    await this.kill();
    await this.drop();
    await copyFile(join(this.folder, "backup.db"), join(this.folder, "tandem.db"));
    await this.start();
  }

  /** Begins again with a new database, whether it runs or not. */
  async renew(): Promise<void> {
    await this.kill();
    await this.drop();
    await this.start();
  }

  private async drop(): Promise<void> {
    for (const name of await readdir(this.folder)) if (name.startsWith("tandem.db")) await rm(join(this.folder, name));
  }

  /** Ends it, and removes its database. */
  async remove(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Asks as a person, with a plain request, as a client without the kit would. */
  async ask<T>(person: Person, query: string, variables: Record<string, unknown> = {}): Promise<T> {
    const response = await fetch(this.url, {
      method: "POST",
      headers: { "Content-Type": "application/json", authorization: `Bearer ${token(person)}` },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as { data?: T; errors?: { message: string }[] };
    if (errors || !data) throw new Error(errors?.[0]?.message ?? `status ${response.status}`);
    return data;
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}

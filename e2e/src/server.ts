import { execFile, spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort } from "./services.ts";
import { SECRET } from "./token.ts";
import { until } from "./until.ts";

export type Settings = Readonly<Record<string, string>>;

/** A folder for one run, taken away when the process ends. */
export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "tandem-e2e-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Builds the server into a folder and returns the program. GOFLAGS=-race builds one that watches itself. */
export async function build(folder: string): Promise<string> {
  const program = join(folder, "tandem");
  const root = fileURLToPath(new URL("../..", import.meta.url));
  await promisify(execFile)("go", ["build", "-o", program, "."], { cwd: root });
  return program;
}

let built: Promise<string> | undefined;

/** The program under test: TANDEM_BIN, which `npm test` sets; built here when one file is run by hand. */
function binary(): Promise<string> {
  const given = process.env["TANDEM_BIN"];
  if (given) return Promise.resolve(given);
  built ??= (async () => {
    const folder = await temporaryFolder();
    process.once("beforeExit", () => void folder.remove());
    return build(folder.path);
  })();
  return built;
}

/** One instance of the program: started, ended by a signal, and started again at the same address. */
export class Server {
  readonly http: string;
  readonly ws: string;
  private process: ChildProcess | undefined;
  private said = "";

  private constructor(
    private readonly program: string,
    private readonly port: number,
    private readonly settings: Settings,
    private readonly folder: string | undefined,
  ) {
    this.http = `http://127.0.0.1:${port}/graphql`;
    this.ws = `ws://127.0.0.1:${port}/graphql`;
  }

  /** Starts an instance for real: with a secret, so without demo data, and without limits on rates, since tests hurry. */
  static start(settings: Settings): Promise<Server> {
    return Server.startWith({ AUTH_SECRET: SECRET, RATE_LIMIT_PER_SECOND: "0", ...settings });
  }

  /** Starts an instance with these settings and no others, in a folder. */
  static async startWith(settings: Settings, folder?: string): Promise<Server> {
    const server = new Server(await binary(), await freePort(), settings, folder);
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const process = this.launch();
    await until(
      "answer from /readyz",
      async () => {
        if (process.exitCode !== null) throw new Error(`the server ended with ${process.exitCode}: ${this.output}`);
        return isReady(`http://127.0.0.1:${this.port}/readyz`);
      },
    ).catch(async (error: Error) => {
      await this.kill();
      throw new Error(`${error.message}; the server said: ${this.output}`);
    });
  }

  private launch(): ChildProcess {
    // Nothing of the caller's environment but what a program needs to run, so that no setting slips in.
    const { PATH = "", HOME = "", TMPDIR = tmpdir() } = process.env;
    const env = { PATH, HOME, TMPDIR, ADDR: `127.0.0.1:${this.port}`, ...this.settings };
    const started = spawn(this.program, [], { env, cwd: this.folder, stdio: ["ignore", "pipe", "pipe"] });
    this.said = "";
    const listen = (data: Buffer) => {
      this.said = (this.said + data.toString()).slice(-20_000);
      if (process.env["TANDEM_LOG"]) process.stderr.write(data);
    };
    started.stdout.on("data", listen);
    started.stderr.on("data", listen);
    const kill = () => started.kill("SIGKILL");
    process.once("exit", kill);
    started.once("exit", () => process.off("exit", kill));
    this.process = started;
    return started;
  }

  /** The output of the instance, or the end of it. */
  get output(): string {
    return this.said;
  }

  /** The current value of a series of its metrics. Its settings must have a METRICS_ADDR. */
  async metric(series: string): Promise<number> {
    const scrape = await (await fetch(`http://${this.settings["METRICS_ADDR"]}/metrics`)).text();
    const line = scrape.split("\n").find((each) => each.startsWith(`${series} `));
    if (line === undefined) throw new Error(`the metrics have no ${series}`);
    return Number(line.slice(series.length));
  }

  /** Ends it as a deployment does. It must end in order, also with clients on it. */
  async stop(): Promise<void> {
    const running = this.process;
    if (!running) return;
    this.process = undefined;
    running.kill("SIGTERM");
    await ending(running).catch((error: Error) => {
      running.kill("SIGKILL");
      throw new Error(`${error.message} after SIGTERM; the server said: ${this.output}`);
    });
    if (running.exitCode !== 0) {
      throw new Error(`the server ended with ${running.exitCode ?? running.signalCode}; it said: ${this.output}`);
    }
  }

  /** Ends it as a power cut does. */
  async kill(): Promise<void> {
    const running = this.process;
    this.process = undefined;
    if (!running) return;
    running.kill("SIGKILL");
    await ending(running);
    // An instance that ends in order reports that by its status.
    if (this.said.includes("DATA RACE")) throw new Error(`the server met a data race: ${this.said}`);
  }
}

/** Starts a server that refuses its settings, and returns how it ended and what it said. */
export async function refusal(settings: Settings): Promise<{ status: number; said: string }> {
  const env = { PATH: process.env["PATH"] ?? "", ADDR: `127.0.0.1:${await freePort()}`, ...settings };
  const started = spawn(await binary(), [], { env, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  started.stdout.on("data", (data: Buffer) => (said += data.toString()));
  started.stderr.on("data", (data: Buffer) => (said += data.toString()));
  await ending(started).catch((error: Error) => {
    started.kill("SIGKILL");
    throw new Error(`${error.message}, and should have refused its settings; it said: ${said}`);
  });
  return { status: started.exitCode ?? -1, said };
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

async function ending(child: ChildProcess): Promise<void> {
  await until("end of the server", () => child.exitCode !== null || child.signalCode !== null);
}

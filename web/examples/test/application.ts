import { execFile, spawn, type ChildProcess } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { freePort } from "../../testing/ports.js";
import { until } from "../../testing/until.js";

const run = promisify(execFile);
const web = fileURLToPath(new URL("../..", import.meta.url));

type Environment = Readonly<Record<string, string>>;

/** The packages as npm would publish them, by name. */
export type Packed = Readonly<Record<string, string>>;

/** Builds and packs the packages into a folder. */
export async function pack(folder: string): Promise<Packed> {
  const packed: Record<string, string> = {};
  for (const name of ["client", "react"]) {
    await run("npm", ["run", "--silent", "build", "--workspace", `@tandem/${name}`], { cwd: web });
    const { stdout } = await run("npm", ["pack", "--silent", "--json", "--pack-destination", folder], { cwd: join(web, name) });
    const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
    packed[`@tandem/${name}`] = `file:${join(folder, filename)}`;
  }
  return packed;
}

/** An example in a folder of its own, outside of the workspace, with the packed packages. */
export class Application {
  readonly url: string;
  private running: ChildProcess | undefined;
  private said = "";

  private constructor(private readonly folder: string, private readonly port: number) {
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Copies and installs an example. `versions` replaces those of its dependencies. */
  static async install(example: string, versions: Packed): Promise<Application> {
    const folder = await mkdtemp(join(tmpdir(), `tandem-${example}-`));
    await cp(join(web, "examples", example), folder, { recursive: true, filter: (path) => !/node_modules|\.next|dist$/.test(path) });
    const file = join(folder, "package.json");
    const description = JSON.parse(await readFile(file, "utf8")) as { dependencies: Record<string, string> };
    Object.assign(description.dependencies, versions);
    await writeFile(file, JSON.stringify(description));
    const application = new Application(folder, await freePort());
    await application.npm({}, "install", "--no-audit", "--no-fund", "--prefer-offline");
    return application;
  }

  async build(environment: Environment): Promise<void> {
    await this.npm(environment, "run", "build");
  }

  /** Starts the built application by its own script, in a process group of its own, and waits until it answers. */
  async start(environment: Environment, ...args: string[]): Promise<void> {
    const started = spawn("npm", ["run", "start", "--", ...args, "--port", String(this.port)], { cwd: this.folder, env: { ...process.env, ...environment }, detached: true });
    this.running = started;
    const listen = (data: Buffer) => (this.said += data.toString());
    started.stdout.on("data", listen);
    started.stderr.on("data", listen);
    process.once("exit", () => this.kill());
    await until("answer of the application", async () => {
      if (started.exitCode !== null) throw new Error(`the application ended: ${this.said}`);
      return fetch(this.url).then((response) => response.ok, () => false);
    });
  }

  async remove(): Promise<void> {
    this.kill();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private kill(): void {
    if (this.running?.pid === undefined || this.running.exitCode !== null) return;
    try {
      process.kill(-this.running.pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }

  private async npm(environment: Environment, ...args: string[]): Promise<void> {
    try {
      await run("npm", args, { cwd: this.folder, env: { ...process.env, NODE_ENV: "", NEXT_TELEMETRY_DISABLED: "1", ...environment }, maxBuffer: 10_000_000 });
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      throw new Error(`npm ${args.join(" ")} failed:\n${stdout}${stderr}`);
    }
  }
}

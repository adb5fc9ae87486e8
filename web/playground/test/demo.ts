import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../testing/ports";
import { until } from "../../testing/until";

/** The program with its demo company. */
export class Demo {
  private program: ChildProcess | undefined;

  private constructor(
    readonly url: string,
    private readonly folder: string,
  ) {}

  static async start(): Promise<Demo> {
    const folder = await mkdtemp(join(tmpdir(), "tandem-playground-"));
    const demo = new Demo(`http://127.0.0.1:${await freePort()}`, folder);
    await demo.launch();
    return demo;
  }

  private async launch(): Promise<void> {
    const { PATH = "", HOME = "", TANDEM_BIN = "" } = process.env;
    const env = { PATH, HOME, ADDR: new URL(this.url).host, RATE_LIMIT_PER_SECOND: "0" };
    this.program = spawn(TANDEM_BIN, [], { cwd: this.folder, env, stdio: "ignore" });
    const isReady = () =>
      fetch(`${this.url}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      );
    await until("answer of the demo", isReady);
  }

  private async end(): Promise<void> {
    const ended = once(this.program!, "exit");
    this.program!.kill("SIGKILL");
    await ended;
  }

  /** Ends it, and starts it with the same data and a new secret, so that all tokens are new. */
  async restart(): Promise<void> {
    await this.end();
    await rm(join(this.folder, "tandem-data/demo-secret"));
    await this.launch();
  }

  async stop(): Promise<void> {
    await this.end();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Asks as a person of the demo, without the page. */
  async ask(person: string, query: string, variables: Record<string, unknown> = {}): Promise<Answer> {
    const response = await fetch(`${this.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${await this.token(person)}` },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as Answer;
  }

  async session(): Promise<{ people: { id: string; name: string; token: string }[]; examples: Record<string, string> }> {
    return (await (await fetch(`${this.url}/playground/session.json`)).json()) as Awaited<ReturnType<Demo["session"]>>;
  }

  async token(person: string): Promise<string> {
    return (await this.session()).people.find(({ id }) => id === person)?.token ?? "";
  }
}

export interface Answer {
  // The shape follows from each query.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  data?: any;
  errors?: { message: string; extensions?: { code?: string } }[];
}

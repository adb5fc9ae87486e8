import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "../ports.js";
import { until } from "../until.js";
import { Tab, type Browser, type Profile } from "./browser.js";
import { shared } from "./shared.js";
import { WebDriver } from "./webdriver.js";

/** WebKitGTK: its MiniBrowser on a screen of its own, by WebDriver. It has one session at a time, and so one profile. */
export class WebKit implements Browser {
  readonly engine = "WebKit";
  private taken = false;

  private constructor(private readonly driver: WebDriver) {}

  /** Starts it, or returns the one that the test files of this worker share. WEBKIT names another MiniBrowser. */
  static async launch(): Promise<WebKit> {
    const { driver } = await shared("WebKit", { start, end });
    return new WebKit(driver);
  }

  async profile(): Promise<Profile> {
    if (this.taken) throw new Error("WebKitGTK has one profile only; let the other person be a client without a browser");
    this.taken = true;
    const tab = async (url: string) => {
      const opened = await this.driver.newTab();
      await opened.open(url);
      return new Tab(opened);
    };
    return { tab, close: async () => {} };
  }

  /** Closes the tabs of this file. */
  async close(): Promise<void> {
    await this.driver.closeTabs();
  }
}

interface Running {
  readonly driver: WebDriver;
  readonly processes: readonly ChildProcess[];
}

async function start(): Promise<Running> {
  const screen = run("Xvfb", ["-displayfd", "1", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"], {});
  const display = await firstLine(screen);
  const port = await freePort();
  const environment = { DISPLAY: `:${display}`, GDK_BACKEND: "x11", GTK_A11Y: "none", LIBGL_ALWAYS_SOFTWARE: "1" };
  const service = run("WebKitWebDriver", [`--port=${port}`], environment);
  const url = `http://127.0.0.1:${port}`;
  await until("answer of WebKitWebDriver", () => fetch(`${url}/status`).then(({ ok }) => ok, () => false));
  const options = { binary: browserPath(), args: ["--automation"] };
  const driver = await WebDriver.session(url, { browserName: "MiniBrowser", "webkitgtk:browserOptions": options });
  return { driver, processes: [service, screen] };
}

async function end({ driver, processes }: Running): Promise<void> {
  await driver.end();
  for (const process of processes) {
    process.kill();
    await until("end of a process", () => process.exitCode !== null || process.signalCode !== null);
  }
}

function browserPath(): string {
  if (process.env["WEBKIT"]) return process.env["WEBKIT"];
  const libraries = `/usr/lib/${{ x64: "x86_64", arm64: "aarch64" }[process.arch as string] ?? process.arch}-linux-gnu`;
  const folders = readdirSync(libraries).filter((name) => name.startsWith("webkit2gtk-"));
  const found = folders.map((name) => join(libraries, name, "MiniBrowser")).find(existsSync);
  if (!found) throw new Error("there is no MiniBrowser; install webkit2gtk-driver, or name one in WEBKIT");
  return found;
}

function run(program: string, args: readonly string[], environment: Readonly<Record<string, string>>): ChildProcess {
  const started = spawn(program, args, { env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "ignore"] });
  const kill = () => started.kill("SIGKILL");
  process.once("exit", kill);
  started.once("exit", () => process.off("exit", kill));
  return started;
}

async function firstLine(process: ChildProcess): Promise<string> {
  if (!process.stdout) throw new Error("the process has no output");
  const failed = new Promise<never>((_, fail) => process.once("error", fail));
  const line = new Promise<string>((resolve, fail) => {
    const lines = createInterface(process.stdout as NodeJS.ReadableStream);
    lines.once("line", resolve);
    lines.once("close", () => fail(new Error("Xvfb ended without a display")));
  });
  return Promise.race([line, failed]);
}

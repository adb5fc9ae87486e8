import type { Driver } from "./browser.js";

/** The name of the property that refers to an element, as the standard has it. */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

/** A session of WebDriver over plain HTTP. One tab is current at a time, so commands take turns. */
export class WebDriver {
  private turn: Promise<unknown> = Promise.resolve();
  private first: string | undefined;

  private constructor(private readonly url: string) {}

  static async session(url: string, capabilities: Readonly<Record<string, unknown>>): Promise<WebDriver> {
    const { sessionId } = (await call(`${url}/session`, { capabilities: { alwaysMatch: capabilities } })) as { sessionId: string };
    const driver = new WebDriver(`${url}/session/${sessionId}`);
    await driver.send("timeouts", { script: 60_000, pageLoad: 60_000 });
    driver.first = (await driver.send("window")) as string;
    return driver;
  }

  /** Ends the session, and with it the browser. */
  async end(): Promise<void> {
    await this.turn.catch(() => undefined);
    await call(this.url, undefined, "DELETE");
  }

  /** Closes all windows but one, which is empty afterwards: without a window the session ends. */
  closeTabs(): Promise<void> {
    return this.inTurn(async () => {
      const [last = "", ...others] = (await this.send("window/handles")) as string[];
      for (const handle of others) {
        await this.send("window", { handle });
        await call(`${this.url}/window`, undefined, "DELETE");
      }
      await this.send("window", { handle: last });
      await this.send("url", { url: "about:blank" });
      this.first = last;
    });
  }

  /** Opens a tab in a window of its own, so that it is visible. The window that is there at the start has the first tab. */
  async newTab(): Promise<Driver> {
    const handle = this.first ?? ((await this.inTurn(() => this.send("window/new", { type: "window" }))) as { handle: string }).handle;
    this.first = undefined;
    return this.tab(handle);
  }

  private tab(handle: string): Driver {
    const here = <T>(commands: () => Promise<T>): Promise<T> =>
      this.inTurn(async () => {
        await this.send("window", { handle });
        return commands();
      });
    const command = (name: string, body: object = {}) => here(() => this.send(name, body)) as Promise<void>;
    return {
      open: (url) => command("url", { url }),
      reload: () => command("refresh"),
      back: () => command("back"),
      forward: () => command("forward"),
      evaluate: (expression) => here(() => this.evaluate(expression)),
      fill: (selector, text) => here(async () => {
        const element = await this.find(selector);
        await this.send(`element/${element}/clear`, {});
        await this.send(`element/${element}/value`, { text });
      }),
      click: (selector) => here(async () => void (await this.send(`element/${await this.find(selector)}/click`, {}))),
      screenshot: () => here(async () => Buffer.from((await this.send("screenshot")) as string, "base64")),
      close: () => here(async () => void (await call(`${this.url}/window`, undefined, "DELETE"))),
    };
  }

  private async evaluate(expression: string): Promise<unknown> {
    const script = `const done = arguments[arguments.length - 1];
      (async () => (${expression}))().then((value) => done({ value }), (error) => done({ error: String(error) }));`;
    const { value, error } = (await this.send("execute/async", { script, args: [] })) as { value: unknown; error?: string };
    if (error) throw new Error(error);
    return value ?? undefined;
  }

  private async find(selector: string): Promise<string> {
    const found = (await this.send("element", { using: "css selector", value: selector })) as Record<string, string>;
    return found[ELEMENT] ?? "";
  }

  private inTurn<T>(commands: () => Promise<T>): Promise<T> {
    const done = this.turn.then(commands, commands);
    this.turn = done.catch(() => undefined);
    return done;
  }

  private send(command: string, body?: object): Promise<unknown> {
    return call(`${this.url}/${command}`, body);
  }
}

async function call(url: string, body?: object, method = body ? "POST" : "GET"): Promise<unknown> {
  const response = await fetch(url, body ? { method, body: JSON.stringify(body) } : { method });
  const { value } = (await response.json()) as { value: unknown };
  if (!response.ok) throw new Error(`WebDriver: ${JSON.stringify(value)}`);
  return value;
}

import { PATIENCE, until } from "../until.js";

/** The engines that a page has to work in. */
export type Engine = "Chromium" | "Firefox" | "WebKit";

/** A running browser. */
export interface Browser {
  readonly engine: Engine;
  /** Opens a profile with cookies and storage of its own, as another person has on another device. */
  profile(): Promise<Profile>;
  close(): Promise<void>;
}

/** The tabs that share cookies and storage. */
export interface Profile {
  /** Opens a tab in front of the others, at an address. */
  tab(url: string): Promise<Tab>;
  close(): Promise<void>;
}

/** The functions of a tab that every driver has. `Tab` is built on them. */
export interface Driver {
  open(url: string): Promise<void>;
  reload(): Promise<void>;
  back(): Promise<void>;
  forward(): Promise<void>;
  /** Evaluates an expression in the page, waits for its promise if it is one, and returns the value by way of JSON. */
  evaluate(expression: string): Promise<unknown>;
  fill(selector: string, text: string): Promise<void>;
  click(selector: string): Promise<void>;
  /** A picture of what is in view, as PNG. */
  screenshot(): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** A tab of a browser: the same for all engines. */
export class Tab {
  constructor(private readonly driver: Driver) {}

  open = (url: string): Promise<void> => this.driver.open(url);
  reload = (): Promise<void> => this.driver.reload();
  back = (): Promise<void> => this.driver.back();
  forward = (): Promise<void> => this.driver.forward();
  fill = (selector: string, text: string): Promise<void> => this.driver.fill(selector, text);
  click = (selector: string): Promise<void> => this.driver.click(selector);
  screenshot = (): Promise<Uint8Array> => this.driver.screenshot();
  close = (): Promise<void> => this.driver.close();

  /**
   * Runs a function in the page, and returns what it returns. The function sees its arguments and the page's globals only.
   *
   * @example
   * ```ts
   * const title = await tab.run((prefix) => prefix + document.title, "The title is ");
   * ```
   */
  async run<Given extends readonly unknown[], Returned>(task: (...given: Given) => Returned, ...given: Given): Promise<Awaited<Returned>> {
    const passed = given.map((each) => JSON.stringify(each) ?? "undefined").join(", ");
    return (await this.driver.evaluate(`(${task.toString()})(${passed})`)) as Awaited<Returned>;
  }

  /** Runs a function in the page again and again until it returns something, and returns that. */
  async waitFor<Given extends readonly unknown[], Returned>(what: string, task: (...given: Given) => Returned, ...given: Given) {
    return until(what, () => this.run(task, ...given), PATIENCE, 50);
  }
}

import type { BrowserContextOptions } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { Chromium } from "../../../testing/browsers/chromium";
import { Demo } from "../demo";
import { open } from "./page";

/** The program with its demo company, and a browser, for the tests of one file. */
export class Setting {
  demo!: Demo;
  private browser!: Chromium;

  /** Starts it before the tests of the file that calls this, and ends it after them. */
  static forFile(): Setting {
    const setting = new Setting();
    beforeAll(async () => {
      [setting.demo, setting.browser] = await Promise.all([Demo.start(), Chromium.launch()]);
    });
    afterAll(async () => {
      await setting.browser.close();
      await setting.demo.stop();
    });
    return setting;
  }

  /** Opens the playground in a browser context of its own, at an address that ends with `rest`. */
  open(rest = "", options: BrowserContextOptions = {}): ReturnType<typeof open> {
    return open(this.browser, `${this.demo.url}/playground${rest}`, options);
  }

  /** The customer of the examples, as it is now. */
  async customer(): Promise<{ id: string; version: number }> {
    const { examples } = await this.demo.session();
    const { data } = await this.demo.ask("ada", "query ($id: ID!) { customer(id: $id) { id version } }", { id: examples["customerId"] });
    return data.customer;
  }
}

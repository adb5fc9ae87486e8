import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { PATIENCE, until } from "../../../testing/until.js";

/** The page of a person, in the words that the person sees. */
export class Screen {
  /** Errors that nothing caught. */
  readonly errors: string[] = [];

  constructor(readonly page: Page) {
    page.on("pageerror", (error) => this.errors.push(String(error)));
  }

  field(label: string): Locator {
    return this.page.getByLabel(label, { exact: true });
  }

  get dialog(): Locator {
    return this.page.getByRole("dialog", { name: "Resolve conflict" });
  }

  get connection(): Locator {
    return this.page.getByRole("status", { name: "Connection" });
  }

  async save(): Promise<void> {
    await this.page.getByRole("button", { name: "Save", exact: true }).click();
  }

  /** Chooses a side for a field in the dialog. */
  async choose(field: string, side: "Yours" | "Theirs" | "Custom"): Promise<void> {
    await this.option(field, side).check();
  }

  option(field: string, side: "Yours" | "Theirs" | "Custom"): Locator {
    return this.dialog.getByRole("radiogroup", { name: field }).getByRole("radio", { name: side });
  }

  async apply(): Promise<void> {
    await this.dialog.getByRole("button", { name: "Apply" }).click();
    await this.dialog.waitFor({ state: "hidden" });
  }

  connected(): Promise<void> {
    return this.shows("connection", async () => (await this.connection.getAttribute("data-state")) === "connected");
  }

  /** Waits until a field has a value. */
  has(label: string, value: string): Promise<void> {
    return this.shows(`${value} in ${label}`, async () => (await this.field(label).inputValue()) === value);
  }

  /** Waits until something holds. */
  async shows(what: string, holds: () => Promise<boolean | undefined>): Promise<void> {
    await until(what, holds, PATIENCE, 50).catch(async (error: Error) => {
      throw new Error(`${error.message}; the page shows:\n${await this.page.locator("body").ariaSnapshot()}`);
    });
    expect(this.errors).toEqual([]);
  }
}

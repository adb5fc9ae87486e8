import { expect, type TestContext } from "vitest";
import { Chromium, type ChromiumProfile } from "../../../testing/browsers/index.js";
import { Colleague } from "../../../testing/colleague.js";
import { Proxy } from "../../../testing/proxy.js";
import { Server, type Settings } from "../../../testing/server.js";
import { Screen } from "./screen.js";

/** The people of the demo company that the tests use. Ada is an admin, and the others are members. */
export type Name = "ada" | "ben" | "chloe" | "jonas";

/** The demo, with a browser in which each person has a window of their own, and a bad network before Ada's. */
export class Office {
  private readonly profiles: ChromiumProfile[] = [];
  private readonly tokens = new Map<string, Promise<string>>();
  private start = "";

  private constructor(readonly server: Server, readonly network: Proxy, readonly browser: Chromium) {}

  static async open(settings: Settings = {}): Promise<Office> {
    const [server, browser] = await Promise.all([Server.start({ AUTH_SECRET: "", ...settings }), Chromium.launch()]);
    const office = new Office(server, await Proxy.before(server.port), browser);
    await office.begin();
    return office;
  }

  /** Opens a page as a person, on a device of their own. Ada is behind the bad network. */
  async open(name: Name, path: string): Promise<Screen> {
    const profile = await this.browser.profile({ viewport: { width: 1280, height: 860 } });
    this.profiles.push(profile);
    const port = name === "ada" ? this.network.port : this.server.port;
    const { page } = await profile.tab(`http://127.0.0.1:${port}${path}${path.includes("?") ? "&" : "?"}as=${name}`);
    const screen = new Screen(page);
    await screen.connected();
    return screen;
  }

  /** A person who works with plain requests. */
  colleague(name: Name): Colleague {
    const ask = <T>(person: { id: string }, query: string, variables: Record<string, unknown> = {}) => this.ask<T>(person.id, query, variables);
    return new Colleague({ ask }, { id: name, org: "demo", role: "MEMBER", name });
  }

  /** Waits until screens show a customer as the server has it, and expects each of its versions once, in order, in the log. */
  async agree(id: string, ...screens: readonly Screen[]): Promise<void> {
    const ben = this.colleague("ben");
    const query = "query ($id: ID!) { customer(id: $id) { version name email phone company notes } }";
    type Fields = Readonly<Record<"name" | "email" | "phone" | "company" | "notes", string | null>>;
    const { customer } = await ben.ask<{ customer: Fields & { readonly version: number } }>(query, { id });
    const shown = { Name: customer.name, "E-mail": customer.email, Phone: customer.phone, Company: customer.company, Notes: customer.notes };
    for (const screen of screens) for (const [label, value] of Object.entries(shown)) await screen.has(label, value ?? "");
    const changes = (await ben.changes(this.start)).filter((change) => change.startsWith(`${id}:`));
    expect(changes).toEqual(Array.from({ length: customer.version }, (_, at) => `${id}:${at + 1}`));
  }

  /** Closes the pages of a test, and expects that none of them had an error. The second try of one that failed finds what the first one found. */
  async leave({ task }: TestContext): Promise<void> {
    this.network.set({});
    await Promise.all(this.profiles.splice(0).map((profile) => profile.close()));
    if (task.result?.state !== "fail") return;
    await this.server.renew();
    this.tokens.clear();
    await this.begin();
  }

  private async begin(): Promise<void> {
    this.start = await this.colleague("ben").position();
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.network.close();
    await this.server.remove();
  }

  /** Runs an operation as a person, and expects an answer without errors. */
  async ask<T>(person: string, query: string, variables: Record<string, unknown>): Promise<T> {
    if (!this.tokens.has(person)) this.tokens.set(person, this.token(person));
    const response = await fetch(this.server.url, {
      method: "POST",
      headers: { "Content-Type": "application/json", authorization: `Bearer ${await this.tokens.get(person)}` },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = (await response.json()) as { data?: T; errors?: readonly { readonly message: string }[] };
    if (errors) throw new Error(errors[0]?.message);
    return data as T;
  }

  private async token(person: string): Promise<string> {
    const url = new URL("/demo/token", this.server.url);
    const response = await fetch(url, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ person }) });
    return ((await response.json()) as { token: string }).token;
  }
}

import { expect } from "vitest";
import type { Tab } from "../../../../testing/browsers/index.js";
import { Site } from "../../../../testing/browsers/site.js";
import { Proxy } from "../../../../testing/proxy.js";
import { Server } from "../../../../testing/server.js";
import { organization, type Person } from "../../../../testing/token.js";
import { until } from "../../../../testing/until.js";
import type {} from "./page.js";

const CREATE = "mutation ($name: String!) { createCustomer(input: {name: $name}) { ... on CustomerSaved { customer { id } } } }";

/** A server behind a proxy that counts sockets, a site before them, and the tabs of one person. */
export class Crew {
  readonly made: string[] = [];
  private readonly tabs: Tab[] = [];

  private constructor(
    readonly server: Server, readonly proxy: Proxy, readonly site: Site, readonly person: Person, private readonly start: string,
    private readonly hire: (name: string) => Person,
  ) {}

  static async gather(): Promise<Crew> {
    const server = await Server.start();
    const proxy = await Proxy.before(server.port);
    const site = await Site.serve("client/test/browser/tabs/page.ts", proxy.port);
    const hire = organization();
    const ada = hire("Ada");
    const { customers } = await server.ask<{ customers: { asOf: string } }>(ada, "{ customers(first: 0) { asOf } }");
    return new Crew(server, proxy, site, ada, customers.asOf, hire);
  }

  /** Opens a tab of a person, which follows the customers from the beginning. */
  async open<T extends Tab>(profile: { tab(url: string): Promise<T> }, person = this.person): Promise<T> {
    const tab = await profile.tab(this.address(person));
    this.tabs.push(tab);
    await tab.run((after) => globalThis.shared.follow(after), this.start);
    await tab.waitFor("connection", () => globalThis.shared.state === "connected");
    return tab;
  }

  address(person = this.person): string {
    return `http://localhost:${this.site.port}${this.site.pathOf(person)}`;
  }

  colleague(name: string): Person {
    return this.hire(name);
  }

  /** Creates a customer, as another program of the person would. */
  async create(): Promise<void> {
    const { createCustomer } = await this.server.ask<{ createCustomer: { customer: { id: string } } }>(this.person, CREATE, { name: `customer ${this.made.length}` });
    this.made.push(`${createCustomer.customer.id}:1`);
  }

  /** Waits until the server has this version of a customer. */
  async version(id: string, version: number): Promise<void> {
    const query = "query ($id: ID!) { customer(id: $id) { version } }";
    await until(`version ${version}`, async () => (await this.server.ask<{ customer: { version: number } }>(this.person, query, { id })).customer.version === version);
  }

  /** The tab has seen every event once, in order. */
  async sees(tab: Tab): Promise<void> {
    await tab.waitFor("all events", (count) => globalThis.shared.events.length >= count, this.made.length);
    expect(await tab.run(() => ({ events: globalThis.shared.events, failures: globalThis.shared.failures }))).toEqual({ events: this.made, failures: [] });
  }

  /** Waits until there are this many sockets. */
  async sockets(count: number): Promise<void> {
    await until(`${count} sockets`, () => this.proxy.open("socket") === count);
  }

  /** The tab that leads, and the others. */
  async leader<T extends Tab>(tabs: readonly T[]): Promise<{ leader: T; others: T[] }> {
    return until("leader", async () => {
      const leads = await Promise.all(tabs.map((tab) => tab.run(() => globalThis.shared.leads)));
      const leader = leads.filter(Boolean).length === 1 ? tabs[leads.indexOf(true)] : undefined;
      return leader && { leader, others: tabs.filter((tab) => tab !== leader) };
    });
  }

  async close(): Promise<void> {
    await this.site.close();
    await this.proxy.close();
    await this.server.remove();
  }
}

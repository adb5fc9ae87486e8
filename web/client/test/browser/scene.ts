import { expect } from "vitest";
import { Chromium, engines, launch, type Browser, type Engine, type Profile, type Tab } from "../../../testing/browsers/index.js";
import type { TokenAnswer } from "../../../testing/browsers/site.js";
import { World } from "../../../testing/browsers/world.js";
import type { Colleague } from "../../../testing/colleague.js";
import type { Server } from "../../../testing/server.js";
import type { Person } from "../../../testing/token.js";
import { PATIENCE, until } from "../../../testing/until.js";
import type { Seen } from "./page.js";

/** All engines, started once for a file of tests. */
export class Engines {
  private constructor(private readonly browsers: readonly Browser[], readonly profiles: ReadonlyMap<Engine, Profile>) {}

  /** Starts them as people have them: with the cache for back and forward. */
  static async launch(): Promise<Engines> {
    const browsers = await Promise.all(engines.map((engine) => (engine === "Chromium" ? Chromium.launch({ backForwardCache: true }) : launch(engine))));
    const profiles = await Promise.all(browsers.map(async (browser) => [browser.engine, await browser.profile()] as const));
    return new Engines(browsers, new Map(profiles));
  }

  async close(): Promise<void> {
    await Promise.all(this.browsers.map((browser) => browser.close()));
  }
}

/** A tab whose person follows the customers. */
export interface Follower {
  readonly name: string;
  readonly person: Person;
  readonly tab: Tab;
}

/** The parts of a scene that are different from the usual ones. */
export interface Setting {
  readonly options?: Readonly<Record<string, string>>;
  readonly server?: Server;
  /** The answers to requests for tokens. */
  readonly tokens?: (person: Person) => TokenAnswer;
  /** Prepares each tab on an empty page of the same site. */
  readonly prepare?: (tab: Tab) => Promise<void>;
}

/** A world, a tab of a person in each of some profiles, and a colleague who edits the customer that all of them follow. */
export class Scene {
  private constructor(
    readonly world: World, readonly colleague: Colleague, readonly customer: string, private readonly start: string,
    readonly followers: readonly Follower[],
  ) {}

  static async open(profiles: Iterable<readonly [string, Profile]>, { options, server, tokens, prepare }: Setting = {}): Promise<Scene> {
    const world = await World.open("client/test/browser/page.ts", server);
    const colleague = world.colleague();
    const start = await colleague.position();
    const followers = await Promise.all([...profiles].map(async ([name, profile]) => {
      const person = world.hire("Ada");
      if (tokens) world.site.tokens(person, () => tokens(person));
      const tab = await profile.tab(prepare ? `${world.origin}/blank` : world.url(person, options));
      await prepare?.(tab);
      if (prepare) await tab.open(world.url(person, options));
      await tab.run((cursor) => globalThis.page.follow(cursor), start);
      return { name, person, tab };
    }));
    return new Scene(world, colleague, await colleague.create("Acme"), start, followers);
  }

  /** Does the same in all tabs at once. */
  async all<T>(task: (tab: Tab, name: string) => Promise<T>): Promise<T[]> {
    return Promise.all(this.followers.map(({ tab, name }) => task(tab, name)));
  }

  /** Waits until every tab is in a state. */
  async are(what: string, match: Partial<Seen>): Promise<void> {
    await this.all((tab, name) => tab.waitFor(`${name} that is ${what}`, (wanted) => {
      const status = globalThis.page.status as Partial<Seen> | undefined;
      return Object.entries(wanted).every(([key, value]) => status?.[key as keyof Seen] === value);
    }, match));
  }

  /** Breaks the connections, and waits until every tab has another one. */
  async reconnect(breaks: () => unknown): Promise<void> {
    const before = await this.all((tab) => tab.run(() => globalThis.page.connections));
    await breaks();
    await Promise.all(this.followers.map(({ tab, name }, at) =>
      tab.waitFor(`other connection of ${name}`, (count) => globalThis.page.connections > count, before[at] ?? 0)));
  }

  /** Waits until nothing comes any more that was on its way. */
  async quiet(): Promise<void> {
    await this.all((tab, name) => tab.waitFor(`silence in ${name}`, async () => {
      const before = globalThis.page.events.length;
      await new Promise((resolve) => setTimeout(resolve, 300));
      return globalThis.page.events.length === before;
    }));
  }

  /** Compares what came with the changes that the server shows the person: nothing is lost, doubled or out of order. */
  async agree(): Promise<void> {
    await Promise.all(this.followers.map(async ({ tab, name, person }) => {
      const changes = await this.world.colleague(person).changes(this.start);
      const count = () => tab.run(() => globalThis.page.events.length);
      await until(`${changes.length} changes in ${name}`, async () => (await count()) >= changes.length, PATIENCE, 50).catch(async (error: Error) => {
        throw new Error(`${error.message}; it has ${await count()}, its states were ${JSON.stringify(await tab.run(() => globalThis.page.states))}`);
      });
      const { events, resyncs, failures } = await tab.run(() => ({ ...globalThis.page, tandem: undefined }));
      expect({ name, events, resyncs, failures }).toEqual({ name, events: changes, resyncs: 0, failures: [] });
    }));
  }

  async close(): Promise<void> {
    await this.all((tab) => tab.open("about:blank"));
    await this.world.close();
  }
}

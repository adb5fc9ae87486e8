import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Random, seeds } from "../../../../testing/random.js";
import { Credentials } from "../../../src/connection/credentials.js";
import { Followers } from "../../../src/connection/followers.js";
import { Http } from "../../../src/connection/http.js";
import { Supervisor } from "../../../src/connection/supervisor.js";
import { SharedConnection } from "../../../src/connection/tabs/sharedConnection.js";
import "../../../src/connection/tabs/membership.js"; // so that it is loaded at once, by the true clock
import { Log } from "./log.js";
import { World, type Page } from "./world.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const EVENTS = { query: "subscription ($after: Cursor) { event(after: $after) { cursor } }", after: "000000", ended: () => {} };

/** A tab with one subscription and perhaps a second one, and the events that the first one has seen. */
class Tab {
  readonly seen: number[] = [];
  readonly page: Page;
  readonly connection: SharedConnection;
  endSecond: (() => void) | undefined;
  private readonly followers = new Followers(async () => "000000");

  constructor(private readonly world: World, log: Log, person: string) {
    this.page = world.page();
    const { followers } = this;
    this.connection = new SharedConnection({
      browser: world.browserOf(this.page), followers, onSession: () => {},
      identify: async () => {
        if (world.draw.chance(world.unreachable)) throw new Error("no network");
        return `tandem:${person}`;
      },
      connection: (audience, onSession) => new Supervisor({
        ...ownParts(log, this.page), followers: audience, onSession,
      }),
    });
    this.connection.send({ type: "connect" });
    followers.follow({ ...EVENTS, next: (data) => void this.seen.push(Number((data as { event: { cursor: string } }).event.cursor)) });
  }

  /** Begins or ends the second subscription. */
  toggle(): void {
    if (!this.endSecond) return void (this.endSecond = this.followers.follow({ ...EVENTS, next: () => {} }));
    this.endSecond();
    this.endSecond = undefined;
  }

  show(visible: boolean): void {
    this.page.visible = visible;
    for (const listener of this.page.listeners) listener();
    if (visible) this.connection.send({ type: "wake", changed: false });
  }

  thaw(): void {
    this.world.thaw(this.page);
    this.connection.send({ type: "wake", changed: true });
  }
}

function ownParts(log: Log, page: Page) {
  const url = "http://crm.example/graphql";
  const platform = { fetch: async () => { throw new Error("no requests here"); }, WebSocket: log.socketOf(page), hidden: () => !page.visible, thrifty: () => false };
  const credentials = new Credentials(async () => "token");
  return {
    url, platform, credentials, http: new Http(url, credentials, platform), transports: ["ws"] as const,
    online: () => true, onConnected: () => {}, onUnauthorized: () => {}, onDefect: () => {},
  };
}

/** Does something to one tab, or opens one. Returns the tabs that are left. */
function disturb(world: World, log: Log, tabs: Tab[]): Tab[] {
  const { draw } = world;
  const tab = draw.pick(tabs);
  const others = tabs.filter((each) => each !== tab);
  switch (draw.pick(["open", "close", "crash", "freeze", "hide", "reset", "cache", "toggle", "append"])) {
    case "open": return tabs.length < 6 ? [...tabs, new Tab(world, log, "ada")] : tabs;
    case "close":
      if (others.length === 0 || tab.page.frozen) return tabs;
      tab.connection.dispose();
      return others;
    case "crash":
      if (others.length === 0) return tabs;
      world.crash(tab.page);
      log.reset(tab.page);
      for (const socket of log.sockets) if (socket.page === tab.page) log.sockets.delete(socket);
      return others;
    case "freeze":
      if (tab.page.frozen) tab.thaw();
      else tab.page.frozen = true;
      return tabs;
    case "hide":
      if (!tab.page.frozen) tab.show(!tab.page.visible);
      return tabs;
    case "toggle":
      if (!tab.page.frozen) tab.toggle();
      return tabs;
    case "reset": log.reset(); return tabs;
    case "cache":
      if (!tab.page.frozen) tab.connection.send({ type: "suspend" });
      return tabs;
    default: log.append(); return tabs;
  }
}

test("a tab that sleeps without a word keeps no more than 10,000 answers waiting, and has all of them when it wakes", async () => {
  const world = new World(new Random(1));
  const log = new Log(world);
  const tabs = [new Tab(world, log, "ada"), new Tab(world, log, "ada")] as const;
  await vi.advanceTimersByTimeAsync(1_000);
  const asleep = tabs[0].connection.leading.get() ? tabs[1] : tabs[0];
  asleep.page.frozen = true;
  for (let each = 1; each <= 15_000; each++) {
    log.append();
    if (each % 50 === 0) await vi.advanceTimersByTimeAsync(5);
  }
  expect(asleep.page.held.length).toBeLessThan(10_100);
  asleep.thaw();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(asleep.seen).toEqual(Array.from({ length: 15_000 }, (_, at) => at + 1));
  vi.clearAllTimers();
});

test.each([
  ["", 0], [", also when some do not learn at once who their person is", 0.2],
])("whatever happens to tabs, one of them is connected, and each sees every event once and in order%s", async (_, unreachable) => {
  for (const seed of seeds(80)) {
    const world = new World(new Random(seed));
    world.unreachable = unreachable;
    const log = new Log(world);
    let tabs = [new Tab(world, log, "ada")];
    for (let step = 0; step < 40; step++) {
      tabs = disturb(world, log, tabs);
      if (world.draw.chance(0.7)) log.append();
      const passed = world.draw.pick([0, 5, 100, 3_000]);
      await vi.advanceTimersByTimeAsync(passed);
      if (passed >= 100 && unreachable === 0) expect(log.running, `seed ${seed}`).toBeLessThanOrEqual(1);
    }
    world.unreachable = 0;
    for (const tab of tabs) {
      if (tab.page.frozen) tab.thaw();
      tab.show(true);
    }
    await vi.advanceTimersByTimeAsync(40_000);
    log.append();
    await vi.advanceTimersByTimeAsync(5_000);
    const all = Array.from({ length: log.head }, (_, at) => at + 1);
    for (const tab of tabs) expect(tab.seen, `seed ${seed}`).toEqual(all);
    expect({ seed, sockets: log.running, leading: tabs.filter(({ connection }) => connection.leading.get()).length }).toEqual({ seed, sockets: 1, leading: 1 });
    expect(tabs.map(({ connection }) => connection.status.get().state), `seed ${seed}`).toEqual(tabs.map(() => "connected"));
    expect(log.subscriptions, `seed ${seed}`).toBe(tabs.length + tabs.filter(({ endSecond }) => endSecond).length);
    for (const tab of tabs) tab.connection.dispose();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(log.running, `seed ${seed}`).toBe(0);
    vi.clearAllTimers(); // of tabs that crashed
  }
});

import { randomBytes } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { launch, PuppeteerBrowser, PuppeteerTab, type Browser, type Profile, type Tab } from "../../../testing/browsers/index.js";
import { Scene, type Follower, type Setting } from "./scene.js";

let scene: Scene;
let profiles: readonly (readonly [string, Profile])[] = [];

let browsers: readonly Browser[] = [];

afterEach(async () => {
  await scene.close();
  await Promise.all(browsers.map((browser) => browser.close()));
});

/** Opens a scene in a browser of each kind. */
async function open(starting: readonly Promise<Browser>[], setting: Setting = {}): Promise<void> {
  browsers = await Promise.all(starting);
  profiles = await Promise.all(browsers.map(async (browser) => [browser.engine, await browser.profile()] as const));
  scene = await Scene.open(profiles, setting);
  await scene.are("connected", { state: "connected" });
}

/** Shows a new customer in the tabs of a person, and returns its id. */
async function shown({ name }: Follower, ...tabs: readonly Tab[]): Promise<string> {
  const id = await scene.colleague.create(name, { phone: "1" });
  for (const tab of tabs) {
    await tab.run((own) => globalThis.page.show(own), id);
    await tab.waitFor("customer", (own) => Boolean(globalThis.page.customer(own).get().data), id);
  }
  return id;
}

const outbox = (tab: Tab) => tab.run(() => {
  const { waiting, durable } = globalThis.page.tandem.outbox.get();
  return { waiting, durable };
});
const edit = (tab: Tab, id: string, phone: string, notes?: string) => tab.run((own, patch) => globalThis.page.edit(own, patch), id, { phone, notes });
/** A text that is long, and can't be made shorter. */
const long = () => randomBytes(2_000).toString("hex");
const outcomes = (tab: Tab) => tab.run(() => globalThis.page.outcomes.map(({ kind }) => kind));

/** Cuts the connection, and waits until the tabs know. */
async function cut(): Promise<void> {
  scene.world.network.set({ refuse: true });
  scene.world.network.reset();
  await scene.all((tab, name) => tab.waitFor(`loss of the connection in ${name}`, () => globalThis.page.status?.state !== "connected"));
}

/** Connects again, and waits until a customer has a phone. */
async function restore(expected: ReadonlyMap<string, string>): Promise<void> {
  scene.world.network.set({});
  await scene.all((tab) => tab.run(() => void window.dispatchEvent(new Event("online"))));
  for (const [id, phone] of expected) await expect.poll(() => scene.colleague.read(id)).toMatchObject({ phone });
}

test("where a browser forbids a site to store anything, edits are kept while the page lives, and the page is told so", async () => {
  await open([
    PuppeteerBrowser.chromium({ profile: { default_content_setting_values: { cookies: 2 } } }),
    PuppeteerBrowser.firefox({ "network.cookie.cookieBehavior": 2 }),
  ], { options: { forgetful: "" } });
  const expected = new Map<string, string>();
  const ids = await Promise.all(scene.followers.map((follower) => shown(follower, follower.tab)));
  await cut();
  for (const [at, { tab, name }] of scene.followers.entries()) {
    const id = ids[at] ?? "";
    await edit(tab, id, "2");
    expect(await outbox(tab), name).toEqual({ waiting: 1, durable: false });
    expected.set(id, "2");
  }
  await restore(expected);
  await scene.all((tab, name) => tab.waitFor(`answer in ${name}`, () => globalThis.page.outcomes.length === 1));
  for (const { tab, name } of scene.followers) expect(await outcomes(tab), name).toEqual(["saved"]);
  await scene.agree();
});

/** Stores as much as the browser lets a site store, and returns that number of bytes. */
async function fill(): Promise<number> {
  const put = (bytes: number) => new Promise<boolean>((resolve, reject) => {
    const opening = indexedDB.open("full");
    opening.onerror = () => resolve(false);
    opening.onupgradeneeded = () => void opening.result.createObjectStore("parts", { autoIncrement: true });
    opening.onsuccess = () => {
      const transaction = opening.result.transaction("parts", "readwrite");
      transaction.oncomplete = () => resolve(true);
      transaction.onabort = () => resolve(false);
      try {
        transaction.objectStore("parts").put(crypto.getRandomValues(new Uint8Array(bytes)));
      } catch (error) {
        reject(error as Error);
      }
    };
  });
  let stored = 0;
  for (let size = 1 << 16; size > 64; ) {
    if (await put(size)) stored += size;
    else size >>= 1;
    if (stored > 1 << 26) throw new Error("the browser stores without a limit");
  }
  return stored;
}

test("on a device that becomes full, edits go on in memory, also in a tab that does not lead, and nothing that was kept before is lost", async () => {
  const prepare = async (tab: Tab) => {
    if (tab instanceof PuppeteerTab && tab.engine === "Chromium") await tab.limitStorage(1 << 20);
  };
  await open([PuppeteerBrowser.chromium(), PuppeteerBrowser.firefox({ "dom.quotaManager.temporaryStorage.fixedLimit": 4_096 })], { prepare });
  const expected = new Map<string, string>();
  const others = await Promise.all(profiles.map(async ([, profile], at) => profile.tab(scene.world.url((scene.followers[at] as Follower).person))));
  const ids = await Promise.all(scene.followers.map(async (follower, at) => [
    await shown(follower, follower.tab), await shown(follower, follower.tab), await shown(follower, follower.tab, others[at] as Tab),
  ] as const));
  await cut();
  for (const [at, { tab, name }] of scene.followers.entries()) {
    const [kept, later, inOther] = ids[at] as readonly [string, string, string];
    const other = others[at] as Tab;
    await edit(tab, kept, "2");
    expect(await outbox(tab), name).toEqual({ waiting: 1, durable: true });
    expect(await tab.run(fill), name).toBeGreaterThan(0);
    await edit(tab, later, "3", long());
    expect(await outbox(tab), name).toEqual({ waiting: 2, durable: false });
    await edit(other, inOther, "4", long());
    expect((await outbox(other)).durable, name).toBe(false);
    for (const [id, phone] of [[kept, "2"], [later, "3"], [inOther, "4"]] as const) expected.set(id, phone);
  }
  await restore(expected);
  for (const [at, tab] of [...scene.followers.map(({ tab }) => tab), ...others].entries()) {
    await tab.waitFor(`answers in tab ${at}`, () => globalThis.page.tandem.outbox.get().waiting === 0);
  }
  for (const { tab, name } of scene.followers) expect(await outcomes(tab), name).toEqual(["saved", "saved"]);
  for (const id of expected.keys()) expect((await scene.colleague.read(id)).version).toBe(2);
  await scene.agree();
});

test("in a private window, edits that were made offline outlive a reload, and each is applied once", async () => {
  await open([PuppeteerBrowser.chromium(), PuppeteerBrowser.firefox({ "browser.privatebrowsing.autostart": true }), launch("WebKit")]);
  const ids = await Promise.all(scene.followers.map((follower) => shown(follower, follower.tab)));
  await cut();
  await Promise.all(scene.followers.map(({ tab }, at) => edit(tab, ids[at] ?? "", "2")));
  await scene.all((tab) => tab.reload());
  await scene.all((tab, name) => tab.waitFor(`kept edit in ${name}`, () => globalThis.page?.tandem.outbox.get().waiting === 1));
  await restore(new Map(ids.map((id) => [id, "2"])));
  await scene.all((tab, name) => tab.waitFor(`answer in ${name}`, () => globalThis.page.tandem.outbox.get().waiting === 0));
  for (const id of ids) expect((await scene.colleague.read(id)).version).toBe(2);
  await scene.agree();
});

import { afterEach, expect, test } from "vitest";
import { launch, PuppeteerBrowser, type Browser, type Profile } from "../../../testing/browsers/index.js";
import { token, type Person } from "../../../testing/token.js";
import { until } from "../../../testing/until.js";
import { Scene } from "./scene.js";

let browsers: readonly Browser[] = [];
let scene: Scene;

afterEach(async () => {
  await scene.close();
  await Promise.all(browsers.map((browser) => browser.close()));
});

test("a tab renews a token that runs out, hidden or not, also when the application fails to give one at first; after it is revoked, an edit waits for its person, and nobody sees it", async () => {
  browsers = await Promise.all([PuppeteerBrowser.chromium(), PuppeteerBrowser.firefox(), launch("WebKit")]);
  const profiles = await Promise.all(browsers.map(async (browser): Promise<[string, Profile]> => [browser.engine, await browser.profile()]));
  let answer: (person: Person) => string | number = (person) => token(person, 8);
  const failed = new Map<string, number>();
  scene = await Scene.open(profiles, { tokens: (person) => answer(person) });
  await scene.are("connected", { state: "connected" });
  const id = await scene.colleague.create("Acme", { phone: "1" });
  await scene.all((tab) => tab.run((own) => globalThis.page.show(own), id));
  await scene.all((tab, name) => tab.waitFor(`customer in ${name}`, (own) => Boolean(globalThis.page.customer(own).get().data), id));
  answer = ({ id: person }) => (failed.set(person, (failed.get(person) ?? 0) + 1), 503);
  const [[, chromium] = []] = profiles;
  const front = await chromium?.tab("about:blank");
  expect(await scene.followers[0]?.tab.run(() => document.visibilityState)).toBe("hidden");
  await until("two failures of each", () => scene.followers.every(({ person }) => (failed.get(person.id) ?? 0) >= 2));

  answer = (person) => token(person, 8);
  await scene.colleague.edit(scene.customer, { notes: "while they had no token" });
  await scene.are("connected", { state: "connected" });
  await scene.agree();
  for (const asked of await scene.all((tab) => tab.run(() => globalThis.page.asked))) expect(asked).toContain(true);

  answer = (person) => token(person, -3_600);
  await scene.all((tab, name) => tab.waitFor(`demand to sign in from ${name}`, () => globalThis.page.unauthorized > 0));
  for (const seen of await scene.all((tab) => tab.run(() => [globalThis.page.unauthorized, globalThis.page.status?.state]))) expect(seen).toEqual([1, "unauthorized"]);
  const [first] = scene.followers;
  await first?.tab.run((own) => globalThis.page.edit(own, { phone: "2" }), id);
  expect(await first?.tab.run(() => globalThis.page.tandem.outbox.get().waiting)).toBe(1);
  await front?.close();

  await scene.all((tab) => tab.reload());
  await scene.all((tab, name) => tab.waitFor(`demand to sign in from ${name}`, () => globalThis.page?.unauthorized > 0));
  expect(await first?.tab.run(() => globalThis.page.tandem.outbox.get().records)).toEqual([]);
  answer = (person) => token(person);
  await scene.all((tab) => tab.reload());
  await expect.poll(() => scene.colleague.read(id)).toMatchObject({ phone: "2", version: 2 });
  await scene.agree();
});

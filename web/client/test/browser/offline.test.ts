import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Chromium, type ChromiumProfile } from "../../../testing/browsers/index.js";
import { until } from "../../../testing/until.js";
import { Scene } from "./scene.js";

let browser: Chromium;
let profile: ChromiumProfile;
let scene: Scene;

beforeAll(async () => {
  browser = await Chromium.launch();
  profile = await browser.profile();
});
afterAll(() => browser.close());
afterEach(() => scene.close());

test("a page whose browser is offline says so after an edit that could not be sent, though its socket is open, and sends it as soon as it is online", async () => {
  scene = await Scene.open([["Chromium", profile]]);
  const { colleague, customer } = scene;
  await scene.all((tab) => tab.run((id) => globalThis.page.show(id), customer));
  await scene.all((tab, name) => tab.waitFor(`customer in ${name}`, (id) => globalThis.page.customer(id).get().data && globalThis.page.customer(id).get().access, customer));
  await scene.are("connected", { state: "connected" });

  await profile.context.setOffline(true);
  await scene.all((tab) => tab.run((id) => globalThis.page.edit(id, { phone: "1" }), customer));
  await scene.are("lost", { lost: true });
  expect(await scene.all((tab) => tab.run(() => globalThis.page.tandem.outbox.get().waiting))).toEqual([1]);

  await profile.context.setOffline(false);
  await scene.are("connected again", { state: "connected", lost: false });
  await until("the edit at the server", async () => (await colleague.read(customer)).phone === "1");
  await scene.agree();
});

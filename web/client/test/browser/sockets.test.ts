import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { until } from "../../../testing/until.js";
import { Engines, Scene } from "./scene.js";

let browsers: Engines;
let scene: Scene;

beforeAll(async () => void (browsers = await Engines.launch()));
afterAll(() => browsers.close());
afterEach(() => scene.close());

test("sockets that are reset or refused while events come lose nothing and double nothing", async () => {
  scene = await Scene.open(browsers.profiles);
  const { network } = scene.world;
  await scene.are("connected", { state: "connected", transport: "ws" });
  const finish = scene.colleague.keepEditing(scene.customer);
  for (let round = 0; round < 3; round++) await scene.reconnect(() => network.reset("socket"));
  network.set({ refuse: true });
  network.reset();
  await scene.all((tab, name) => tab.waitFor(`failed attempt of ${name}`, () => globalThis.page.tandem.status.get().attempt > 0));
  network.set({});
  await scene.are("connected", { state: "connected" });
  expect(await finish()).toBeGreaterThan(0);
  await scene.agree();
});

test("a socket that carries nothing any more is replaced when it has been silent, and soon after the page comes to the front", async () => {
  scene = await Scene.open(browsers.profiles);
  const { network } = scene.world;
  await scene.are("connected", { state: "connected", transport: "ws" });
  const finish = scene.colleague.keepEditing(scene.customer);

  await scene.reconnect(() => network.freeze("socket"));
  const silences = await scene.all((tab) => tab.run(() => globalThis.page.silences));
  // It is noticed after 14 s, and a busy machine adds to that.
  expect(Math.max(...silences.flat()), "milliseconds of silence").toBeLessThan(20_000);

  let began = 0;
  await scene.reconnect(async () => {
    network.freeze("socket");
    await scene.quiet();
    began = Date.now();
    await scene.all((tab) => tab.run(() => void document.dispatchEvent(new Event("visibilitychange"))));
  });
  expect(Date.now() - began, "milliseconds until the silence was noticed").toBeLessThan(12_000);
  await finish();
  await scene.agree();
});

test("the client goes down to streams and to polling where they are blocked, and back up, with one presence for each person", async () => {
  scene = await Scene.open(browsers.profiles);
  const { network } = scene.world;
  await scene.are("connected", { state: "connected", transport: "ws" });
  await scene.all((tab, name) => tab.run((clientId) => void Object.assign(globalThis, { counts: globalThis.page.enter("room", clientId) }), name));
  const finish = scene.colleague.keepEditing(scene.customer);

  network.set({ refuse: true }, "socket");
  network.reset("socket");
  await scene.are("connected by a stream", { state: "connected", transport: "sse" });

  network.set({ buffer: true }, "stream");
  network.reset("stream");
  await scene.are("connected by polling", { state: "connected", transport: "poll" });

  network.set({});
  await scene.all((tab) => tab.run(() => void window.dispatchEvent(new Event("online"))));
  await scene.are("connected by a socket again", { state: "connected", transport: "ws" });
  await finish();
  await scene.agree();

  const present = async () => (await scene.colleague.ask<{ presence: { totalCount: number } }>("{ presence(room: \"room\") { totalCount } }")).presence.totalCount;
  await until("all people in the room", async () => (await present()) === scene.followers.length);
  const counts = await scene.all((tab) => tab.run(() => (globalThis as unknown as { counts: number[] }).counts));
  expect(Math.max(...counts.flat())).toBe(scene.followers.length);
});

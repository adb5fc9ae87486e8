import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Pair } from "../../../testing/pair.js";
import { tandemOf } from "../../../testing/people.js";
import { until } from "../../../testing/until.js";
import { Engines, Scene } from "./scene.js";

let browsers: Engines;
let scene: Scene;

beforeAll(async () => void (browsers = await Engines.launch()));
afterAll(() => browsers.close());
afterEach(() => scene.close());

interface Update {
  readonly snapshot: readonly { id: string }[] | null;
  readonly joined: readonly { id: string }[];
  readonly left: readonly string[];
}

/** Watches a room from an instance, and notes each person who leaves. */
function watchRoom(instance: { url: string }, room: string) {
  const tandem = tandemOf(instance.url, scene.world.hire("Carl"));
  const seen = { present: new Set<string>(), left: [] as string[], end: () => tandem.close() };
  tandem.link.follow<{ presence: Update }>({
    query: `subscription ($room: ID!) { presence(room: $room) { snapshot { id } joined { id } left } }`,
    variables: { room },
    next: ({ presence: { snapshot, joined, left } }) => {
      if (snapshot) seen.present = new Set(snapshot.map(({ id }) => id));
      for (const { id } of joined) seen.present.add(id);
      for (const id of left) seen.present.delete(id);
      seen.left.push(...left);
    },
    ended: (reason) => seen.left.push(String(reason)),
  });
  return seen;
}

test("clients of an instance that is killed, and of one that is drained, go on at the other one, and others see nobody leave", async () => {
  const pair = await Pair.start();
  try {
    const [first, second] = pair.instances;
    scene = await Scene.open(browsers.profiles, { server: first });
    const { world: { site }, colleague, customer } = scene;
    await scene.all((tab, name) => tab.run((clientId) => {
      globalThis.page.enter("room", clientId);
      globalThis.page.list();
    }, name));
    await scene.all((tab, name) => tab.waitFor(`list in ${name}`, () => globalThis.page.listed.at(-1)?.[0] === "live"));
    let watcher = watchRoom(second, "room");
    const everybody = () => watcher.present.size === scene.followers.length;
    await until("everybody", everybody);

    site.target = second.port;
    await scene.reconnect(() => first.kill());
    await first.start();
    await colleague.edit(customer, { notes: "after the one instance was killed" });
    await scene.agree();
    expect(everybody()).toBe(true);
    expect(watcher.left).toEqual([]);
    watcher.end();

    watcher = watchRoom(first, "room");
    await until("everybody", everybody);
    site.target = first.port;
    await scene.reconnect(() => void second.stop());
    await colleague.edit(customer, { notes: "after the other one was drained" });
    await scene.agree();
    expect(everybody()).toBe(true);
    expect(watcher.left).toEqual([]);
    watcher.end();
    for (const listed of await scene.all((tab) => tab.run(() => globalThis.page.listed))) {
      const shown = listed.slice(listed.findIndex(([status]) => status === "live"));
      expect(shown.filter(([status]) => status !== "live" && status !== "stale"), "a list that is read anew").toEqual([]);
      expect(new Set(shown.map(([, length]) => length))).toEqual(new Set([1]));
    }
  } finally {
    await pair.remove();
  }
});

test("when the log is replaced by an older one everything is read anew, once, and edits that wait are kept and sent", async () => {
  scene = await Scene.open(browsers.profiles);
  const { world: { server, network }, colleague } = scene;
  const [reverted, edited] = [await colleague.create("reverted", { phone: "1" }), await colleague.create("edited", { phone: "1" })];
  await server.backUp();
  await scene.all((tab) => tab.run((ids) => ids.forEach((id) => globalThis.page.show(id)), [reverted, edited]));
  await colleague.edit(reverted, { phone: "2" });
  for (let count = 0; count < 5; count++) await colleague.edit(scene.customer, { notes: `lost ${count}` });
  const shows = (what: string, id: string, phone: string) => scene.all((tab, name) =>
    tab.waitFor(`${what} in ${name}`, (own, expected) => globalThis.page.customer(own).get().data?.["phone"] === expected, id, phone));
  await shows("what will be lost", reverted, "2");
  await scene.agree();

  network.set({ refuse: true });
  network.reset();
  const [first] = scene.followers;
  await first?.tab.run((id) => globalThis.page.edit(id, { phone: "3" }), edited);
  await server.restore();
  network.set({});
  await scene.all((tab) => tab.run(() => void window.dispatchEvent(new Event("online"))));
  await scene.all((tab, name) => tab.waitFor(`resync of ${name}`, () => globalThis.page.resyncs > 0));

  await shows("what was restored", reverted, "1");
  await shows("the edit that waited", edited, "3");
  await colleague.edit(reverted, { phone: "4" });
  await shows("what came later", reverted, "4");
  expect(await scene.all((tab) => tab.run(() => globalThis.page.resyncs))).toEqual(scene.followers.map(() => 1));
  expect(await colleague.read(edited)).toMatchObject({ version: 2, phone: "3" });
});

import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Tab } from "../../../testing/browsers/index.js";
import type { Person } from "../../../testing/token.js";
import { Engines, Scene } from "./scene.js";

let browsers: Engines;
let scene: Scene;

beforeAll(async () => void (browsers = await Engines.launch()));
afterAll(() => browsers.close());
afterEach(() => scene.close());

/** Does something with each tab, its person and what was made for it. */
async function each<Made, T>(made: ReadonlyMap<string, Made>, task: (tab: Tab, own: Made, name: string) => Promise<T>): Promise<T[]> {
  return scene.all((tab, name) => task(tab, made.get(name) as Made, name));
}

async function forEach<Made>(make: (person: Person) => Promise<Made>): Promise<ReadonlyMap<string, Made>> {
  return new Map(await Promise.all(scene.followers.map(async ({ name, person }) => [name, await make(person)] as const)));
}

/** Shows customers in a tab, and waits until they are there. */
async function show(tab: Tab, ids: readonly string[]): Promise<void> {
  await tab.run((all) => all.forEach((id) => globalThis.page.show(id)), ids);
  await tab.waitFor("customers", (all) => all.every((id) => globalThis.page.customer(id).get().data && globalThis.page.customer(id).get().access), ids);
}

const settled = (tab: Tab, name: string) => tab.waitFor(`answers to the edits in ${name}`, () => globalThis.page.tandem.outbox.get().waiting === 0);

test("an edit whose answer is cut off is applied once, by its echo or by sending it again, and never flickers", async () => {
  scene = await Scene.open(browsers.profiles);
  const { colleague, world: { network } } = scene;
  const customers = await forEach(({ name }) => colleague.create(name, { phone: "1" }));
  await each(customers, (tab, id) => show(tab, [id]));
  await scene.are("connected", { state: "connected" });

  network.set({ cutAfter: 0 }, "request");
  await each(customers, (tab, id) => tab.run((own) => globalThis.page.edit(own, { phone: "2" }), id));
  await scene.all(settled);

  network.freeze("socket");
  await each(customers, (tab, id) => tab.run((own) => globalThis.page.edit(own, { phone: "3" }), id));
  await each(customers, (tab) => tab.waitFor("second attempt", () => (globalThis.page.tandem.outbox.get().records[0]?.tries ?? 0) > 1));
  network.set({});
  network.reset("socket");
  await scene.all(settled);

  await scene.agree();
  await each(customers, async (tab, id, name) => {
    expect(await colleague.read(id), name).toMatchObject({ version: 3, phone: "3" });
    expect(await tab.run((own) => [globalThis.page.phones[own], globalThis.page.outcomes], id), name).toEqual([["1", "2", "3"], [{ kind: "saved" }, { kind: "saved" }]]);
  });
});

test("ten edits that were made offline outlive a reload, and each is answered as it must be, once", async () => {
  scene = await Scene.open(browsers.profiles);
  const { colleague, world: { network } } = scene;
  await scene.are("connected", { state: "connected" }); // people become members when they first connect
  const restricted = async (person: Person) => {
    const id = await colleague.create("narrowed", { visibility: "RESTRICTED", phone: "1" });
    await colleague.grant(id, person, "WRITE");
    return id;
  };
  const customers = await forEach(async (person) => ({
    kept: await colleague.create("kept", { phone: "1" }), disputed: await colleague.create("disputed", { phone: "1" }),
    deleted: await colleague.create("deleted", { phone: "1" }), narrowed: await restricted(person),
  }));
  await each(customers, (tab, own) => show(tab, Object.values(own)));

  network.set({ refuse: true });
  network.reset();
  await scene.all((tab, name) => tab.waitFor(`loss of the connection in ${name}`, () => globalThis.page.status?.state !== "connected"));
  await each(customers, (tab, own) => tab.run(async ({ kept, disputed, deleted, narrowed }) => {
    for (const phone of ["2", "3", "4"]) for (const id of [kept, disputed, deleted]) await globalThis.page.edit(id, { phone });
    await globalThis.page.edit(narrowed, { phone: "4" });
  }, own));
  for (const [name, { disputed, deleted, narrowed }] of customers) {
    const person = scene.followers.find((follower) => follower.name === name)?.person as Person;
    await colleague.edit(disputed, { phone: "Ben's" });
    await colleague.remove(deleted);
    await colleague.grant(narrowed, person, "READ");
  }

  await scene.all((tab) => tab.reload());
  await scene.all((tab, name) => tab.waitFor(`kept edits in ${name}`, () => globalThis.page?.tandem.outbox.get().waiting === 4));
  network.set({});
  await scene.all((tab) => tab.run(() => void window.dispatchEvent(new Event("online"))));
  await scene.all(settled);

  await each(customers, async (tab, own, name) => {
    const records = await tab.run(() => globalThis.page.tandem.outbox.get().records.map(({ entityId, state, refusal }) => [entityId, state, refusal?.code ?? ""]));
    const expected = [[own.disputed, "conflict", ""], [own.deleted, "refused", "EntityGone"], [own.narrowed, "refused", "AccessDenied"]];
    expect(new Set(records.map(String)), name).toEqual(new Set(expected.map(String)));
    expect(await colleague.read(own.kept), name).toMatchObject({ version: 2, phone: "4" });
    expect(await colleague.read(own.disputed), name).toMatchObject({ version: 2, phone: "Ben's" });
    expect(await colleague.read(own.narrowed), name).toMatchObject({ version: 1, phone: "1" });
  });
  await scene.agree();
});

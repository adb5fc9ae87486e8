import "fake-indexeddb/auto";
import { forceCloseDatabase } from "fake-indexeddb";
import { randomUUID } from "node:crypto";
import { expect, test, vi } from "vitest";
import { deleteStorage, openStorage } from "../src/outbox/indexeddb.js";
import { Outbox } from "../src/outbox/outbox.js";
import type { Sent } from "../src/outbox/outcome.js";
import { add, expire, OutboxFull, type Records } from "../src/outbox/queue.js";
import type { Edit, OutboxRecord } from "../src/outbox/record.js";
import { operationOf } from "../src/outbox/send.js";
import { memoryStorage, type OutboxStorage } from "../src/outbox/storage.js";
import { Entities } from "../src/store/entities.js";
import { until } from "../../testing/until.js";

const edit = (patch: Edit["patch"], base = 1, seen: Edit["seen"] = {}, entityId = "e"): Edit => ({
  entityType: "Customer", entityId, patch, bases: Object.fromEntries(Object.keys(patch).map((field) => [field, base])), seen,
});

/** A tab whose requests wait for the test to answer them. */
function tab(storage: OutboxStorage = memoryStorage()) {
  const entities = new Entities();
  const requests: { record: OutboxRecord; answer: (sent: Sent) => void }[] = [];
  const outbox = new Outbox({
    entities, storage,
    send: (record) => new Promise((answer) => requests.push({ record, answer })),
    wait: () => Promise.resolve(),
  });
  const request = () => until("request", () => requests.shift());
  return { entities, outbox, requests, request };
}

test("an edit shows until its version is in: by the echo, before the answer and before the storage", async () => {
  const storage = memoryStorage();
  const slow: Promise<unknown>[] = [];
  const { entities, outbox, request } = tab({ ...storage, change: async (...args) => (await Promise.all(slow), storage.change(...args)) });
  entities.read({ id: "e", version: 1, fields: { phone: "1" } });
  const shown: unknown[] = [];
  entities.listen(() => shown.push(entities.view("e")?.fields["phone"]));
  outbox.send(true);
  const { settled } = await outbox.save(edit({ phone: "2" }, 1, { phone: "1" }));
  const { record } = await request();
  let release = () => {};
  slow.push(new Promise<void>((resolve) => (release = resolve)));
  const event = { id: "e", kind: "UPDATED", changed: ["phone"] };
  entities.change({ ...event, version: 2, fromVersion: 1, fields: { phone: "2" }, clientMutationId: record.clientMutationId });
  entities.change({ ...event, version: 3, fromVersion: 2, fields: { phone: "Ben's" } });
  await until("what Ben set", () => shown.at(-1) === "Ben's");
  release();
  expect(await settled).toEqual({ kind: "saved" });
  expect(outbox.all).toEqual([]);
  expect(shown.filter((value, at) => value !== shown[at - 1])).toEqual([undefined, "1", "2", "Ben's"].slice(shown[0] === undefined ? 0 : 1));
});

test("edits of different fields stay apart, but for those that are valid only together", () => {
  const kept = (...patches: Edit["patch"][]) => patches.reduce<Records>((records, patch, at) => add(records, edit(patch), `m${at}`, 0).records, []);
  expect(kept({ phone: "1" }, { email: "a" }, { phone: "2", name: "N" })).toMatchObject([{ patch: { phone: "2", name: "N" } }, { patch: { email: "a" }, madeAfter: ["m0"] }]);
  expect(kept({ startsAt: "1" }, { endsAt: "2" }, { amountMinor: 3 }, { currency: "EUR" })).toMatchObject([{ patch: { startsAt: "1", endsAt: "2" } }, { patch: { amountMinor: 3, currency: "EUR" } }]);
});

test("edits that wait are one, an undo takes its field back, and nothing is sent when nothing is left", async () => {
  const { outbox, entities, requests } = tab();
  const first = await outbox.save(edit({ phone: "2", name: "B" }, 3, { phone: "1", name: "A" }));
  await outbox.save(edit({ phone: "3" }, 5, { phone: "2" }));
  expect(outbox.all).toMatchObject([{ patch: { phone: "3", name: "B" }, bases: { phone: 3, name: 3 }, seen: { phone: "1" } }]);
  await outbox.save(edit({ phone: "1" }, 5));
  expect(outbox.all).toMatchObject([{ patch: { name: "B" }, bases: { name: 3 } }]);
  const last = await outbox.save(edit({ name: "A" }, 5));
  expect(last.clientMutationId).toBeUndefined();
  expect(await first.settled).toEqual({ kind: "undone" });
  outbox.send(true);
  await outbox.idle();
  expect([outbox.all, requests, entities.editsOf("e")]).toEqual([[], [], []]);
});

test("fields have the versions of their own, and an edit names those that had no answer", () => {
  let records = add([], edit({ phone: "2" }, 4), "first", 0).records;
  records = records.map((record) => ({ ...record, state: "sending" as const }));
  records = add(records, edit({ phone: "3" }, 4), "second", 0).records;
  records = add(records, edit({ phone: "3", name: "B" }, 6), "third", 0).records;
  expect(operationOf(records[0] as OutboxRecord).variables).toEqual({ input: { id: "e", baseVersion: 4, clientMutationId: "first", patch: { phone: "2" } } });
  expect(operationOf(records[1] as OutboxRecord).variables).toEqual({
    input: {
      id: "e", baseVersion: 6, clientMutationId: "second", patch: { phone: "3", name: "B" }, madeAfter: ["first"],
      bases: [{ field: "phone", version: 4 }, { field: "name", version: 6 }],
    },
  });
});

test("what the person saw and keeps is made against the newest version", async () => {
  const { outbox, entities } = tab();
  entities.read({ id: "e", version: 4, fields: { phone: "1" } });
  await outbox.save(edit({ phone: "mine", name: "B" }, 4, { phone: "1" }));
  entities.read({ id: "e", version: 7, fields: { phone: "Ben's" } });
  await outbox.keepMine("e", ["phone"]);
  expect(outbox.all).toMatchObject([{ bases: { phone: 7, name: 4 }, seen: { phone: "Ben's" } }]);
});

test("what is on its way when the connection is lost is sent again under its id as soon as it is back", async () => {
  const entities = new Entities();
  const sent: string[] = [];
  const outbox = new Outbox({
    entities, storage: memoryStorage(),
    send: ({ clientMutationId }, signal) => new Promise((answer) => {
      sent.push(clientMutationId);
      if (sent.length > 1) answer({ kind: "saved", entityId: "e", version: 2 });
      signal.addEventListener("abort", () => answer({ kind: "again" }));
    }),
  });
  outbox.send(true);
  const { settled } = await outbox.save(edit({ phone: "2" }, 1, { phone: "1" }));
  await until("request", () => sent.length === 1);
  outbox.send(false);
  outbox.send(true);
  expect(await settled).toEqual({ kind: "saved" });
  expect(new Set(sent).size).toBe(1);
});

test("entities do not wait for each other, but for the one that they refer to", async () => {
  const { outbox, request, requests } = tab();
  const created = await outbox.create("Customer", { name: "Acme" });
  await outbox.create("Call", { subject: "Hello", customerId: created.entityId });
  await outbox.save(edit({ phone: "1" }, 1, {}, "other"));
  outbox.send(true);
  const [first, second] = [await request(), await request()];
  expect([first.record.kind, second.record.entityId]).toEqual(["create", "other"]);
  await outbox.save(edit({ phone: "7" }, 0, {}, created.entityId));
  expect(requests).toEqual([]);
  first.answer({ kind: "saved", entityId: "c1", version: 1 });
  const next = [await request(), await request()].map(({ record }) => record);
  expect(next).toMatchObject([{ kind: "create", patch: { customerId: "c1" } }, { entityId: "c1", bases: { phone: 1 }, patch: { phone: "7" } }]);
});

test("what belongs to an entity that was refused is refused too, with its text kept", async () => {
  const { outbox, request } = tab();
  const created = await outbox.create("Customer", { name: "" });
  const call = await outbox.create("Call", { subject: "Hello", customerId: created.entityId });
  outbox.send(true);
  const refusal = { code: "InvalidInput", message: "A name is missing.", fields: [{ field: "name", message: "must not be blank" }] };
  (await request()).answer({ kind: "refused", refusal });
  expect(await created.settled).toEqual({ kind: "refused", refusal });
  expect(await call.settled).toMatchObject({ kind: "refused", refusal: { code: "EntityGone" } });
  expect(outbox.all).toMatchObject([{ state: "refused" }, { state: "refused", patch: { subject: "Hello" } }]);
  for (const { clientMutationId } of outbox.all) await outbox.discard(clientMutationId);
  expect(outbox.all).toEqual([]);
});

test("a conflict keeps the edit on the screen, a later edit of the field joins it, and a resolution ends it", async () => {
  const { outbox, entities, request } = tab();
  entities.read({ id: "e", version: 3, fields: { phone: "Ben's" } });
  outbox.send(true);
  const { settled } = await outbox.save(edit({ phone: "2" }, 1, { phone: "1" }));
  const conflict = { id: "conflict", remoteVersion: 3, conflictedFields: [] };
  (await request()).answer({ kind: "conflict", conflict, resolved: false });
  expect(await settled).toEqual({ kind: "conflict", conflict });
  expect(entities.view("e")).toMatchObject({ fields: { phone: "2" }, pending: [{ state: "conflict" }] });
  await outbox.save(edit({ phone: "3" }, 3, { phone: "2" }));
  const later = await request();
  expect(later.record.madeAfter).toEqual([outbox.all[0]?.clientMutationId]);
  later.answer({ kind: "conflict", conflict: { ...conflict, remoteVersion: 4 }, resolved: false });
  await until("the joined conflict", () => outbox.all.length === 1);
  expect(outbox.all).toMatchObject([{ state: "conflict", patch: { phone: "3" }, conflict: { remoteVersion: 4 } }]);
  await outbox.conflictIs(conflict, true);
  expect([outbox.all, entities.view("e")?.fields["phone"]]).toEqual([[], "Ben's"]);
});

test("no more than 500 changes and 5 MB are kept, and none for longer than 14 days", async () => {
  let records: Records = [];
  for (let i = 0; i < 500; i++) records = add(records, edit({ name: "x" }, 1, {}, `e${i}`), `m${i}`, 0).records;
  expect(() => add(records, edit({ name: "x" }), "more", 0)).toThrow(OutboxFull);
  expect(add(records, edit({ name: "y" }, 1, {}, "e7"), "more", 0).records).toHaveLength(500);
  const { outbox } = tab();
  await expect(outbox.save(edit({ notes: "x".repeat(6_000_000) }))).rejects.toThrow(OutboxFull);
  expect(outbox.all).toEqual([]);
  const day = 24 * 3600_000;
  expect(expire(records, 13 * day)).toBe(records);
  expect(expire(records, 15 * day)[0]).toMatchObject({ state: "refused", refusal: { code: "Expired" }, patch: { name: "x" } });
});

test("edits outlive the page, and one that was being sent is sent again under its id", async () => {
  const name = randomUUID();
  const before = tab(await openStorage(name));
  before.outbox.send(true);
  await before.outbox.save(edit({ phone: "2" }));
  const { record } = await before.request();
  await before.outbox.save(edit({ phone: "3" }));
  before.outbox.close();
  const after = tab(await openStorage(name));
  expect(after.outbox.durable).toBe(true);
  await after.outbox.load();
  expect(after.entities.editsOf("e").map(({ patch, state }) => [patch["phone"], state])).toEqual([["2", "sending"], ["3", "queued"]]);
  after.outbox.send(true);
  const again = await after.request();
  expect(again.record).toMatchObject({ clientMutationId: record.clientMutationId, patch: record.patch, tries: 2 });
  again.answer({ kind: "saved", entityId: "e", version: 2 });
  expect((await after.request()).record).toMatchObject({ patch: { phone: "3" }, madeAfter: [record.clientMutationId] });
  after.outbox.close();
});

test("tabs of a person share their edits; one sends, and all of them have the version when it is saved", async () => {
  const name = randomUUID();
  const [leader, other] = [tab(await openStorage(name)), tab(await openStorage(name))];
  await Promise.all([leader.outbox.load(), other.outbox.load()]);
  leader.outbox.send(true);
  other.entities.read({ id: "e", version: 1, fields: { phone: "1" } });
  const shown: unknown[] = [];
  other.entities.listen(() => shown.push(other.entities.view("e")?.fields["phone"]));
  const { settled } = await other.outbox.save(edit({ phone: "2" }));
  const request = await leader.request();
  request.answer({ kind: "saved", entityId: "e", version: 2, reading: { id: "e", version: 2, fields: { phone: "2" } } });
  expect(await settled).toEqual({ kind: "saved" });
  expect(other.entities.view("e")).toMatchObject({ version: 2, fields: { phone: "2" }, pending: [] });
  expect(shown.slice(shown.indexOf("2"))).not.toContain("1");
  expect(other.requests).toEqual([]);
  leader.outbox.close();
  other.outbox.close();
});

test("a record that is being sent can't be given up: its outcome is the answer", async () => {
  const { outbox, request } = tab();
  outbox.send(true);
  const { settled, clientMutationId = "" } = await outbox.save(edit({ phone: "2" }, 1, { phone: "1" }));
  const { answer } = await request();
  await outbox.discard(clientMutationId);
  expect(outbox.all).toMatchObject([{ clientMutationId, state: "sending" }]);
  answer({ kind: "saved", entityId: "e", version: 2 });
  expect(await settled).toEqual({ kind: "saved" });
});

test.each(["discard", "taking back"])("the tab of an edit learns that another tab gave it up by %s", async (way) => {
  const name = randomUUID();
  const [first, second] = [tab(await openStorage(name)), tab(await openStorage(name))];
  const { settled, clientMutationId = "" } = await first.outbox.save(edit({ phone: "2" }, 1, { phone: "1" }));
  await until("the edit in the other tab", () => second.outbox.all.length === 1);
  if (way === "discard") await second.outbox.discard(clientMutationId);
  else await second.outbox.save(edit({ phone: "1" }, 1, { phone: "1" }));
  expect(await settled).toEqual({ kind: "undone" });
  expect(first.outbox.all).toEqual([]);
  for (const { outbox } of [first, second]) outbox.close();
});

test("an outbox is removed as empty only if no other tab has added to it", async () => {
  const name = randomUUID();
  const [one, two] = [await openStorage(name), await openStorage(name)];
  await two.change((records) => add(records, edit({ phone: "1" }), "m", Date.now()).records);
  one.close();
  await deleteStorage(name, "empty");
  expect(await two.change((records) => records)).toMatchObject([{ patch: { phone: "1" } }]);
  await two.change(() => []);
  await deleteStorage(name, "empty");
  expect((await indexedDB.databases()).map((each) => each.name)).not.toContain(name);
  two.close();
});

test("records of a later version of the kit stay for it, and do not keep this version from storing its own", async () => {
  const name = randomUUID();
  const opening = indexedDB.open(name, 2);
  opening.onupgradeneeded = () => {
    const records = opening.result.createObjectStore("records", { keyPath: "clientMutationId" });
    records.put({ clientMutationId: "later", order: 1, form: 2, sealed: "?" });
  };
  const later = await new Promise<IDBDatabase>((resolve) => (opening.onsuccess = () => resolve(opening.result)));
  const storage = await openStorage(name);
  expect(storage.durable).toBe(true);
  expect(await storage.change((records) => add(records, edit({ phone: "1" }), "now", Date.now()).records)).toMatchObject([{ clientMutationId: "now" }]);
  expect(await storage.change(() => [])).toEqual([]);
  const reading = later.transaction("records").objectStore("records").getAll();
  expect(await new Promise((resolve) => (reading.onsuccess = () => resolve(reading.result)))).toMatchObject([{ clientMutationId: "later", sealed: "?" }]);
  later.close();
  storage.close();
});

/** Lets a test reach the databases that are opened from now on. */
function openedDatabases() {
  const opened: Parameters<typeof forceCloseDatabase>[0][] = [];
  const open = indexedDB.open.bind(indexedDB);
  const spy = vi.spyOn(indexedDB, "open").mockImplementation((...given) => {
    const request = open(...given);
    request.addEventListener("success", () => opened.push(request.result as never));
    return request;
  });
  return { opened, restore: () => spy.mockRestore() };
}

test("when the browser clears what a site stores while its page is open, the page stores its edits again", async () => {
  const name = randomUUID();
  const { opened, restore } = openedDatabases();
  const { outbox } = tab(await openStorage(name));
  await outbox.save(edit({ phone: "2" }));
  for (const database of opened) forceCloseDatabase(database);
  await deleteStorage(name, "all");
  await outbox.save(edit({ name: "Acme" }, 1, {}, "f"));
  expect(outbox.all).toMatchObject([{ patch: { phone: "2" } }, { patch: { name: "Acme" } }]);
  expect(outbox.durable).toBe(true);
  outbox.close();
  const after = tab(await openStorage(name));
  await after.outbox.load();
  expect(after.outbox.all).toMatchObject([{ patch: { phone: "2" } }, { patch: { name: "Acme" } }]);
  after.outbox.close();
  restore();
});

test("a database that the browser closes is opened again; when it opens none any more, edits go on in memory, and the page is told", async () => {
  const { opened, restore } = openedDatabases();
  const { outbox, request } = tab(await openStorage(randomUUID()));
  await outbox.save(edit({ phone: "2" }));
  for (const database of opened.splice(0)) forceCloseDatabase(database);
  await outbox.save(edit({ name: "Acme" }, 1, {}, "f"));
  expect(outbox.durable).toBe(true);
  restore();
  const refusing = vi.spyOn(indexedDB, "open").mockImplementation(() => {
    throw new DOMException("There is no storage any more.", "UnknownError");
  });
  for (const database of opened) forceCloseDatabase(database);
  await outbox.save(edit({ email: "a@example.com" }, 1, {}, "g"));
  expect(outbox.durable).toBe(false);
  outbox.send(true);
  for (const patch of [{ phone: "2" }, { name: "Acme" }, { email: "a@example.com" }]) {
    const { record, answer } = await request();
    expect(record.patch).toEqual(patch);
    answer({ kind: "saved", entityId: record.entityId, version: 2 });
  }
  await until("empty outbox", () => outbox.all.length === 0);
  refusing.mockRestore();
  outbox.close();
});

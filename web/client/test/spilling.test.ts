import { expect, test } from "vitest";
import type { OutboxRecord } from "../src/outbox/record.js";
import { SpillingStorage } from "../src/outbox/spilling.js";
import { memoryStorage, type OutboxStorage } from "../src/outbox/storage.js";
import type { Records } from "../src/outbox/queue.js";

const record = (id: string): OutboxRecord => ({
  clientMutationId: id, kind: "update", entityType: "Customer", entityId: id, patch: {}, seen: {}, bases: {}, order: 0, at: 0, tries: 0, state: "queued",
} as unknown as OutboxRecord);
const ids = (records: Records) => records.map(({ clientMutationId }) => clientMutationId);
const add = (id: string) => (records: Records) => [...records, record(id)];
const remove = (id: string) => (records: Records) => records.filter(({ clientMutationId }) => clientMutationId !== id);

/** A device with room for one record. While it is locked, even to remove one needs more room than there is. */
function device() {
  const inner = memoryStorage();
  const seen = { locked: false };
  const change: OutboxStorage["change"] = async (replace) => inner.change((before) => {
    const after = replace(before);
    if (after.length > 1 || (seen.locked && after.length !== before.length)) throw new DOMException("full", "QuotaExceededError");
    return after;
  });
  const storage = { ...inner, change, durable: true };
  return { seen, storage, stored: async () => ids(await inner.change((all) => all)) };
}

test("what a device has no room for is kept in memory, beside the records that it has stored", async () => {
  const { storage, stored } = device();
  const spilling = new SpillingStorage(storage);
  expect([ids(await spilling.change(add("a"))), spilling.durable]).toEqual([["a"], true]);
  expect([ids(await spilling.change(add("b"))), spilling.durable]).toEqual([["a", "b"], false]);
  expect(ids(await spilling.change(add("c")))).toEqual(["a", "b", "c"]);
  expect(await stored()).toEqual(["a"]);
});

test("a record that is done goes from memory and from the device, whichever tab is done with it", async () => {
  const { storage, stored } = device();
  const [one, other] = [new SpillingStorage(storage), new SpillingStorage(storage)];
  await one.change(add("a"));
  await one.change(add("b"));
  await other.change(remove("a"));
  expect(ids(await one.change((all) => all))).toEqual(["b"]);
  await other.change(add("d"));
  const third = new SpillingStorage(storage);
  await third.change(add("e"));
  expect(ids(await third.change(remove("d")))).toEqual(["e"]);
  expect(await stored()).toEqual([]);
});

test("a record that the device can't remove holds up no other, and goes when there is room", async () => {
  const { seen, storage, stored } = device();
  const spilling = new SpillingStorage(storage);
  await spilling.change(add("a"));
  await spilling.change(add("b"));
  seen.locked = true;
  expect(ids(await spilling.change(remove("a")))).toEqual(["b"]);
  expect(ids(await spilling.change(remove("b")))).toEqual([]);
  expect(await stored()).toEqual(["a"]);
  seen.locked = false;
  await spilling.change((all) => all);
  expect(await stored()).toEqual([]);
});

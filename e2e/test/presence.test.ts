import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { kinds, type Subscription } from "../src/client.ts";
import { enter, roster, show, type PresenceUpdate, type PresenceUser } from "../src/operations/presence.ts";
import { organization, unique } from "../src/token.ts";
import { inEveryWorld } from "../src/world.ts";

/** How long somebody stays whose connection broke. */
const GRACE = 5_000;

/** A person joins a room with another person in it: the second sees the first in the snapshot, the first sees the second join. */
async function snapshot(room: Subscription<PresenceUpdate>): Promise<readonly PresenceUser[]> {
  const { snapshot: users } = await room.next("snapshot");
  assert.ok(users, "the first update of a subscription has the snapshot");
  return users;
}

const joins = (id: string) => (update: PresenceUpdate) => update.joined.some((user) => user.id === id);
const leaves = (id: string) => (update: PresenceUpdate) => update.left.includes(id);

/**
 * Waits until somebody has left in order, which no grace delays: people who lost their connections before are still there.
 */
async function leavesBefore(room: Subscription<PresenceUpdate>, id: string, lost: string): Promise<PresenceUpdate> {
  return room.find("a leave in order", (update) => {
    assert.ok(!update.left.includes(lost), "a leave in order came after the grace of a lost connection");
    return update.left.includes(id);
  });
}

/** Waits until the room shows the person as `match` wants it, by an update or in a fresh snapshot. */
async function shows(room: Subscription<PresenceUpdate>, what: string, id: string, match: (user: PresenceUser) => boolean) {
  let found: PresenceUser | undefined;
  await room.find(what, ({ snapshot: users, joined, updated }) => {
    found = [...(users ?? []), ...joined, ...updated].find((user) => user.id === id && match(user));
    return found !== undefined;
  });
  return found as PresenceUser;
}

inEveryWorld(({ connect }) => {
  for (const kind of kinds) {
    test(`${kind}: two people in a room see each other come, edit and go`, async (t) => {
      const hire = organization();
      const [adas, bens] = [hire("Ada"), hire("Ben")];
      const ada = connect(t, kind, adas, 0);
      const ben = connect(t, kind, bens, 1);
      const room = unique("room");

      const atAda = enter(ada, room, "ada-1");
      await shows(atAda, "Ada herself", adas.id, () => true);
      const atBen = enter(ben, room, "ben-1", { status: "BUSY", currentPage: "/customers/1" });
      const there = await snapshot(atBen);
      assert.ok(there.some(({ id, name }) => id === adas.id && name === "Ada"));

      const joining = await atAda.find("Ben's coming", joins(bens.id));
      assert.equal(joining.totalCount, 2);
      const [joined] = joining.joined;
      assert.deepEqual(
        [joined?.status, joined?.currentPage, joined?.isEditing, joined?.clients],
        ["BUSY", "/customers/1", false, 1],
      );

      assert.equal(await show(ada, room, "ada-1", { editingField: "notes" }), true);
      const editing = await shows(atBen, "Ada in a field", adas.id, ({ isEditing }) => isEditing);
      assert.equal(editing.editingField, "notes");
      assert.equal(await show(ada, room, "ada-1", { editingField: null }), true);
      await shows(atBen, "Ada out of it", adas.id, ({ isEditing, editingField }) => !isEditing && editingField === null);

      // Unsubscribing is leaving, and so is closing the connection: both in order, so at once.
      const lost = hire("Cem");
      const cem = connect(t, kind, lost, 1);
      enter(cem, room, "cem-1");
      await atAda.find("Cem's coming", joins(lost.id));
      cem.drop();
      atBen.stop();
      assert.equal((await leavesBefore(atAda, bens.id, lost.id)).totalCount, 2);
      enter(ben, room, "ben-2");
      await atAda.find("Ben's return", joins(bens.id));
      await ben.close();
      await leavesBefore(atAda, bens.id, lost.id);
      await atAda.find("Cem's going", leaves(lost.id));
      assert.deepEqual((await roster(ada, room)).users.map(({ id }) => id), [adas.id]);
    });

    test(`${kind}: the tabs of one person are one user`, async (t) => {
      const hire = organization();
      const [adas, bens] = [hire("Ada"), hire("Ben")];
      const ada = connect(t, kind, adas, 0);
      const room = unique("room");
      const atAda = enter(ada, room, "ada-1");
      await snapshot(atAda);

      const tabs = [connect(t, kind, bens, 1), connect(t, kind, bens, 0)] as const;
      enter(tabs[0], room, "ben-1", { status: "AWAY" });
      await atAda.find("Ben's coming", joins(bens.id));
      enter(tabs[1], room, "ben-2", { status: "ONLINE" });
      const both = await shows(atAda, "both tabs", bens.id, ({ clients }) => clients === 2);
      assert.equal(both.status, "ONLINE", "the most present status wins");
      const { users, totalCount, currentUser } = await roster(tabs[0], room);
      assert.equal(totalCount, 2);
      assert.deepEqual(users.map(({ id, clients }) => [id, clients]).sort(), [[adas.id, 1], [bens.id, 2]].sort());
      assert.equal(currentUser?.id, bens.id);

      await tabs[1].close();
      const update = await atAda.next("one tab less");
      assert.deepEqual([update.left, update.joined], [[], []], "the person is still there");
      assert.deepEqual(update.updated.map(({ id, clients, status }) => [id, clients, status]), [[bens.id, 1, "AWAY"]]);
      await tabs[0].close();
      await atAda.find("Ben's going", leaves(bens.id));
    });
  }

  test("whose connection breaks stays for a short grace, and then leaves", async (t) => {
    const hire = organization();
    const bens = hire("Ben");
    const ada = connect(t, "graphql-ws", hire("Ada"), 0);
    const ben = connect(t, "graphql-ws", bens, 1);
    const room = unique("room");
    const atAda = enter(ada, room, "ada-1");
    await snapshot(atAda);
    await snapshot(enter(ben, room, "ben-1"));
    await atAda.find("Ben's coming", joins(bens.id));

    const broken = performance.now();
    ben.drop();
    await atAda.find("Ben's going", leaves(bens.id));
    const after = performance.now() - broken;
    assert.ok(after > GRACE - 1_000, `he was gone after ${after} ms, before the grace was over`);
  });

  test("a reload of a page is no leave and join", async (t) => {
    const hire = organization();
    const bens = hire("Ben");
    const ada = connect(t, "urql", hire("Ada"), 0);
    const ben = connect(t, "urql", bens, 1);
    const room = unique("room");
    const atAda = enter(ada, room, "ada-1");
    await snapshot(atAda);
    const atBen = enter(ben, room, "ben-1");
    await snapshot(atBen);
    await atAda.find("Ben's coming", joins(bens.id));

    ben.drop();
    await atBen.ended();
    // A reload takes longer than the interval in which changes of a room are combined.
    await pause(1_000);
    await snapshot(enter(ben, room, "ben-1"));
    // His next state is the next event that Ada receives, once the grace period of the broken connection is long over.
    const deadline = performance.now() + GRACE + 1_000;
    const updates: PresenceUpdate[] = [];
    for (let page = 0; performance.now() < deadline; page++) {
      await show(ben, room, "ben-1", { currentPage: `/${page}` });
      const until = await atAda.find(`page ${page}`, (update) => {
        updates.push(update);
        return update.updated.some(({ currentPage }) => currentPage === `/${page}`);
      });
      assert.equal(until.totalCount, 2);
    }
    assert.deepEqual(updates.flatMap(({ left }) => left), []);
    assert.deepEqual(updates.flatMap(({ joined }) => joined), []);
  });

  test("a person who only looks is not present", async (t) => {
    const hire = organization();
    const ada = connect(t, "graphql-ws", hire("Ada"), 0);
    const bens = hire("Ben");
    const ben = connect(t, "graphql-ws", bens, 1);
    const room = unique("room");
    assert.deepEqual(await snapshot(enter(ada, room)), []);
    const atBen = enter(ben, room, "ben-1");
    await shows(atBen, "Ben himself", bens.id, () => true);
    assert.deepEqual((await roster(ada, room)).users.map(({ id }) => id), [bens.id]);
  });
});

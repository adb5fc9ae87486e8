import assert from "node:assert/strict";
import { after, before, describe, test, type TestContext } from "node:test";
import { apollo3, apollo4 } from "../src/caches/apollo.ts";
import type { Cached, OpenCache } from "../src/caches/cache.ts";
import { graphcache } from "../src/caches/graphcache.ts";
import { compile, relayWith } from "../src/caches/relay.ts";
import { atEnd } from "../src/cleanup.ts";
import type { Client } from "../src/client.ts";
import { applied, create, update } from "../src/operations/customers.ts";
import type { Queue } from "../src/queue.ts";
import { temporaryFolder } from "../src/server.ts";
import { organization, token, type Person } from "../src/token.ts";
import { connectUntilEnd, embedded, type World } from "../src/world.ts";

/** Fails if pages showed something again. When the next answer has arrived, the effects of the earlier ones have happened. */
async function nothingMore(cache: Cached, ...pages: Queue<any>[]): Promise<void> {
  await cache.query({ name: "CacheRoomQuery", variables: { room: "an empty one" } });
  assert.deepEqual(pages.map((shown) => shown.rest()), pages.map(() => []));
}

describe("normalized caches, as they come", () => {
  let world: World;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const caches: Record<string, OpenCache> = { "Apollo Client 3": apollo3, "Apollo Client 4": apollo4, graphcache };

  before(async () => {
    world = await embedded();
    folder = await temporaryFolder();
    caches["Relay"] = relayWith(await compile(folder.path));
  });
  after(async () => {
    await world.close();
    await folder.remove();
  });

  function open(t: TestContext, kind: string, person: Person): Cached {
    const cache = (caches[kind] as OpenCache)(world.instances[0], token(person));
    atEnd(t, () => cache.close());
    return cache;
  }

  /** Ben's cache with Acme's page open, after Ada has changed the name from v1 to v2. */
  async function page(t: TestContext, kind: string) {
    const hire = organization();
    const ada: Client = connectUntilEnd(t, "graphql-ws", world.instances[0], hire("Ada"));
    const { customer } = applied(await create(ada, { name: "v1" }));
    applied(await update(ada, customer, { name: "v2" }));
    const ben = open(t, kind, hire("Ben", "ADMIN"));
    const variables = { id: customer.id };
    const shown = ben.watch({ name: "CachePageQuery", variables });
    assert.equal((await shown.next("page")).customer.name, "v2");
    return { ben, customer, shown, variables };
  }

  for (const kind of [...Object.keys(caches), "Relay"]) {
    test(`${kind}: the page behind a conflict's dialog stays as it is`, async (t) => {
      const { ben, customer, shown } = await page(t, kind);
      const input = { id: customer.id, baseVersion: 1, patch: { name: "mine" } };
      const { updateCustomer: conflict } = await ben.mutate({ name: "CacheEditMutation", variables: { input } });
      assert.equal(conflict.__typename, "CustomerConflict");
      const names = [conflict.baseState, conflict.localState, conflict.remoteState].map((state) => state.document.name);
      assert.deepEqual(names, ["v1", "mine", "v2"]);
      await nothingMore(ben, shown);
    });

    test(`${kind}: a past version and replayed changes change no page`, async (t) => {
      const { ben, shown, variables } = await page(t, kind);
      const { customer } = await ben.query({ name: "CachePastQuery", variables });
      assert.equal(customer.stateAt.document.name, "v1");
      const { changes } = await ben.query({ name: "CacheReplayQuery", variables });
      assert.deepEqual(changes.changes.map((change: any) => change.state.document.name), ["v1", "v2"]);
      await nothingMore(ben, shown);
    });

    // Relay's compiler adds the id.
    if (kind !== "Relay") {
      test(`${kind}: a past version without its id changes no page`, async (t) => {
        const { ben, shown, variables } = await page(t, kind);
        const { customer } = await ben.query({ name: "CacheEmbeddedQuery", variables });
        assert.deepEqual([customer.atVersion.version, customer.atVersion.name], [1, "v1"]);
        await nothingMore(ben, shown);
      });
    }

    test(`${kind}: an edit that was saved changes the page`, async (t) => {
      const { ben, customer, shown } = await page(t, kind);
      const input = { id: customer.id, baseVersion: 2, patch: { name: "v3" } };
      await ben.mutate({ name: "CacheEditMutation", variables: { input } });
      assert.equal((await shown.next("changed page")).customer.name, "v3");
    });

    test(`${kind}: a person is somewhere else in each room`, async (t) => {
      const hire = organization();
      const ben = open(t, kind, hire("Ben"));
      const rooms = ["a", "b"];
      for (const room of rooms) await ben.mutate({ name: "CacheBeatMutation", variables: { room, page: `/${room}` } });
      const shown = rooms.map((room) => ben.watch({ name: "CacheRoomQuery", variables: { room } }));
      for (const [i, room] of rooms.entries()) {
        const { presences } = (await (shown[i] as Queue<any>).next(`room ${room}`)).presence;
        assert.deepEqual(presences.map((each: any) => [each.currentPage, each.user.name]), [[`/${room}`, "Ben"]]);
      }
      await ben.mutate({ name: "CacheBeatMutation", variables: { room: "a", page: "/elsewhere" } });
      assert.equal((await (shown[0] as Queue<any>).next("changed room")).presence.presences[0].currentPage, "/elsewhere");
      await nothingMore(ben, shown[1] as Queue<any>);
    });

    test(`${kind}: queries of different fields of the viewer and of access don't take turns`, async (t) => {
      const { ben, variables } = await page(t, kind);
      const first = ben.watch({ name: "CacheAccessQuery", variables });
      const { viewer, customer } = await first.next("access");
      assert.deepEqual([viewer.role, customer.viewerAccess.canEdit], ["ADMIN", true]);
      const second = ben.watch({ name: "CacheViewerQuery", variables });
      const other = await second.next("viewer");
      assert.deepEqual([other.viewer.unreadNotifications, other.customer.viewerAccess.canDelete], [0, true]);
      await nothingMore(ben, first, second);
      assert.equal(ben.sent(), 4, "requests: one for each of the four queries");
    });
  }
});

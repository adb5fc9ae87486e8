import { after, before, describe, type TestContext } from "node:test";
import { join } from "node:path";
import { atEnd } from "./cleanup.ts";
import type { Client, Kind } from "./client.ts";
import { connect } from "./connect.ts";
import { createDatabase, services } from "./services.ts";
import { Server, temporaryFolder, type Settings } from "./server.ts";
import { token, type Person } from "./token.ts";

/** One way to run Tandem. `instances` are where two people are connected; they may be the same one. */
export interface World {
  readonly instances: readonly [Server, Server];
  close(): Promise<void>;
}

/** One program with its own file, as on a laptop. */
export async function embedded(): Promise<World> {
  const folder = await temporaryFolder();
  const server = await Server.start({ DATABASE_URL: `sqlite:${join(folder.path, "tandem.db")}` });
  const close = async () => {
    await server.stop();
    await folder.remove();
  };
  return { instances: [server, server], close };
}

/** Two instances over one Postgres and a Redis. `redis` is for a test that has one of its own, `more` for the second instance. */
export async function pair(redis = services().redis, more: Settings = {}): Promise<World> {
  const database = await createDatabase();
  const settings = { DATABASE_URL: database.url, REDIS_URL: redis };
  // Both at once, as a deployment starts them, so that both find an empty database and migrate it.
  const instances = await Promise.all([Server.start(settings), Server.start({ ...settings, ...more })]);
  const close = async () => {
    await Promise.all(instances.map((instance) => instance.stop()));
    await database.drop();
  };
  return { instances: instances as [Server, Server], close };
}

/** The resources that the tests of one world share. */
export interface Stage {
  readonly world: World;
  /** Connects a person to an instance, until the test ends. */
  connect(t: TestContext, kind: Kind, person: Person, instance: 0 | 1): Client;
}

/** Declares the same tests for both worlds: what holds on one instance holds across two. */
export function inEveryWorld(tests: (stage: Stage) => void): void {
  services();
  inWorld("one embedded instance", embedded, tests);
  inWorld("two instances on Postgres and Redis", () => pair(), tests);
}

function inWorld(name: string, open: () => Promise<World>, tests: (stage: Stage) => void): void {
  describe(name, () => {
    let opened: World | undefined;
    before(async () => {
      opened = await open();
    });
    // Also shows, each time, that the instances end in order.
    after(async () => opened?.close());
    const stage: Stage = {
      get world() {
        if (!opened) throw new Error("the world is not open yet");
        return opened;
      },
      connect: (t, kind, person, instance) => connectUntilEnd(t, kind, stage.world.instances[instance], person),
    };
    tests(stage);
  });
}

/** Connects a person to an instance, until the test ends. */
export function connectUntilEnd(t: TestContext, kind: Kind, server: Server, person: Person): Client {
  const client = connect(kind, server, token(person));
  atEnd(t, () => client.close());
  return client;
}

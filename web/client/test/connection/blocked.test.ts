import { afterAll, beforeAll, expect, test } from "vitest";
import { Colleague } from "../../../testing/colleague.js";
import { recording, tandemOf } from "../../../testing/people.js";
import { Proxy, type Weather } from "../../../testing/proxy.js";
import { Server } from "../../../testing/server.js";
import { organization } from "../../../testing/token.js";
import { until } from "../../../testing/until.js";
import type { Transport } from "../../src/connection/status.js";

let server: Server;
beforeAll(async () => void (server = await Server.start()));
afterAll(() => server.remove());

const refused: Weather = { refuse: true };

test.concurrent.each<[string, Weather, Weather, Transport]>([
  ["sockets are refused", refused, {}, "sse"],
  ["sockets hang", { hang: true }, {}, "sse"],
  ["sockets are cut after some bytes", { cutAfter: 600 }, {}, "sse"],
  ["sockets and streams are refused", refused, refused, "poll"],
  ["sockets are refused and streams hang", refused, { hang: true }, "poll"],
  ["sockets are refused and streams are held back", refused, { buffer: true }, "poll"],
  ["sockets are refused and streams are cut after some bytes", refused, { cutAfter: 1_500 }, "poll"],
])("where %s, the client uses what works, and sees every change once", async (_, socket, stream, transport) => {
  const hire = organization();
  const ada = hire("Ada");
  const colleague = new Colleague(server, hire("Ben"));
  const position = await colleague.position();
  const customer = await colleague.create("Acme");
  const network = await Proxy.before(server.port);
  network.set(socket, "socket");
  network.set(stream, "stream");

  const tandem = tandemOf(network.url, ada);
  const seen = recording(tandem, position);
  const finish = colleague.keepEditing(customer, 200);
  await until(`connection by ${transport}`, () => tandem.status.get().state === "connected" && tandem.status.get().transport === transport);
  await finish();
  const changes = await new Colleague(server, ada).changes(position);
  await until("all changes", () => seen.versions.length >= changes.length);
  expect(seen).toMatchObject({ versions: changes, resyncs: 0, ended: undefined });
  tandem.close();
  await network.close();
});

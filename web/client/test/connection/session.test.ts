import { afterAll, beforeAll, expect, test } from "vitest";
import { browserWith, sessionCookie } from "../../../testing/cookie.js";
import { recording } from "../../../testing/people.js";
import { Server } from "../../../testing/server.js";
import { organization } from "../../../testing/token.js";
import { until } from "../../../testing/until.js";
import { createTandem } from "../../src/tandem.js";

let server: Server;
beforeAll(async () => void (server = await Server.start()));
afterAll(() => server.remove());

/** A client of a person with a session cookie, which lasts for a while first, and for an hour after each renewal. */
function signedIn(secondsToLive: number) {
  const ada = organization()("Ada");
  const seen = { cookie: sessionCookie(ada, secondsToLive), renewals: 0, unauthorized: 0 };
  const tandem = createTandem({
    url: server.url,
    ...browserWith(() => seen.cookie, new URL(server.url).origin),
    renewSession: async () => {
      seen.renewals++;
      seen.cookie = sessionCookie(ada, 3600);
    },
    onUnauthorized: () => seen.unauthorized++,
  });
  return { ada, tandem, seen };
}

test("a session cookie is renewed a minute before it expires, and the subscriptions move to a connection with the new one", async () => {
  const { ada, tandem, seen } = signedIn(62);
  const states: string[] = [];
  tandem.status.subscribe(() => states.push(tandem.status.get().state));
  const events = recording(tandem);
  await until("renewal", () => seen.renewals > 0);
  await until("next connection", () => states.includes("draining") && tandem.status.get().state === "connected");
  await server.ask(ada, 'mutation { createCustomer(input: {name: "Acme"}) { __typename } }');
  await until("event", () => events.versions.length === 1);
  expect(states).not.toContain("reconnecting");
  expect(seen).toMatchObject({ renewals: 1, unauthorized: 0 });
  tandem.close();
});

test("a session cookie that has expired is renewed when the server refuses it", async () => {
  const { tandem, seen } = signedIn(-600);
  tandem.connect();
  await until("connection", () => tandem.status.get().state === "connected");
  expect(seen.renewals).toBeGreaterThan(0);
  expect(seen.unauthorized).toBe(0);
  tandem.close();
});

import { createECDH, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, test } from "vitest";
import { PuppeteerBrowser, type PuppeteerProfile } from "../../../testing/browsers/index.js";
import { World } from "../../../testing/browsers/world.js";
import { Server } from "../../../testing/server.js";
import type { Person } from "../../../testing/token.js";
import { until } from "../../../testing/until.js";

let browser: PuppeteerBrowser;
let profile: PuppeteerProfile;
let world: World;
let server: Server;
/** A push service, and how many messages it has accepted. */
let service: HttpServer;
let accepted = 0;

beforeAll(async () => {
  service = createServer((asked, answer) => void asked.resume().on("end", () => void answer.writeHead(201).end(() => accepted++))).listen(0, "127.0.0.1");
  await once(service, "listening");
  server = await Server.start({ PUSH_HOSTS: `127.0.0.1:${port()}` });
  world = await World.open("client/test/browser/page.ts", server);
  browser = await PuppeteerBrowser.chromium();
  profile = await browser.profile();
});
afterAll(async () => {
  await browser?.close();
  await world?.close();
  await server?.remove();
  service?.closeAllConnections();
  service?.close();
});

const port = () => (service.address() as AddressInfo).port;

/** Opens the page of a person who is in the room `desk`, and whose inbox is shown. */
async function open(person: Person, transport: string) {
  const tab = await profile.tab(world.url(person, { transports: transport }));
  await tab.run(() => {
    const { tandem } = globalThis.page;
    tandem.inbox.subscribe(() => {});
    tandem.room("desk").subscribe(() => {});
  });
  await tab.waitFor("inbox", () => globalThis.page.tandem.inbox.get().status === "live");
  return tab;
}

/** Waits until the people in the room are shown with these statuses. */
const shows = (colleague: Person, ...statuses: readonly string[]) => until(`presence that is ${statuses.join()}`, async () => {
  const { presence } = await server.ask<{ presence: { users: { status: string }[] } }>(colleague, '{ presence(room: "desk") { users { status } } }');
  return presence.users.map(({ status }) => status).join() === statuses.join();
});

test.each(["ws", "sse", "poll"])("over %s, a person is shown as away while their tab is hidden, and online again afterwards", async (transport) => {
  const [ada, ben] = [world.hire("Ada"), world.hire("Ben")];
  const tab = await open(ben, transport);
  await shows(ada, "ONLINE");
  const front = await profile.tab("about:blank");
  await shows(ada, "AWAY");
  await tab.page.bringToFront();
  await shows(ada, "ONLINE");
  await tab.run(() => globalThis.page.tandem.room("desk").update({ status: "busy" }));
  await shows(ada, "BUSY");
  await front.page.bringToFront();
  await tab.run(() => globalThis.page.tandem.room("desk").update({ editingField: "phone" }));
  await shows(ada, "BUSY");
  for (const each of [tab, front]) await each.close();
  await shows(ada);
});

test("a mention is pushed while the only tab of the person is hidden", async () => {
  const [ada, ben] = [world.hire("Ada"), world.hire("Ben")];
  const tab = await open(ben, "ws");
  await subscribe(ben);
  const front = await profile.tab("about:blank");
  await shows(ada, "AWAY");
  const entityId = await world.colleague(ada).create("Aalto Oy");
  const mention = { entityId, body: "Look", mentionIds: [ben.id] };
  await server.ask(ada, "mutation ($input: AddCommentInput!) { addComment(input: $input) { __typename } }", { input: mention });
  await until("message", () => accepted === 1);
  for (const each of [tab, front]) await each.close();
});

/** Registers a browser of a person at the push service. */
async function subscribe(person: Person): Promise<void> {
  const keys = createECDH("prime256v1");
  const input = { endpoint: `http://127.0.0.1:${port()}/${person.id}`, p256dh: keys.generateKeys("base64url"), auth: randomBytes(16).toString("base64url") };
  await server.ask(person, "mutation ($input: PushSubscriptionInput!) { registerPushSubscription(input: $input) }", { input });
}

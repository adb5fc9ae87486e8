import { once } from "node:events";
import { createServer, request, type IncomingMessage, type Server as HttpServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Chromium, type ChromiumTab } from "../../../testing/browsers/index.js";
import { Server } from "../../../testing/server.js";
import { token } from "../../../testing/token.js";

const ada = { id: "ada", name: "Ada", org: "acme", role: "MEMBER" } as const;

declare global {
  var questions: number;
}

let server: Server;
let site: HttpServer;
let browser: Chromium;
let files: Record<string, string>;

beforeAll(async () => {
  server = await Server.start();
  files = { "/page.js": await bundle("push-page"), "/sw.js": await bundle("push-worker") };
  site = createServer(answer).listen(0, "127.0.0.1");
  await once(site, "listening");
  browser = await Chromium.launch();
});

afterAll(async () => {
  await browser?.close();
  site?.closeAllConnections();
  site?.close();
  await server?.remove();
});

async function bundle(name: string): Promise<string> {
  const { outputFiles } = await build({ entryPoints: [`client/test/browser/${name}.ts`], bundle: true, write: false, format: "esm", target: "es2022" });
  return outputFiles[0]?.text ?? "";
}

function answer(asked: IncomingMessage, answer: ServerResponse): void {
  const path = asked.url ?? "/";
  const file = files[path];
  if (file !== undefined) return void answer.writeHead(200, { "content-type": "text/javascript" }).end(file);
  if (path.startsWith("/page/")) return void answer.writeHead(200, { "content-type": "text/html" }).end('<!doctype html><title>Push</title><script type="module" src="/page.js"></script>');
  if (path.startsWith("/token/")) return void answer.writeHead(200).end(token(ada));
  const { method, headers } = asked;
  asked.pipe(request({ host: "127.0.0.1", port: server.port, method, path, headers }, (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(answer);
  }).on("error", () => answer.destroy()));
}

const origin = () => `http://127.0.0.1:${(site.address() as AddressInfo).port}`;

/** Opens the page with the permission, and a service worker that runs. */
async function open(): Promise<{ tab: ChromiumTab; deliver: (message: object) => Promise<void> }> {
  const profile = await browser.profile();
  await profile.context.grantPermissions(["notifications"], { origin: origin() });
  const tab = await profile.tab(`${origin()}/page/ada`);
  const devtools = await profile.context.newCDPSession(tab.page);
  const registered = new Promise<string>((resolve) => devtools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
    if (registrations[0]) resolve(registrations[0].registrationId);
  }));
  await devtools.send("ServiceWorker.enable");
  await tab.page.evaluate(async () => {
    await navigator.serviceWorker.register("/sw.js");
    await navigator.serviceWorker.ready;
  });
  const registrationId = await registered;
  return {
    tab,
    deliver: async (message) => void (await devtools.send("ServiceWorker.deliverPushMessage", { origin: origin(), registrationId, data: JSON.stringify(message) })),
  };
}

const message = (id: string, title: string, unread: number) => ({
  web_push: 8030,
  notification: { title, body: "Open Tandem to see what it is about.", navigate: `/customers/cus_${id}`, tag: `ntf_${id}`, data: { id: `ntf_${id}`, entityId: `cus_${id}` } },
  app_badge: unread,
});

/** Returns what is shown, as `tag: title`. */
const shown = (tab: ChromiumTab) => tab.page.evaluate(async () => {
  const registration = await navigator.serviceWorker.ready;
  return (await registration.getNotifications()).map(({ tag, title }) => `${tag}: ${title}`).sort();
});

test("a message is shown once for each notification, and what grew replaces what is shown", async () => {
  const { tab, deliver } = await open();
  await deliver(message("1", "Somebody mentioned you", 1));
  await expect.poll(() => shown(tab)).toEqual(["ntf_1: Somebody mentioned you"]);
  await deliver(message("1", "Somebody mentioned you", 1));
  await deliver(message("2", "There is a new comment", 2));
  await deliver(message("1", "Somebody mentioned you twice", 2));
  await expect.poll(() => shown(tab)).toEqual(["ntf_1: Somebody mentioned you twice", "ntf_2: There is a new comment"]);
});

test("permission is asked for after a click, and never when the page opens", async () => {
  const profile = await browser.profile();
  await profile.context.addInitScript(() => {
    Notification.requestPermission = () => Promise.resolve((globalThis.questions++, "default" as const));
    globalThis.questions = 0;
  });
  const tab = await profile.tab(`${origin()}/page/ada`);
  await tab.page.waitForFunction(() => globalThis.pushPage !== undefined);
  expect(await tab.page.evaluate(() => globalThis.questions)).toBe(0);
  expect(await tab.page.evaluate(() => globalThis.pushPage.enable())).toBe("off");
  expect(await tab.page.evaluate(() => globalThis.questions)).toBe(1);
});

test("a browser that subscribed is registered for its person, and removed again", async () => {
  const { tab } = await open();
  const { status, input } = await tab.page.evaluate(async () => {
    // Chromium without Google's services can't subscribe, so the subscription is made up, with keys as a browser has them.
    const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
    const text = (bytes: ArrayBuffer) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
    const keys = { p256dh: text(await crypto.subtle.exportKey("raw", pair.publicKey)), auth: text(crypto.getRandomValues(new Uint8Array(16)).buffer) };
    const endpoint = "https://push.example/made-up";
    const subscription = { endpoint, options: { applicationServerKey: null }, toJSON: () => ({ endpoint, keys }), unsubscribe: () => Promise.resolve(true) };
    let current: unknown = null;
    let key: unknown;
    PushManager.prototype.getSubscription = () => Promise.resolve(current as PushSubscription | null);
    PushManager.prototype.subscribe = (options) => {
      key = options?.applicationServerKey;
      current = subscription;
      return Promise.resolve(subscription as unknown as PushSubscription);
    };
    return { status: await globalThis.pushPage.enable(), input: { endpoint, key } };
  });
  expect(status).toBe("on");
  const { pushPublicKey } = await ask<{ pushPublicKey: string }>("{ pushPublicKey }");
  expect(input.key).toBe(pushPublicKey);
  expect(await registered()).toEqual([input.endpoint]);
  await tab.page.evaluate(() => globalThis.pushPage.push.disable());
  expect(await registered()).toEqual([]);
});

/** Returns the endpoints that the server has of the person. */
async function registered(): Promise<readonly string[]> {
  const { exportPersonalData } = await ask<{ exportPersonalData: { pushSubscriptions: readonly { endpoint: string }[] } }>('mutation { exportPersonalData(userId: "ada") }');
  return exportPersonalData.pushSubscriptions.map(({ endpoint }) => endpoint);
}

async function ask<T>(query: string): Promise<T> {
  const response = await fetch(server.url, {
    method: "POST", headers: { "content-type": "application/json", authorization: `Bearer ${token(ada)}` }, body: JSON.stringify({ query }),
  });
  const { data } = (await response.json()) as { data: T };
  return data;
}

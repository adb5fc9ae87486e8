import { once } from "node:events";
import { createServer, request, type IncomingMessage, type Server as HttpServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Chromium, type ChromiumProfile, type ChromiumTab } from "../../../testing/browsers/index.js";
import { Server } from "../../../testing/server.js";
import { token, type Person } from "../../../testing/token.js";

const person = (name: string) => ({ id: name.toLowerCase(), name, org: "acme", role: "MEMBER" }) as const;
const [ada, ben] = [person("Ada"), person("Ben")];

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
  if (path.startsWith("/token/")) return void answer.writeHead(200).end(token(path.endsWith("ben") ? ben : ada));
  const { method, headers } = asked;
  asked.pipe(request({ host: "127.0.0.1", port: server.port, method, path, headers }, (response) => {
    answer.writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(answer);
  }).on("error", () => answer.destroy()));
}

const origin = () => `http://127.0.0.1:${(site.address() as AddressInfo).port}`;

/** Opens the page with the permission, and a service worker that runs. */
async function open() {
  const profile = await browser.profile();
  await profile.context.grantPermissions(["notifications"], { origin: origin() });
  await profile.context.addInitScript(makeUpSubscriptions);
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
    profile,
    worker: profile.context.serviceWorkers()[0]!,
    deliver: async (message: object) => void (await devtools.send("ServiceWorker.deliverPushMessage", { origin: origin(), registrationId, data: JSON.stringify(message) })),
  };
}

/**
 * Chromium without Google's services can't subscribe, so subscriptions are made up, with keys as a browser has them. All pages
 * of a profile have one.
 */
function makeUpSubscriptions(): void {
  const text = (bytes: ArrayBuffer) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const bytes = (text: string) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0)).buffer;
  const now = () => {
    const kept = localStorage.getItem("subscription");
    if (!kept) return null;
    const { endpoint, keys, key } = JSON.parse(kept) as { endpoint: string; keys: object; key: string };
    const unsubscribe = () => Promise.resolve(localStorage.removeItem("subscription") ?? true);
    return { endpoint, options: { applicationServerKey: bytes(key) }, toJSON: () => ({ endpoint, keys }), unsubscribe } as unknown as PushSubscription;
  };
  PushManager.prototype.getSubscription = () => Promise.resolve(now());
  PushManager.prototype.subscribe = async (options) => {
    const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
    const keys = { p256dh: text(await crypto.subtle.exportKey("raw", pair.publicKey)), auth: text(crypto.getRandomValues(new Uint8Array(16)).buffer) };
    const made = { endpoint: `https://push.example.com/${crypto.randomUUID()}`, keys, key: options?.applicationServerKey };
    if (!now()) localStorage.setItem("subscription", JSON.stringify(made));
    return now()!;
  };
}

const endpoint = (tab: ChromiumTab) => tab.page.evaluate(() => (JSON.parse(localStorage.getItem("subscription") ?? "{}") as { endpoint?: string }).endpoint);
const enable = (tab: ChromiumTab) => tab.page.evaluate(() => globalThis.pushPage.enable());
const isNow = (tab: ChromiumTab, status: string) => expect.poll(() => tab.page.evaluate(() => globalThis.pushPage.push.status.get())).toBe(status);

const message = (id: string, title: string, count: number, unread: number) => ({
  web_push: 8030,
  notification: { title, body: "Open Tandem to see what it is about.", navigate: `/customers/cus_${id}`, tag: `ntf_${id}`, data: { id: `ntf_${id}`, entityId: `cus_${id}`, count } },
  app_badge: unread,
});

/** Returns what is shown, as `tag: title`. */
const shown = (tab: ChromiumTab) => tab.page.evaluate(async () => {
  const registration = await navigator.serviceWorker.ready;
  return (await registration.getNotifications()).map(({ tag, title }) => `${tag}: ${title}`).sort();
});

test("a message is shown once for each notification, and what grew replaces what is shown", async () => {
  const { tab, deliver } = await open();
  await deliver(message("1", "Somebody mentioned you", 1, 1));
  await expect.poll(() => shown(tab)).toEqual(["ntf_1: Somebody mentioned you"]);
  await deliver(message("1", "Somebody mentioned you", 1, 1));
  await deliver(message("2", "There is a new comment", 1, 2));
  await deliver(message("1", "Somebody mentioned you twice", 2, 2));
  await expect.poll(() => shown(tab)).toEqual(["ntf_1: Somebody mentioned you twice", "ntf_2: There is a new comment"]);
});

test("a message that arrives again after the person has dismissed it is not shown, and one about what grew is", async () => {
  const { tab, deliver } = await open();
  await deliver(message("1", "Somebody mentioned you", 1, 1));
  await expect.poll(() => shown(tab)).toHaveLength(1);
  await tab.page.evaluate(async () => (await (await navigator.serviceWorker.ready).getNotifications()).forEach((each) => each.close()));
  await expect.poll(() => shown(tab)).toEqual([]);
  await deliver(message("1", "Somebody mentioned you", 1, 1));
  await deliver(message("2", "There is a new comment", 1, 2));
  await expect.poll(() => shown(tab)).toEqual(["ntf_2: There is a new comment"]);
  await deliver(message("1", "Somebody mentioned you twice", 2, 2));
  await expect.poll(() => shown(tab)).toHaveLength(2);
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

test("a browser that subscribed is registered for its person, also after a reload, and removed again", async () => {
  const { tab } = await open();
  expect(await enable(tab)).toBe("on");
  const { pushPublicKey } = await server.ask<{ pushPublicKey: string }>(ada, "{ pushPublicKey }");
  expect(await tab.page.evaluate(() => (JSON.parse(localStorage.getItem("subscription") ?? "{}") as { key?: string }).key)).toBe(pushPublicKey);
  expect(await registered(ada)).toEqual([await endpoint(tab)]);
  await tab.page.reload();
  await isNow(tab, "on");
  await tab.page.evaluate(() => globalThis.pushPage.push.disable());
  expect(await registered(ada)).toEqual([]);
});

/** Lets a call of the page reject, and returns the error that it rejects with once time has passed. */
async function givenUp(tab: ChromiumTab, call: "enable" | "disable"): Promise<string> {
  const error = tab.page.evaluate((name) => globalThis.pushPage.push[name]().then(() => "none", String), call);
  let ended = false;
  void error.then(() => (ended = true));
  await expect.poll(async () => {
    await tab.page.clock.fastForward(5_000);
    return ended;
  }).toBe(true);
  return error;
}

test("a browser that takes more than 20 s for all that it has to do is given up", async () => {
  const { tab } = await open();
  await tab.page.clock.install();
  await tab.page.evaluate(() => {
    const delay = <K extends string>(of: Record<K, (...args: never[]) => Promise<unknown>>, name: K) => {
      const call = of[name];
      of[name] = async function (this: unknown, ...args: never[]) {
        await new Promise((resolve) => setTimeout(resolve, 15_000));
        return call.apply(this, args);
      };
    };
    delay(ServiceWorkerContainer.prototype as never, "register");
    delay(PushManager.prototype as never, "subscribe");
  });
  expect(await givenUp(tab, "enable")).toContain("TimeoutError");
  await isNow(tab, "off");
  expect(await registered(ada)).toEqual([]);
});

test("a browser that never ends its subscription is given up after 20 s, and the server sends it nothing more", async () => {
  const { tab } = await open();
  expect(await enable(tab)).toBe("on");
  await tab.page.clock.install();
  await tab.page.evaluate(() => {
    const { getSubscription } = PushManager.prototype;
    PushManager.prototype.getSubscription = async () => Object.assign((await getSubscription())!, { unsubscribe: () => new Promise(() => {}) });
  });
  expect(await givenUp(tab, "disable")).toContain("TimeoutError");
  await isNow(tab, "off");
  expect(await registered(ada)).toEqual([]);
});

/** Opens Ben's page, which has found out whose browser it is. */
async function openBens(profile: ChromiumProfile): Promise<ChromiumTab> {
  const tab = await profile.tab("about:blank");
  const asked = tab.page.waitForResponse((response) => response.request().postData()?.includes("PushKey") === true);
  await tab.page.goto(`${origin()}/page/ben`);
  await asked;
  // A registration would be answered before this.
  await tab.page.evaluate(() => globalThis.pushPage.tandem.link.execute({ query: "{ viewer { role } }" }));
  return tab;
}

test("a browser stays with the person who enabled it, until another one does", async () => {
  const { tab: hers, profile } = await open();
  await enable(hers);
  const his = await openBens(profile);
  await isNow(his, "off");
  expect([await registered(ada), await registered(ben)]).toEqual([[await endpoint(hers)], []]);
  expect(await enable(his)).toBe("on");
  await isNow(hers, "off");
  expect([await registered(ada), await registered(ben)]).toEqual([[], [await endpoint(his)]]);
  await his.page.evaluate(() => globalThis.pushPage.push.disable());
});

test("when the browser has ended the subscription, there is another one, at once and when a page opens", async () => {
  const { tab, worker } = await open();
  await enable(tab);
  const isRegisteredAgain = async (before: string | undefined) => {
    await expect.poll(async () => (await registered(ada)).includes((await endpoint(tab)) ?? "none")).toBe(true);
    expect(await endpoint(tab)).not.toBe(before);
  };
  const first = await endpoint(tab);
  await tab.page.evaluate(() => localStorage.removeItem("subscription"));
  await worker.evaluate(() => dispatchEvent(new Event("pushsubscriptionchange")));
  await isRegisteredAgain(first);
  const second = await endpoint(tab);
  await tab.page.evaluate(() => localStorage.removeItem("subscription"));
  await tab.page.reload();
  await isRegisteredAgain(second);
  await isNow(tab, "on");
});

test("a click takes the page of the person there, and opens one where only pages of others are open", async () => {
  const { tab, worker, profile } = await open();
  await enable(tab);
  const other = await openBens(profile);
  const click = () => worker.evaluate(async () => {
    const opened: string[] = [];
    const scope = globalThis as unknown as { clients: { openWindow: unknown } };
    scope.clients.openWindow = (url: string) => Promise.resolve(void opened.push(url)); // a browser opens none without a real click
    let done: Promise<unknown> | undefined;
    const event = Object.assign(new Event("notificationclick"), {
      notification: { close: () => {}, data: { navigate: "/customers/1" } }, waitUntil: (work: Promise<unknown>) => (done = work),
    });
    dispatchEvent(event);
    await done;
    return opened;
  });
  expect(await click()).toEqual([]);
  await expect.poll(() => tab.page.evaluate(() => globalThis.pushPage.opened)).toEqual(["/customers/1"]);
  expect(await other.page.evaluate(() => globalThis.pushPage.opened)).toEqual([]);
  await tab.close();
  expect(await click()).toEqual([`${origin()}/customers/1`]);
});

/** Returns the endpoints that the server has of a person. */
async function registered(who: Person): Promise<readonly string[]> {
  const query = "mutation ($id: ID!) { exportPersonalData(userId: $id) }";
  const { exportPersonalData } = await server.ask<{ exportPersonalData: { pushSubscriptions: readonly { endpoint: string }[] } }>(who, query, { id: who.id });
  return exportPersonalData.pushSubscriptions.map(({ endpoint }) => endpoint);
}

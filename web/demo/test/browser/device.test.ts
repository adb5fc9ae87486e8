import type { CDPSession, Page, Worker } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Office } from "./office.js";
import { shows } from "./stage.js";

let office: Office;
beforeAll(async () => void (office = await Office.open()));
afterEach((test) => office.leave(test));
afterAll(() => office.close());

declare global {
  /** In the worker: the addresses of the pages that it focused, and the numbers that it set on the icon. */
  var focused: string[];
  var badges: number[];
}

/** Has the browser run the demo's own service worker, which notes what it does. */
async function install(page: Page): Promise<{ worker: Worker; deliver(message: object): Promise<void> }> {
  const context = page.context();
  const { origin } = new URL(page.url());
  await context.grantPermissions(["notifications"], { origin });
  const devtools = await context.newCDPSession(page);
  const registrationId = registrationOf(devtools);
  await devtools.send("ServiceWorker.enable");
  await page.evaluate(async () => {
    await navigator.serviceWorker.register("/sw.js");
    await navigator.serviceWorker.ready;
  });
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker"));
  await worker.evaluate(note);
  const id = await registrationId;
  return { worker, deliver: (message) => devtools.send("ServiceWorker.deliverPushMessage", { origin, registrationId: id, data: JSON.stringify(message) }).then(() => undefined) };
}

function registrationOf(devtools: CDPSession): Promise<string> {
  return new Promise((resolve) => devtools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations: [first] }) => first && resolve(first.registrationId)));
}

/** Only a click on the screen lets a worker focus a page, and only an installed application has a number on its icon. */
function note(): void {
  Object.assign(globalThis, { focused: [], badges: [] });
  const { WindowClient } = globalThis as unknown as { WindowClient: { prototype: { url: string; focus(): Promise<unknown> } } };
  WindowClient.prototype.focus = function () {
    return Promise.resolve(void globalThis.focused.push(this.url));
  };
  Object.assign(navigator, { setAppBadge: (unread: number) => Promise.resolve(void globalThis.badges.push(unread)) });
}

const message = (path: string, unread: number) => ({
  web_push: 8030,
  notification: { title: "Somebody mentioned you", body: "Open Tandem to see what it is about.", navigate: path, tag: `ntf${path}`, data: { id: `ntf${path}`, entityId: path.split("/").at(-1) } },
  app_badge: unread,
});

interface Scope {
  readonly registration: { getNotifications(): Promise<readonly { readonly tag: string; readonly icon: string }[]> };
  readonly NotificationEvent: new (type: string, options: object) => Event;
  dispatchEvent(event: Event): boolean;
}

/** Clicks the notification of a tag that the browser shows, and returns when the worker has done what it does then. */
async function click(worker: Worker, tag: string): Promise<void> {
  const shown = () => worker.evaluate(async (wanted) => (await (globalThis as unknown as Scope).registration.getNotifications()).some((each) => each.tag === wanted), tag);
  await expect.poll(shown).toBe(true);
  await worker.evaluate(async (wanted) => {
    const scope = globalThis as unknown as Scope;
    const notification = (await scope.registration.getNotifications()).find((each) => each.tag === wanted);
    const event = new scope.NotificationEvent("notificationclick", { notification });
    // A worker may prolong only what the browser itself has sent.
    const done = new Promise<unknown>((resolve) => Object.assign(event, { waitUntil: resolve }));
    scope.dispatchEvent(event);
    await done;
  }, tag);
  await expect.poll(shown).toBe(false);
}

test("a click on a notification focuses the tab that shows its record, and leaves the others where they are", async () => {
  const path = `/customers/${await office.colleague("chloe").create("Clicked Ltd", {})}`;
  const { page } = await office.open("ben", "/inbox");
  const other = await page.context().newPage();
  await other.goto(new URL(path, page.url()).href);
  await shows(other.getByLabel("Name", { exact: true }));
  const { worker, deliver } = await install(page);
  await deliver(message(path, 3));
  const icons = () => worker.evaluate(async () => (await (globalThis as unknown as Scope).registration.getNotifications()).map(({ icon }) => icon));
  await expect.poll(icons).toEqual([new URL("/icons/icon-192.png", page.url()).href]);
  await click(worker, `ntf${path}`);
  expect(await worker.evaluate(() => globalThis.focused)).toEqual([other.url()]);
  expect(await worker.evaluate(() => globalThis.badges)).toEqual([3]);
  expect(new URL(page.url()).pathname).toBe("/inbox");
});

test("where no tab shows the record, the tab in front goes to it without loading the application again", async () => {
  const path = `/customers/${await office.colleague("chloe").create("Wanted Ltd", {})}`;
  const { page } = await office.open("ben", "/inbox");
  const { worker, deliver } = await install(page);
  const loaded = await page.evaluate(() => performance.timeOrigin);
  await deliver(message(path, 1));
  await click(worker, `ntf${path}`);
  await shows(page.getByRole("heading", { name: "Wanted Ltd" }));
  expect(new URL(page.url()).pathname).toBe(path);
  expect(await page.evaluate(() => performance.timeOrigin)).toBe(loaded);
  expect(await worker.evaluate(() => globalThis.focused.length)).toBe(1);
});

test("a change of the person ends the notifications of the former one in this browser", async () => {
  const { page } = await office.open("ben", "/inbox");
  await page.context().grantPermissions(["notifications"], { origin: new URL(page.url()).origin });
  await page.addInitScript(makeUpSubscription);
  await page.reload();
  await page.getByRole("button", { name: "Notify me on this device" }).click();
  await shows(page.getByRole("button", { name: "Stop notifying me here" }));
  const removed = page.waitForResponse((response) => (response.request().postData() ?? "").includes("removePushSubscription"));
  await page.getByRole("button", { name: /^Ben Okafor/ }).click();
  await page.getByRole("menuitemradio", { name: /Jonas Müller/ }).click();
  expect(await (await removed).json()).toMatchObject({ data: { removePushSubscription: true } });
  await shows(page.getByRole("button", { name: /^Jonas Müller/ }));
  await shows(page.getByRole("button", { name: "Notify me on this device" }));
  expect(await page.evaluate(async () => (await navigator.serviceWorker.ready).pushManager.getSubscription())).toBe(null);
});

/** Chromium without Google's services can't subscribe, so the subscription is made up, with keys as a browser has them. */
function makeUpSubscription(): void {
  const text = (bytes: ArrayBuffer) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  let made: PushSubscription | null = null;
  PushManager.prototype.getSubscription = () => Promise.resolve(made);
  PushManager.prototype.subscribe = async () => {
    const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
    const keys = { p256dh: text(await crypto.subtle.exportKey("raw", pair.publicKey)), auth: text(crypto.getRandomValues(new Uint8Array(16)).buffer) };
    const endpoint = `https://push.example.com/${crypto.randomUUID()}`;
    const unsubscribe = () => Promise.resolve((made = null) === null);
    return (made = { endpoint, options: {}, toJSON: () => ({ endpoint, keys }), unsubscribe } as unknown as PushSubscription);
  };
}

test("the page names its manifest, which the browser accepts, with icons of the sizes that it gives", async () => {
  const { page } = await office.open("ben", "/inbox");
  const devtools = await page.context().newCDPSession(page);
  const { url, errors, data } = await devtools.send("Page.getAppManifest");
  expect(url).toBe(new URL("/manifest.webmanifest", page.url()).href);
  expect(errors).toEqual([]);
  const { installabilityErrors } = await devtools.send("Page.getInstallabilityErrors");
  expect(installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito")).toEqual([]);
  const { display, start_url: start, icons } = JSON.parse(data ?? "") as { display: string; start_url: string; icons: readonly { src: string; sizes: string }[] };
  expect([display, start]).toEqual(["standalone", "/"]);
  const measured = await page.evaluate((sources) => Promise.all(sources.map(async (source) => {
    const { width, height } = await createImageBitmap(await (await fetch(source)).blob());
    return `${width}x${height}`;
  })), icons.map(({ src }) => src));
  expect(measured).toEqual(icons.map(({ sizes }) => sizes));
});

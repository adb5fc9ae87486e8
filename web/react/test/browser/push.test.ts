import type { Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Desks } from "./desk.js";

let desks: Desks;
beforeAll(async () => void (desks = await Desks.open()));
afterEach(() => desks.leave());
afterAll(() => desks?.close());

declare global {
  /** The number of times that the page asked the browser for permission. */
  var asked: number;
  /** The number of times that the page subscribed the browser. */
  var subscribed: number;
  /** The numbers that the page set on the application's icon. */
  var badges: number[];
}

/** Opens the inbox on a page that is prepared. */
async function inbox(prepare: (page: Page) => Promise<unknown>, person = desks.ada): Promise<{ page: Page; inbox: Locator }> {
  const page = await desks.page(person, await desks.customer(), {}, undefined, prepare);
  await page.getByRole("button", { name: "Notifications", exact: true }).click();
  const inbox = page.getByRole("dialog", { name: "Notifications" });
  await inbox.waitFor();
  return { page, inbox };
}

const grant = (page: Page) => page.context().grantPermissions(["notifications"], { origin: desks.world.origin });

test("a person who refused notifications reads where to allow them", async () => {
  const opened = await inbox((page) => page.addInitScript(() => void Object.defineProperty(Notification, "permission", { value: "denied" })));
  await opened.inbox.getByText("Allow them in its settings").waitFor();
  expect(await opened.inbox.getByRole("button", { name: /this device/ }).count()).toBe(0);
});

test("on an iPhone the person reads that the page has to be on the Home Screen", async () => {
  const opened = await inbox((page) => page.addInitScript(() => {
    Object.assign(navigator, { standalone: false }); // as Safari says it, which has no push on such a page
    Reflect.deleteProperty(globalThis, "PushManager");
  }));
  await opened.inbox.getByText("add this page to your Home Screen").waitFor();
  expect(await opened.inbox.getByRole("button", { name: /this device/ }).count()).toBe(0);
});

test("a click enables notifications, a second one disables them, and nothing happens on load", async () => {
  const { page, inbox: opened } = await inbox(async (prepared) => {
    await grant(prepared);
    await prepared.addInitScript(subscribeWithoutPushService);
  });
  const offer = opened.getByRole("button", { name: "Notify me on this device" });
  await offer.waitFor();
  const calls = () => page.evaluate(() => [globalThis.asked, globalThis.subscribed]);
  expect(await calls()).toEqual([0, 0]);
  expect(await endpoints()).toEqual([]);
  await offer.click();
  await opened.getByRole("button", { name: "Stop notifying me here" }).waitFor();
  expect(await calls()).toEqual([1, 1]);
  expect(await endpoints()).toEqual(["https://push.example.com/ada"]);
  await opened.getByRole("button", { name: "Stop notifying me here" }).click();
  await offer.waitFor();
  await expect.poll(endpoints).toEqual([]);
});

test("if the browser can't subscribe, the person reads why and what to do, and can try again", async () => {
  for (const [name, advice] of [["NotAllowedError", "Open the page in an ordinary one"], ["AbortError", "can’t reach a push service"]] as const) {
    const { inbox: opened } = await inbox(async (prepared) => {
      await grant(prepared);
      await prepared.addInitScript((rejected) => {
        PushManager.prototype.subscribe = () => Promise.reject(new DOMException("Registration failed", rejected));
      }, name);
    });
    const offer = opened.getByRole("button", { name: "Notify me on this device" });
    await offer.click();
    await opened.getByRole("alert").getByText(advice).waitFor();
    await offer.waitFor();
  }
});

test("if the browser does not answer, the person reads why within 20 s, and can try again", async () => {
  const { page, inbox: opened } = await inbox(async (prepared) => {
    await grant(prepared);
    await prepared.clock.install();
    await prepared.addInitScript(() => void (PushManager.prototype.subscribe = () => new Promise<never>(() => {})));
  });
  await page.evaluate(() => navigator.serviceWorker.register("/sw.js").then(() => navigator.serviceWorker.ready).then(() => {}));
  await opened.getByRole("button", { name: "Notify me on this device" }).click();
  await opened.getByRole("button", { name: "Waiting for your browser…", disabled: true }).waitFor();
  await expect.poll(async () => {
    await page.clock.fastForward(20_000);
    return opened.getByRole("alert").getByText("can’t reach a push service").isVisible();
  }).toBe(true);
  await opened.getByRole("button", { name: "Notify me on this device" }).waitFor();
});

test("if the server does not register the browser, the person can try again", async () => {
  const { page, inbox: opened } = await inbox(async (prepared) => {
    await grant(prepared);
    await prepared.addInitScript(subscribeWithoutPushService);
  });
  const offer = opened.getByRole("button", { name: "Notify me on this device" });
  await offer.waitFor();
  await page.evaluate(() => {
    const { subscribe } = PushManager.prototype;
    PushManager.prototype.subscribe = async function (options) {
      const subscription = await subscribe.call(this, options);
      return Object.assign(subscription, { toJSON: () => ({ endpoint: "http://push.example.com/refused" }) });
    };
  });
  await offer.click();
  await opened.getByRole("alert").getByText("That did not work. Try again.").waitFor();
});

test("while the inbox is closed, nothing in it speaks to screen readers", async () => {
  const opened = await inbox((page) => page.addInitScript(() => void Object.defineProperty(Notification, "permission", { value: "denied" })));
  const advice = opened.page.getByText("Allow them in its settings");
  await advice.waitFor();
  await opened.page.keyboard.press("Escape");
  await expect.poll(() => advice.count()).toBe(0);
});

test("the number on the application's icon is that of the unread notifications", async () => {
  const id = await desks.customer();
  await desks.colleague(desks.ada).ask("{ viewer { role } }");
  const comment = 'mutation ($id: ID!, $ada: ID!) { addComment(input: { entityId: $id, body: "Please call them.", mentionIds: [$ada] }) { __typename } }';
  await desks.colleague().ask(comment, { id, ada: desks.ada.id });
  const page = await desks.page(desks.ada, id, {}, undefined, (prepared) => prepared.addInitScript(() => {
    globalThis.badges = [];
    navigator.setAppBadge = (unread = 0) => Promise.resolve(void globalThis.badges.push(unread));
  }));
  const badges = () => page.evaluate(() => globalThis.badges);
  await expect.poll(badges).toEqual([1]);
  await page.getByRole("button", { name: "Notifications, 1 unread" }).click();
  await page.getByRole("button", { name: "Mark all as read" }).click();
  await expect.poll(badges).toEqual([1, 0]);
});

test("what this device shows is closed once it was read, snoozed or removed elsewhere; what is unread, or only for the device, stays", async () => {
  const eve = desks.world.hire("Eve");
  const elsewhere = desks.colleague(eve);
  await elsewhere.ask('mutation { setNotificationPreferences(input: { channels: [{ kind: ASSIGNMENT, channels: [PUSH] }] }) { __typename } }');
  const comment = 'mutation ($id: ID!, $eve: ID!) { addComment(input: { entityId: $id, body: "Please call them.", mentionIds: [$eve] }) { __typename } }';
  const customers = [];
  for (let at = 0; at < 5; at++) {
    customers.push(await desks.customer());
    await desks.colleague().ask(comment, { id: customers[at], eve: eve.id });
  }
  type Listed = { readonly notifications: { readonly nodes: readonly { readonly id: string }[] } };
  const listed = await elsewhere.ask<Listed>("{ notifications(first: 10) { nodes { id } } }");
  const [read, snoozed, removed, unread, late] = listed.notifications.nodes.toReversed().map(({ id }) => id) as [string, string, string, string, string];
  const mark = (ids: readonly string[]) => elsewhere.ask("mutation ($ids: [ID!]!) { markNotificationsRead(ids: $ids) }", { ids });

  const { page, inbox: opened } = await inbox(async (prepared) => {
    await grant(prepared);
    await prepared.addInitScript(subscribeWithoutPushService);
  }, eve);
  await opened.getByRole("button", { name: "Notify me on this device" }).click();
  await opened.getByRole("button", { name: "Stop notifying me here" }).waitFor();
  const show = (id: string, kind: string) => page.evaluate(async ([tag, kind]) => {
    const registration = await navigator.serviceWorker.ready;
    await registration.showNotification("Somebody mentioned you", { tag, data: { id: tag, kind } });
    // The worker of the desk shows nothing, and so it does not report that it did.
    navigator.serviceWorker.dispatchEvent(new MessageEvent("message", { data: { tandemShown: true } }));
  }, [id, kind] as const);
  const shown = () => page.evaluate(async () => (await (await navigator.serviceWorker.ready).getNotifications()).map(({ tag }) => tag).sort());
  for (const id of [read, snoozed, removed, unread]) await show(id, "MENTION");
  await show("ntf_only-pushed", "ASSIGNMENT");
  const left = (...ids: readonly string[]) => expect.poll(shown).toEqual([...ids, "ntf_only-pushed"].sort());
  await left(read, snoozed, removed, unread);
  await mark([read]);
  await left(snoozed, removed, unread);
  await elsewhere.ask("mutation ($ids: [ID!]!, $until: DateTime!) { snoozeNotifications(ids: $ids, until: $until) }", { ids: [snoozed], until: new Date(Date.now() + 3_600_000) });
  await left(removed, unread);
  await desks.colleague(desks.grace).edit(customers[2] ?? "", { visibility: "RESTRICTED" });
  await left(unread);
  await mark([late]);
  await show(late, "MENTION");
  await left(unread);

  const address = page.url();
  await page.goto("about:blank");
  await mark([unread]);
  await page.goto(address);
  await left();
});

/** Gives a page a push service that exists only in the page, with keys as a browser makes them. */
function subscribeWithoutPushService(): void {
  Object.assign(globalThis, { asked: 0, subscribed: 0 });
  const ask = Notification.requestPermission.bind(Notification);
  Notification.requestPermission = () => {
    globalThis.asked++;
    return ask();
  };
  const text = (bytes: ArrayBuffer) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  let current: PushSubscription | null = null;
  PushManager.prototype.getSubscription = () => Promise.resolve(current);
  PushManager.prototype.subscribe = async () => {
    globalThis.subscribed++;
    const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
    const keys = { p256dh: text(await crypto.subtle.exportKey("raw", pair.publicKey)), auth: text(crypto.getRandomValues(new Uint8Array(16)).buffer) };
    const endpoint = "https://push.example.com/ada";
    const unsubscribe = () => Promise.resolve((current = null) === null);
    current = { endpoint, options: { applicationServerKey: null }, toJSON: () => ({ endpoint, keys }), unsubscribe } as unknown as PushSubscription;
    return current;
  };
}

/** Returns the endpoints that the server has of Ada. */
async function endpoints(): Promise<readonly string[]> {
  type Exported = { readonly exportPersonalData: { readonly pushSubscriptions: readonly { readonly endpoint: string }[] } };
  const { exportPersonalData } = await desks.colleague(desks.ada).ask<Exported>("mutation ($id: ID!) { exportPersonalData(userId: $id) }", { id: desks.ada.id });
  return exportPersonalData.pushSubscriptions.map(({ endpoint }) => endpoint);
}

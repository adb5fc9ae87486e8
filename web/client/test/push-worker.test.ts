import "fake-indexeddb/auto";
import { afterEach, expect, test } from "vitest";
import { receivePushes, type WorkerScope } from "../src/push/index.js";

/** A page, as a service worker knows it. One of the application that is not frozen answers the worker. */
class FakePage {
  readonly messages: unknown[] = [];
  focusedNow = 0;
  constructor(readonly url: string, readonly focused = false, readonly visibilityState = "hidden", private readonly answers = true) {}
  focus = () => Promise.resolve(void this.focusedNow++);
  postMessage = (message: object, [port]: MessagePort[] = []) => {
    if (!("tandemAsk" in message)) this.messages.push(message);
    else if (this.answers) port?.postMessage(true);
  };
}

const shown: string[] = [];
afterEach(() => void shown.splice(0));

/** Starts a worker with some pages open, and returns what it opened, and a function that lets an event happen there. */
function start(pages: readonly FakePage[], scopeUrl = "https://crm.example/") {
  const opened: string[] = [];
  const listeners = new Map<string, (event: never) => void>();
  const scope: WorkerScope = {
    location: { origin: "https://crm.example" },
    registration: { scope: scopeUrl, showNotification: (title) => Promise.resolve(void shown.push(title)) },
    clients: { matchAll: () => Promise.resolve(pages), openWindow: (url) => Promise.resolve(void opened.push(url)) },
    navigator: {},
    addEventListener: (type, listener) => void listeners.set(type, listener),
  };
  receivePushes(scope);
  const happen = async (type: string, event: object) => {
    let work: Promise<unknown> = Promise.resolve();
    listeners.get(type)?.({ ...event, waitUntil: (promise: Promise<unknown>) => (work = promise) } as never);
    await work;
  };
  return { opened, happen };
}

/** Returns what lets the message of a notification arrive. */
function arriving(happen: (type: string, event: object) => Promise<void>) {
  return (at: number, count: number, snoozedUntil?: string) => {
    const data = { id: `ntf_${at}`, entityId: null, count, ...(snoozedUntil && { snoozedUntil }) };
    return happen("push", { data: { json: () => ({ notification: { title: `${at}: ${count}`, body: "", navigate: "/", tag: data.id, data } }) } });
  };
}

/** Clicks a notification in a worker with some pages open, and returns what the worker opened. */
async function click(navigate: string, pages: readonly FakePage[], scope?: string): Promise<readonly string[]> {
  const { opened, happen } = start(pages, scope);
  await happen("notificationclick", { notification: { close: () => {}, data: { navigate } } });
  return opened;
}

test("a click focuses the page that shows it already, and leaves it there", async () => {
  const pages = [new FakePage("https://crm.example/inbox", true), new FakePage("https://crm.example/customers/1")];
  expect(await click("https://crm.example/customers/1", pages)).toEqual([]);
  expect(pages.map(({ focusedNow, messages }) => [focusedNow, messages.length])).toEqual([[0, 0], [1, 0]]);
});

test("a click takes the page that the person used last to what the notification is about", async () => {
  const pages = [new FakePage("https://crm.example/deals"), new FakePage("https://crm.example/inbox", false, "visible")];
  expect(await click("/customers/1?tab=2#notes", pages)).toEqual([]);
  expect(pages[1]?.messages).toEqual([{ tandemOpen: "/customers/1?tab=2#notes" }]);
  expect(pages[0]?.messages).toEqual([]);
});

test("a click opens a page where none is open, and where the link leads to another site", async () => {
  expect(await click("/customers/1", [])).toEqual(["https://crm.example/customers/1"]);
  const pages = [new FakePage("https://crm.example/inbox", true)];
  expect(await click("https://other.example/x", pages)).toEqual(["https://other.example/x"]);
  expect(pages[0]?.focusedNow).toBe(0);
});

test("a click opens a page where those that are open are of another application, or do not answer", async () => {
  const pages = [new FakePage("https://crm.example/playground", true, "visible", false), new FakePage("https://crm.example/deals")];
  expect(await click("https://crm.example/customers/1", pages)).toEqual([]);
  expect(pages.map(({ focusedNow, messages }) => [focusedNow, messages.length])).toEqual([[0, 0], [1, 1]]);
  expect(await click("https://crm.example/customers/1", pages.slice(0, 1))).toEqual(["https://crm.example/customers/1"]);
  const outside = new FakePage("https://crm.example/shop");
  expect(await click("https://crm.example/crm/inbox", [outside], "https://crm.example/crm/")).toEqual(["https://crm.example/crm/inbox"]);
  expect(outside.focusedNow).toBe(0);
});

test("a message that arrives again is shown once, for each of the notifications that a person gets in a day", async () => {
  const { happen } = start([]);
  const arrive = arriving(happen);
  for (let at = 0; at < 200; at++) await arrive(at, 1);
  expect(shown.splice(0)).toHaveLength(200);
  await arrive(0, 1);
  await arrive(199, 1);
  expect(shown).toEqual([]);
  await arrive(0, 2);
  await arrive(0, 1);
  expect(shown).toEqual(["0: 2"]);
});

test("open pages hear of each message that is shown, since it may have been read on its way", async () => {
  const page = new FakePage("https://crm.example/deals");
  const arrive = arriving(start([page]).happen);
  for (let times = 0; times < 2; times++) await arrive(2000, 1);
  expect(shown.splice(0)).toEqual(["2000: 1"]);
  expect(page.messages).toEqual([{ tandemShown: true }]);
});

test("a message that reminds of what was snoozed is shown once more for each snooze", async () => {
  const arrive = arriving(start([]).happen);
  const [nine, ten] = ["2027-01-01T09:00:00.000Z", "2027-01-01T10:00:00.000Z"];
  await arrive(1000, 2);
  shown.splice(0);
  for (const until of [nine, nine, ten, ten, nine]) await arrive(1000, 2, until);
  expect(shown.splice(0)).toEqual(["1000: 2", "1000: 2"]);
  await arrive(1000, 3);
  expect(shown.splice(0)).toEqual(["1000: 3"]);
});

test("when the browser has ended the subscription, the pages of the application hear of it", async () => {
  const pages = [new FakePage("https://crm.example/deals"), new FakePage("https://crm.example/inbox", true)];
  await start(pages).happen("pushsubscriptionchange", {});
  expect(pages.map(({ messages }) => messages)).toEqual([[{ tandemRenew: true }], [{ tandemRenew: true }]]);
});

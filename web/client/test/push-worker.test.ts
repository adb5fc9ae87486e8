import { expect, test } from "vitest";
import { receivePushes, type WorkerScope } from "../src/push/index.js";

/** A page of the application, as a service worker knows it. */
class FakePage {
  readonly messages: unknown[] = [];
  focusedNow = 0;
  constructor(readonly url: string, readonly focused = false, readonly visibilityState = "hidden") {}
  focus = () => Promise.resolve(void this.focusedNow++);
  postMessage = (message: unknown) => void this.messages.push(message);
}

/** Clicks a notification in a worker with some pages open, and returns what the worker opened. */
async function click(navigate: string, pages: readonly FakePage[]): Promise<readonly string[]> {
  const opened: string[] = [];
  const listeners = new Map<string, (event: never) => void>();
  const scope: WorkerScope = {
    location: { origin: "https://crm.example" },
    registration: { showNotification: () => Promise.resolve() },
    clients: { matchAll: () => Promise.resolve(pages), openWindow: (url) => Promise.resolve(void opened.push(url)) },
    navigator: {},
    addEventListener: (type, listener) => void listeners.set(type, listener),
  };
  receivePushes(scope);
  let work: Promise<unknown> = Promise.resolve();
  const event = { notification: { close: () => {}, data: { navigate } }, waitUntil: (promise: Promise<unknown>) => (work = promise) };
  listeners.get("notificationclick")?.(event as never);
  await work;
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

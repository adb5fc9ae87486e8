import { rememberShown, wasShown } from "./shown.js";

/** How long a page may take to answer. A browser lets a worker open a page for a second after a click. */
const ANSWER_MS = 500;

/** A message of the server, in the form of Declarative Web Push. */
interface PushMessage {
  readonly notification: {
    readonly title: string;
    readonly body: string;
    readonly navigate: string;
    readonly tag: string;
    readonly data: { readonly id: string; readonly entityId: string | null; readonly count: number; readonly snoozedUntil?: string };
  };
  readonly app_badge?: number;
}

interface PushArrival extends Lasting {
  readonly data: { json(): unknown } | null;
}

interface NotificationClick extends Lasting {
  readonly notification: Notification;
}

interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface OpenPage {
  readonly url: string;
  readonly focused: boolean;
  readonly visibilityState: string;
  focus(): Promise<unknown>;
  postMessage(message: unknown, transfer?: MessagePort[]): void;
}

/**
 * The global scope of a service worker, as far as {@link receivePushes} uses it.
 *
 * @example
 * ```ts
 * receivePushes(self as unknown as WorkerScope);
 * ```
 */
export interface WorkerScope {
  readonly location: { readonly origin: string };
  readonly registration: {
    /** The address below which the pages of the application are. */
    readonly scope: string;
    showNotification(title: string, options: NotificationOptions): Promise<void>;
  };
  readonly clients: {
    matchAll(options: { type: "window"; includeUncontrolled: boolean }): Promise<readonly OpenPage[]>;
    openWindow(url: string): Promise<unknown>;
  };
  readonly navigator: object;
  addEventListener(type: "push" | "notificationclick" | "pushsubscriptionchange", listener: (event: never) => void): void;
}

/**
 * Has a service worker show the person's notifications. A message that arrives twice is shown once, and one about a
 * notification that grew, or was snoozed until now, replaces what is shown. A click focuses a page of the application that is open and has the person's
 * {@link createPush}, and takes it to what the notification is about, or else opens one.
 *
 * @example
 * ```ts
 * // sw.ts, which the application serves as /sw.js
 * import { receivePushes, type WorkerScope } from "@tandem/client/push";
 *
 * receivePushes(self as unknown as WorkerScope, { icon: "/icon.png" });
 * ```
 */
export function receivePushes(scope: WorkerScope, { icon }: { readonly icon?: string } = {}): void {
  scope.addEventListener("push", (event: PushArrival) => event.waitUntil(show(scope, event, icon)));
  scope.addEventListener("notificationclick", (event: NotificationClick) => event.waitUntil(open(scope, event)));
  scope.addEventListener("pushsubscriptionchange", (event: Lasting) => event.waitUntil(renew(scope)));
}

async function show(scope: WorkerScope, { data }: PushArrival, icon: string | undefined): Promise<void> {
  const message = data?.json() as PushMessage | undefined;
  if (!message?.notification) return;
  const { title, body, tag, navigate, data: about } = message.notification;
  if (message.app_badge !== undefined) await badgeOf(scope)?.(message.app_badge).catch(() => {});
  if (await wasShown(about)) return;
  // The tag is the id of the notification: the browser shows one for each.
  await scope.registration.showNotification(title, { body, tag, data: { ...about, navigate }, ...(icon ? { icon } : {}) });
  await rememberShown(about);
  await tell(scope, { tandemShown: true }); // it may have been read while it was on its way
}

/** Returns what sets the number on the application's icon, where there is one. */
function badgeOf({ navigator }: WorkerScope): ((unread: number) => Promise<void>) | undefined {
  const { setAppBadge } = navigator as { setAppBadge?: (unread: number) => Promise<void> };
  return setAppBadge?.bind(navigator);
}

/** Has the pages subscribe again, because the browser has ended the subscription. Without one, the next page does. */
async function renew(scope: WorkerScope): Promise<void> {
  await tell(scope, { tandemRenew: true });
}

async function tell(scope: WorkerScope, message: object): Promise<void> {
  for (const page of await pagesOf(scope)) page.postMessage(message);
}

async function open(scope: WorkerScope, { notification }: NotificationClick): Promise<void> {
  notification.close();
  const { navigate = "/" } = (notification.data ?? {}) as { navigate?: string };
  const url = new URL(navigate, scope.location.origin);
  // A browser lets the worker either focus a page or open one, so it asks the pages before.
  const page = url.href.startsWith(scope.registration.scope) ? best(await listening(await pagesOf(scope)), url.href) : undefined;
  if (!page) return void (await scope.clients.openWindow(url.href));
  await page.focus().catch(() => {}); // the page goes there also if the browser does not bring it to the front
  if (page.url !== url.href) page.postMessage({ tandemOpen: url.pathname + url.search + url.hash });
}

/** Returns the pages of the application that are open. */
async function pagesOf({ clients, registration }: WorkerScope): Promise<readonly OpenPage[]> {
  const pages = await clients.matchAll({ type: "window", includeUncontrolled: true });
  return pages.filter(({ url }) => url.startsWith(registration.scope));
}

/** Returns those pages that take the person to a notification: others at the same site do not answer, nor do frozen ones. */
async function listening(pages: readonly OpenPage[]): Promise<readonly OpenPage[]> {
  const answers = await Promise.all(pages.map((page) => new Promise<boolean>((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const end = (answered: boolean) => {
      clearTimeout(timer);
      port1.close();
      resolve(answered);
    };
    const timer = setTimeout(end, ANSWER_MS, false);
    port1.onmessage = () => end(true);
    page.postMessage({ tandemAsk: true }, [port2]);
  })));
  return pages.filter((_, at) => answers[at]);
}

/** Returns the page that is there already, or else the one that the person looks at, or any. */
function best(pages: readonly OpenPage[], url: string): OpenPage | undefined {
  return pages.find((each) => each.url === url) ?? pages.find(({ focused }) => focused) ?? pages.find(({ visibilityState }) => visibilityState === "visible") ?? pages[0];
}

/** A message of the server, in the form of Declarative Web Push. */
interface PushMessage {
  readonly notification: {
    readonly title: string;
    readonly body: string;
    readonly navigate: string;
    readonly tag: string;
    readonly data: { readonly id: string; readonly entityId: string | null };
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
  postMessage(message: unknown): void;
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
  readonly registration: { showNotification(title: string, options: NotificationOptions): Promise<void> };
  readonly clients: {
    matchAll(options: { type: "window"; includeUncontrolled: boolean }): Promise<readonly OpenPage[]>;
    openWindow(url: string): Promise<unknown>;
  };
  readonly navigator: object;
  addEventListener(type: "push" | "notificationclick", listener: (event: never) => void): void;
}

/**
 * Has a service worker show the person's notifications. A message that arrives twice, or about a notification that grew,
 * replaces what is shown. A click focuses a page of the application that is open, and takes it to what the notification is
 * about, or else opens one.
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
}

async function show(scope: WorkerScope, { data }: PushArrival, icon: string | undefined): Promise<void> {
  const message = data?.json() as PushMessage | undefined;
  if (!message?.notification) return;
  const { title, body, tag, navigate, data: about } = message.notification;
  const badge = badgeOf(scope);
  if (message.app_badge !== undefined) await badge?.(message.app_badge).catch(() => {});
  // The tag is the id of the notification: the browser shows one for each.
  await scope.registration.showNotification(title, { body, tag, data: { ...about, navigate }, ...(icon ? { icon } : {}) });
}

/** Returns what sets the number on the application's icon, where there is one. */
function badgeOf({ navigator }: WorkerScope): ((unread: number) => Promise<void>) | undefined {
  const { setAppBadge } = navigator as { setAppBadge?: (unread: number) => Promise<void> };
  return setAppBadge?.bind(navigator);
}

async function open(scope: WorkerScope, { notification }: NotificationClick): Promise<void> {
  notification.close();
  const { navigate = "/" } = (notification.data ?? {}) as { navigate?: string };
  const url = new URL(navigate, scope.location.origin);
  const pages = await scope.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = url.origin === scope.location.origin ? best(pages, url.href) : undefined;
  if (!page) return void (await scope.clients.openWindow(url.href));
  await page.focus().catch(() => {}); // the page goes there also if the browser does not bring it to the front
  if (page.url !== url.href) page.postMessage({ tandemOpen: url.pathname + url.search + url.hash });
}

/** Returns the page that is there already, or else the one that the person looks at, or any. */
function best(pages: readonly OpenPage[], url: string): OpenPage | undefined {
  return pages.find((each) => each.url === url) ?? pages.find(({ focused }) => focused) ?? pages.find(({ visibilityState }) => visibilityState === "visible") ?? pages[0];
}

import { request, type Link } from "../connection/link.js";
import { State, type ReadableState } from "../state.js";

/**
 * Whether this browser is sent the person's notifications.
 *
 * - `unsupported`: the browser has no Web Push.
 * - `install`: on an iPhone or iPad it has, once the person has added the page to the Home Screen and opens it from there.
 * - `unavailable`: the server sends none.
 * - `denied`: the person refused; only the settings of the browser change that.
 * - `off`, `on`: `enable` and `disable` change it.
 *
 * @example
 * ```ts
 * const offers: PushStatus[] = ["off"];
 * button.hidden = !offers.includes(push.status.get());
 * ```
 */
export type PushStatus = "unsupported" | "install" | "unavailable" | "denied" | "off" | "on";

/**
 * Options of {@link createPush}.
 *
 * @example
 * ```ts
 * const options: PushOptions = { link: tandem.link, worker: "/sw.js", open: (path) => navigate(path) };
 * ```
 */
export interface PushOptions {
  /** The connection of the person who is sent notifications. */
  readonly link: Link;
  /** The address of a service worker that calls `receivePushes`. */
  readonly worker: string;
  /** Goes to a page of the application, a path, when its notification was clicked. Without it the page is loaded. */
  readonly open?: (path: string) => void;
}

/** Notifications of the person on this device. */
export interface Push {
  readonly status: ReadableState<PushStatus>;
  /**
   * Asks for permission, and has notifications sent to this browser. Call it from a click: browsers refuse the question
   * otherwise. It resolves with the status after it, and rejects if the server can't be reached.
   */
  enable(): Promise<PushStatus>;
  /** Ends that, for this browser only. Call it before the person signs out. */
  disable(): Promise<void>;
  /** Ends listening for clicks. The browser goes on to get notifications. */
  close(): void;
}

const keyQuery = "query PushKey { pushPublicKey }";
const register = "mutation RegisterPush($input: PushSubscriptionInput!) { registerPushSubscription(input: $input) }";
const remove = "mutation RemovePush($endpoint: String!) { removePushSubscription(endpoint: $endpoint) }";

/**
 * Sends a person's notifications to this browser, also while no page of the application is open. It never asks for
 * permission by itself. If the person enabled it before, it registers the browser again, since its keys may be new.
 *
 * @example
 * ```ts
 * const push = createPush({ link: tandem.link, worker: "/sw.js", open: (path) => navigate(path) });
 * button.onclick = () => push.enable();
 * ```
 */
export function createPush(options: PushOptions): Push {
  return new BrowserPush(options);
}

class BrowserPush implements Push {
  readonly status: State<PushStatus>;
  private readonly listener = ({ data }: MessageEvent<unknown>) => this.heard(data);

  constructor(private readonly options: PushOptions) {
    this.status = new State<PushStatus>(statusNow());
    if (!isSupported()) return;
    navigator.serviceWorker.addEventListener("message", this.listener);
    if (Notification.permission === "granted") void this.renew().catch(() => {});
  }

  async enable(): Promise<PushStatus> {
    if (!isSupported()) return this.status.get();
    // First of all, since a browser forgets the click while something else is awaited.
    const permission = await Notification.requestPermission();
    if (permission !== "granted") return this.become(permission === "denied" ? "denied" : "off");
    const { pushPublicKey: key } = await request<{ pushPublicKey: string | null }, object>(this.options.link, keyQuery, {});
    if (key === null) return this.become("unavailable");
    await navigator.serviceWorker.register(this.options.worker);
    const { pushManager } = await navigator.serviceWorker.ready;
    const before = await pushManager.getSubscription();
    // A subscription to another key can't be used, and has to be ended before there can be another one.
    if (before && !isFor(before, key)) await before.unsubscribe();
    await this.register(await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
    return this.become("on");
  }

  async disable(): Promise<void> {
    const subscription = await subscriptionNow();
    this.become(statusNow());
    if (!subscription) return;
    await subscription.unsubscribe();
    // The push service tells the server that it ended if this request does not.
    await request(this.options.link, remove, { endpoint: subscription.endpoint });
  }

  close(): void {
    if (isSupported()) navigator.serviceWorker.removeEventListener("message", this.listener);
  }

  /** Registers a browser again that was registered before. */
  private async renew(): Promise<void> {
    const subscription = await subscriptionNow();
    if (!subscription) return;
    const { pushPublicKey: key } = await request<{ pushPublicKey: string | null }, object>(this.options.link, keyQuery, {});
    if (key === null) return void this.become("unavailable");
    if (!isFor(subscription, key)) return void (await this.enable());
    await this.register(subscription);
    this.become("on");
  }

  private async register(subscription: PushSubscription): Promise<void> {
    const { endpoint, keys } = subscription.toJSON();
    await request(this.options.link, register, { input: { endpoint, p256dh: keys?.["p256dh"], auth: keys?.["auth"] } });
  }

  private become(status: PushStatus): PushStatus {
    this.status.set(status);
    return status;
  }

  /** Hears from the service worker that a notification was clicked. */
  private heard(data: unknown): void {
    const path = typeof data === "object" && data !== null && "tandemOpen" in data ? data.tandemOpen : undefined;
    if (typeof path !== "string") return;
    if (this.options.open) this.options.open(path);
    else location.assign(path);
  }
}

function isSupported(): boolean {
  return typeof navigator !== "undefined" && "serviceWorker" in navigator && typeof PushManager !== "undefined" && typeof Notification !== "undefined";
}

function statusNow(): PushStatus {
  // Only iPhones and iPads say whether the page was opened from the Home Screen.
  if (!isSupported()) return typeof navigator !== "undefined" && (navigator as { standalone?: boolean }).standalone === false ? "install" : "unsupported";
  return Notification.permission === "denied" ? "denied" : "off";
}

async function subscriptionNow(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker.getRegistration();
  return (await registration?.pushManager.getSubscription()) ?? null;
}

/** Reports whether a subscription is for the server's key, base64url. */
function isFor({ options }: PushSubscription, key: string): boolean {
  if (!options.applicationServerKey) return false;
  const bytes = String.fromCharCode(...new Uint8Array(options.applicationServerKey));
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "") === key;
}

import { request, type Link } from "../connection/link.js";
import { recall, remember } from "../connection/memory.js";
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
   * otherwise. It resolves with the status after it. It rejects if the server can't be reached, and with a `DOMException` if the
   * browser can't subscribe or has not done it within 20 s.
   */
  enable(): Promise<PushStatus>;
  /**
   * Ends that, for this browser only. Call it before the person signs out. It rejects if the server can't be reached, and with a
   * `DOMException` if the browser has not done its part within 20 s.
   */
  disable(): Promise<void>;
  /** Ends listening for clicks. The browser keeps getting notifications. */
  close(): void;
}

const keyQuery = "query PushKey { pushPublicKey viewer { organization { id } user { id } } }";
const register = "mutation RegisterPush($input: PushSubscriptionInput!) { registerPushSubscription(input: $input) }";
const remove = "mutation RemovePush($endpoint: String!) { removePushSubscription(endpoint: $endpoint) }";

interface KeyAnswer {
  readonly pushPublicKey: string | null;
  readonly viewer: { readonly organization: { readonly id: string }; readonly user: { readonly id: string } };
}

/** The person who chose that this browser is sent their notifications. */
interface Choice {
  readonly person: string;
}

/**
 * Sends a person's notifications to this browser, also while no page of the application is open. It never asks for
 * permission by itself. If the same person enabled it before, it registers the browser again, since its keys may be new.
 * A browser is sent the notifications of the person who enabled it last; for everybody else it is off.
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
  /** The name under which the browser remembers whose notifications it is sent. */
  private readonly choice: string;
  private readonly closing = new AbortController();
  /** Whether another person enabled this browser. */
  private isForeign = false;

  constructor(private readonly options: PushOptions) {
    this.status = new State<PushStatus>(statusNow());
    this.choice = `tandem:push:${options.worker}`;
    if (!isSupported()) return;
    const { signal } = this.closing;
    navigator.serviceWorker.addEventListener("message", (event: MessageEvent<unknown>) => this.heard(event), { signal });
    // Another page of the browser enabled or disabled it.
    addEventListener("storage", ({ key }) => key === this.choice && this.renewSafely(), { signal });
    this.renewSafely();
  }

  async enable(): Promise<PushStatus> {
    if (!isSupported()) return this.status.get();
    // First of all, since a browser forgets the click while something else is awaited.
    const permission = await Notification.requestPermission();
    if (permission !== "granted") return this.become(permission === "denied" ? "denied" : "off");
    const { key, person } = await this.ask();
    if (key === null) return this.become("unavailable");
    await this.register(this.subscribe(key));
    remember(this.choice, { person } satisfies Choice);
    this.isForeign = false;
    return this.become("on");
  }

  async disable(): Promise<void> {
    const late = givingUp();
    const subscription = await Promise.race([managerNow().then((manager) => manager?.getSubscription()), late]);
    remember(this.choice, undefined);
    this.become(statusNow());
    if (!subscription) return;
    // Each ends it if the other one fails: the push service tells the server.
    await Promise.all([
      Promise.race([subscription.unsubscribe(), late]),
      request(this.options.link, remove, { endpoint: subscription.endpoint }),
    ]);
  }

  close(): void {
    this.closing.abort();
  }

  private renewSafely(): void {
    this.renew().catch(() => {}); // the next page that opens does it
  }

  /** Registers the browser again if the person enabled it, with another subscription where the browser has ended the last one. */
  private async renew(): Promise<void> {
    if (Notification.permission !== "granted" || !recall(this.choice)) return void this.become(statusNow());
    const { key, person } = await this.ask();
    const manager = await managerNow();
    const enabledBy = recall<Choice>(this.choice)?.person;
    this.isForeign = enabledBy !== undefined && enabledBy !== person;
    if (!manager || enabledBy !== person) return void this.become(statusNow());
    if (key === null) return void this.become("unavailable");
    await this.register(subscribed(key, manager));
    this.become("on");
  }

  /** Asks for the server's key, and for the person to whom the connection belongs. */
  private async ask(): Promise<{ readonly key: string | null; readonly person: string }> {
    const { pushPublicKey: key, viewer } = await request<KeyAnswer, object>(this.options.link, keyQuery, {});
    return { key, person: `${viewer.organization.id}:${viewer.user.id}` };
  }

  private async subscribe(key: string): Promise<PushSubscription> {
    const { serviceWorker } = navigator;
    await serviceWorker.register(this.options.worker);
    return subscribed(key, (await serviceWorker.ready).pushManager);
  }

  /** Registers the subscription that the browser is making. */
  private async register(making: Promise<PushSubscription>): Promise<void> {
    const { endpoint, keys } = (await Promise.race([making, givingUp()])).toJSON();
    await request(this.options.link, register, { input: { endpoint, p256dh: keys?.["p256dh"], auth: keys?.["auth"] } });
  }

  private become(status: PushStatus): PushStatus {
    this.status.set(status);
    return status;
  }

  /** Hears the service worker. A page does not answer it about the notifications of another person. */
  private heard({ data, ports }: MessageEvent<unknown>): void {
    if (typeof data !== "object" || data === null) return;
    if ("tandemRenew" in data) this.renewSafely();
    if (this.isForeign) return;
    if ("tandemAsk" in data) ports[0]?.postMessage(true);
    if (!("tandemOpen" in data) || typeof data.tandemOpen !== "string") return;
    if (this.options.open) this.options.open(data.tandemOpen);
    else location.assign(data.tandemOpen);
  }
}

/** Rejects after 20 s: some browsers try to reach their push service for ever. */
function givingUp(): Promise<never> {
  const error = new DOMException("The browser did not answer within 20 s.", "TimeoutError");
  return new Promise((_, reject) => setTimeout(reject, 20_000, error));
}

/** Returns the browser's subscription, or a new one. */
async function subscribed(key: string, manager: PushManager): Promise<PushSubscription> {
  const before = await manager.getSubscription();
  // A subscription to another key can't be used, and has to be ended before there can be another one.
  if (before && !isFor(before, key)) await before.unsubscribe();
  return manager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

function isSupported(): boolean {
  return typeof navigator !== "undefined" && "serviceWorker" in navigator && typeof PushManager !== "undefined" && typeof Notification !== "undefined";
}

function statusNow(): PushStatus {
  // Only iPhones and iPads say whether the page was opened from the Home Screen.
  if (!isSupported()) return typeof navigator !== "undefined" && (navigator as { standalone?: boolean }).standalone === false ? "install" : "unsupported";
  return Notification.permission === "denied" ? "denied" : "off";
}

async function managerNow(): Promise<PushManager | undefined> {
  return (await navigator.serviceWorker.getRegistration())?.pushManager;
}

/** Reports whether a subscription is for the server's key, base64url. */
function isFor({ options }: PushSubscription, key: string): boolean {
  if (!options.applicationServerKey) return false;
  const bytes = String.fromCharCode(...new Uint8Array(options.applicationServerKey));
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "") === key;
}

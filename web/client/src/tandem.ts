import type { TokenSource } from "./connection/credentials.js";
import type { Link } from "./connection/link.js";
import type { ConnectionStatus, Transport } from "./connection/status.js";
import { clientId } from "./connection/tabs/clientId.js";
import { tabConnection } from "./connection/tabConnection.js";
import { watchPage } from "./connection/waking.js";
import { createData } from "./data/data.js";
import type { TandemData } from "./data/live.js";
import type { ReadableState } from "./state.js";
import { Entities } from "./store/entities.js";

/** How to reach the server, and what the application wants to know. */
export interface TandemOptions {
  /** The address of the API, such as `https://crm.example.com/graphql`. A path belongs to the page's own origin. */
  readonly url: string;
  /** Gives a token that has not expired. `fresh` is true when the server refused the last one. Without it, the session cookie counts. */
  readonly token?: TokenSource;
  /**
   * Renews the session cookie, such as by a request to `/api/auth/session` of Auth.js. It is called before the session
   * expires, and when the server refused it. Only without `token`.
   */
  readonly renewSession?: () => Promise<unknown>;
  /** The transports to use, the best first. All of them, unless given. */
  readonly transports?: readonly Transport[];
  /** Whether the tabs of a person in a browser share one connection: true, unless given. Without Web Locks, each tab has its own. */
  readonly share?: boolean;
  /** The person has to sign in again. */
  readonly onUnauthorized?: () => void;
  /** The server refused something that a correct client does not send. It is worth a report. */
  readonly onDefect?: (defect: { readonly code: number; readonly reason: string }) => void;
  /** For platforms without their own, such as WebSocket for Node 20. */
  readonly fetch?: typeof fetch;
  readonly WebSocket?: typeof WebSocket;
}

/** One person's connection to a server, and all that works over it. */
export interface Tandem {
  /** Operations and subscriptions. */
  readonly link: Link;
  readonly status: ReadableState<ConnectionStatus>;
  /** Whether this tab acts for its person in this browser, such as by sending the edits that wait. One tab of a browser does. */
  readonly leading: ReadableState<boolean>;
  /** The id of this tab in rooms. A reload keeps it; a duplicated tab has another one. */
  readonly clientId: string;
  /** Everything that is known of entities, with the edits that wait. For adapters of other libraries; applications use what is built on it. */
  readonly entities: Entities;
  /** Connects, and tries at once while it waits; the first subscription connects, too. After `unauthorized`, it tries with a fresh token. */
  connect(): void;
  /** Ends the connection; subscriptions wait for the next one, which begins with the best transport. */
  disconnect(): void;
  /** Ends everything for good. */
  close(): void;
}

/**
 * Makes the client of one person. Make one for a page, and keep it as long as the person is signed in.
 *
 * @example
 * ```ts
 * const tandem = createTandem({ url: "/graphql", token: (fresh) => session.token({ refresh: fresh }) });
 * const stop = tandem.link.follow<{ activity: ActivityEvent }>({
 *   query: "subscription ($after: Cursor) { activity(after: $after) { cursor title: type } }",
 *   next: ({ activity }) => console.log(activity),
 *   ended: (reason) => console.error(reason),
 * });
 * ```
 */
export function createTandem(options: TandemOptions): Tandem & TandemData {
  const url = absolute(options.url);
  const { link, leading, send, end: disconnect } = tabConnection(options, url);
  const unwatch = watchPage(send);
  const entities = new Entities();
  const end = () => {
    unwatch();
    disconnect();
  };
  const own = clientId();
  const { data, status, close } = createData({ link, entities, url, token: options.token, leading, clientId: own, close: end });
  const tandem: Tandem = {
    link,
    status,
    leading,
    clientId: own,
    entities,
    connect: () => send({ type: "connect" }),
    disconnect: () => send({ type: "disconnect" }),
    close: () => {
      close();
      end();
    },
  };
  return Object.defineProperties(tandem, Object.getOwnPropertyDescriptors(data)) as Tandem & TandemData;
}

function absolute(url: string): string {
  return typeof location === "undefined" ? url : new URL(url, location.href).href;
}

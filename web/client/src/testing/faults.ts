import type { TokenSource } from "../connection/credentials.js";
import { State, type ReadableState } from "../state.js";
import { faultyFetch } from "./fetch.js";
import { Network, type Weather } from "./network.js";
import { faultySocket } from "./socket.js";

/**
 * A bad network for one client, on purpose: for tests, and for a demonstration of how a page recovers. Give its parts to
 * `createTandem`. Other clients of the page, and the page itself, keep their network.
 *
 * @example
 * ```ts
 * const faults = createFaults();
 * const tandem = createTandem({ url: "/graphql", fetch: faults.fetch, WebSocket: faults.WebSocket, token: faults.token(token) });
 * faults.set({ socketsBlocked: true });
 * faults.cut();
 * ```
 */
export interface Faults {
  readonly fetch: typeof fetch;
  readonly WebSocket: typeof WebSocket;
  /** Returns a source of tokens that `expireToken` can spoil. */
  token(source: TokenSource): TokenSource;
  /** The present weather. */
  readonly weather: ReadableState<Weather>;
  /** Changes the weather, for open connections too. */
  set(change: Partial<Weather>): void;
  /** Resets all open connections, once. */
  cut(): void;
  /** Makes the server refuse the token from now on, until the client asks for a fresh one, and ends open connections as it does then. */
  expireToken(): void;
}

/**
 * Makes a network that can be made bad. It uses the platform's own functions, unless others are given.
 *
 * @example
 * ```ts
 * const faults = createFaults({ WebSocket: WebSocketOfNode });
 * faults.set({ delayMs: 2_000 });
 * ```
 */
export function createFaults(platform: { readonly fetch?: typeof fetch; readonly WebSocket?: typeof WebSocket } = {}): Faults {
  const weather = new State<Weather>({ offline: false, halfOpen: false, delayMs: 0, socketsBlocked: false, streamsBlocked: false });
  const network = new Network(() => weather.get());
  let expired = false;
  return {
    fetch: faultyFetch(network, platform.fetch ?? ((...request) => fetch(...request))),
    WebSocket: faultySocket(network, () => platform.WebSocket ?? WebSocket),
    token: (source) => async (fresh) => {
      const token = await source(fresh);
      if (fresh) expired = false;
      return expired ? `expired.${token}` : token;
    },
    weather,
    set(change) {
      weather.set({ ...weather.get(), ...change });
      network.changed();
    },
    cut: () => network.cut(1006, ""),
    expireToken() {
      expired = true;
      network.cut(4403, "the token has expired");
    },
  };
}

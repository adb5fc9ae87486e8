import type { TandemData } from "../client/src/data/live.js";
import { createTandem, type Tandem, type TandemOptions } from "../client/src/tandem.js";
import WebSocket from "ws";
import { token, type Person } from "./token.js";

/** The kit for a person, in Node 20, which has no WebSocket of its own. */
export function tandemOf(url: string, person: Person, options: Partial<TandemOptions> = {}): Tandem & TandemData {
  const Socket = WebSocket as unknown as typeof globalThis.WebSocket;
  return createTandem({ url, token: async () => token(person), WebSocket: Socket, ...options });
}

/** A change of customers, as the tests follow them. */
export interface Change {
  readonly customerChanged: { readonly cursor: string; readonly version: number; readonly entityId: string };
}

export const CHANGES = "subscription ($after: Cursor) { customerChanged(after: $after) { cursor version entityId } }";

/** Follows the customers of a person, and keeps what came. */
export function recording(tandem: Tandem, after?: string) {
  const versions: string[] = [];
  const seen = { versions, resyncs: 0, ended: undefined as unknown };
  const stop = tandem.link.follow<Change>({
    query: CHANGES,
    after,
    next: ({ customerChanged: { entityId, version } }) => void versions.push(`${entityId}:${version}`),
    resync: () => void seen.resyncs++,
    ended: (reason) => (seen.ended = reason),
  });
  return Object.assign(seen, { stop });
}

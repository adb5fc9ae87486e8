import { readFileSync } from "node:fs";
import { Queue } from "../queue.ts";
import type { Server } from "../server.ts";

/** An operation as its text, by its name. */
export interface Operation {
  readonly name: OperationName;
  readonly variables: Record<string, unknown>;
}

export type OperationName = keyof typeof texts;

/** A client with a normalized cache and default settings: it gets the address, the token and the possible types, and no keys. */
export interface Cached {
  /** Shows a query, as a page does: its result now, and again each time the cache changes it. */
  watch(operation: Operation): Queue<any>;
  /** Runs a query from the network, and writes it into the cache. */
  query(operation: Operation): Promise<any>;
  /** Runs a mutation, and writes its answer into the cache. */
  mutate(operation: Operation): Promise<any>;
  /** How many requests it has sent. */
  sent(): number;
  close(): void;
}

/** The data that a page shows, each time that it changes. */
export class Shown extends Queue<any> {
  private last = "";

  show(data: unknown): void {
    const text = JSON.stringify(data);
    if (text !== this.last) this.push(data);
    this.last = text;
  }
}

/** A fetch that counts. */
export function counting(): { fetch: typeof fetch; sent(): number } {
  let sent = 0;
  return {
    fetch: (input, init) => {
      sent++;
      return fetch(input, init);
    },
    sent: () => sent,
  };
}

export type OpenCache = (server: Server, token: string) => Cached;

/** The setting that the documents recommend: the possible types of each interface and union. */
export const possibleTypes: Record<string, string[]> = JSON.parse(
  readFileSync(new URL("../../../docs/possible-types.json", import.meta.url), "utf8"),
);

/** The operations of the tests' pages. Relay has them compiled, in src/caches/relay. */
export const texts = {
  CachePageQuery: `query CachePageQuery($id: ID!) { customer(id: $id) { id version name notes } }`,
  CacheAccessQuery: `query CacheAccessQuery($id: ID!) { viewer { id role } customer(id: $id) { id viewerAccess { id canEdit } } }`,
  CacheViewerQuery: `query CacheViewerQuery($id: ID!) { viewer { id unreadNotifications user { id name } } customer(id: $id) { id viewerAccess { id canDelete } } }`,
  CachePastQuery: `query CachePastQuery($id: ID!) { customer(id: $id) { id stateAt(version: 1) { id version document } } }`,
  CacheEmbeddedQuery: `query CacheEmbeddedQuery($id: ID!) { customer(id: $id) { id atVersion(version: 1) { version name } } }`,
  CacheReplayQuery: `query CacheReplayQuery($id: ID!) { changes(entityId: $id) { changes { __typename cursor version state { id version document } } } }`,
  CacheRoomQuery: `query CacheRoomQuery($room: ID!) { presence(room: $room) { presences { id currentPage user { id name } } } }`,
  CacheBeatMutation: `mutation CacheBeatMutation($room: ID!, $page: String) { heartbeat(room: $room, clientId: "tab", state: { currentPage: $page }) { presences { id currentPage user { id name } } } }`,
  CacheEditMutation: `mutation CacheEditMutation($input: UpdateCustomerInput!) { updateCustomer(input: $input) { __typename
    ... on CustomerSaved { customer { id version name notes } }
    ... on CustomerConflict { id entityId baseState { id document } localState { id document } remoteState { id document } conflictedFields { field base local remote } }
    ... on EntityGone { entityId } ... on AccessDenied { entityId } } }`,
} as const;

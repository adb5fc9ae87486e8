import type { TokenSource } from "../connection/credentials.js";
import type { Link } from "../connection/link.js";
import { wireOf } from "../connection/transports.js";
import type { ConnectionStatus } from "../connection/status.js";
import { State, type ReadableState } from "../state.js";
import type { Entities } from "../store/entities.js";
import type { Core } from "./core.js";
import { Identity } from "./identity.js";
import type { TandemData } from "./live.js";
import { conflictOf, loadCode, objectsOver } from "./objects.js";
import { PersonalOutbox, type Wipe } from "./outbox.js";
import { Registry } from "./registry.js";
import { atEnd } from "./shared.js";

/** The parts of a client that its data is built on. */
export interface DataParts {
  readonly link: Link;
  readonly entities: Entities;
  readonly url: string;
  readonly token: TokenSource | undefined;
  /** Whether this tab sends the edits that wait. */
  readonly leading: ReadableState<boolean>;
  /** The name of this tab in rooms. */
  readonly clientId: string;
  /** Ends the connection for good. */
  close(): void;
}

/** The data of one person, with what else the client shows of it. */
export interface PersonalData {
  readonly data: TandemData;
  /** The status of the connection, with the number of edits that wait. */
  readonly status: ReadableState<ConnectionStatus>;
  /** Ends everything. Stored edits stay on the device. */
  close(): void;
}

/** The time after which a page has shown its first data. */
const SOON_MS = 3_000;

/** Makes the data of the person of a connection. It asks for the person when anything is used, or the connection begins. */
export function createData(parts: DataParts): PersonalData {
  const { link, entities, url, leading } = parts;
  const ending = new AbortController();
  const { signal } = ending;
  const identity = new Identity(link, url, parts.token, signal);
  const begin = () => identity.begin();
  const shared = new Registry();
  const changed = () => {
    entities.clear();
    shared.restart();
  };
  const outbox = new PersonalOutbox({ link, entities, url, leading, identity, begin, changed });
  const core: Core = {
    link, entities, outbox, shared, viewer: identity.viewer, clientId: parts.clientId,
    conflict: (id) => conflictOf(core, id),
  };
  const { end, forget } = endings(parts, ending, outbox, identity);
  atEnd(signal, link.onResync(() => entities.distrust()));
  watchConnection(link, signal, begin, () => void forget("all"));
  watchConflicts(core, signal);
  loadTheRestSoon(outbox, signal);
  const data: TandemData = {
    ...objectsOver(core, begin),
    get ready() {
      begin();
      return outbox.ready;
    },
    signOut: () => forget("empty"),
  };
  return { data, status: withPending(link.status, outbox, signal), close: () => void end("nothing") };
}

/** Returns the two ways in which the data ends: `end` leaves the person on the device, `forget` removes them and the connection. */
function endings({ entities, close }: DataParts, ending: AbortController, outbox: PersonalOutbox, identity: Identity) {
  const end = async (wipe: Wipe) => {
    if (ending.signal.aborted) return;
    ending.abort();
    await outbox.close(wipe);
  };
  const forget = async (wipe: Wipe) => {
    const ended = end(wipe); // first, so that the end of the connection is not taken for a removal of the person
    close();
    await identity.forget();
    await ended;
    entities.clear();
  };
  return { end, forget };
}

/** Loads the parts that a page has not needed yet, so that they are there when the network is not. */
function loadTheRestSoon(outbox: PersonalOutbox, signal: AbortSignal): void {
  const load = () => {
    if (signal.aborted) return;
    const parts = [...loadCode(), import("./entityLater.js"), wireOf("sse"), wireOf("poll")];
    for (const part of parts) void part.catch(() => undefined);
  };
  void outbox.ready.then(() => setTimeout(load, SOON_MS));
}

/** Asks for the person when the connection begins, and removes stored edits when the person is removed from the organization. */
function watchConnection({ status }: Link, signal: AbortSignal, begin: () => void, removed: () => void): void {
  const look = () => {
    const { state } = status.get();
    if (state === "closed") removed();
    else if (state !== "idle") begin();
  };
  atEnd(signal, status.subscribe(look));
}

/** Follows the conflicts of the outbox, so that an edit does not wait for one that is resolved elsewhere. */
function watchConflicts({ outbox, conflict }: Core, signal: AbortSignal): void {
  const followed = new Map<string, () => void>();
  const look = () => {
    const open = new Set(outbox.records.flatMap((record) => (record.conflict ? [record.conflict.id] : [])));
    for (const id of open) if (!followed.has(id)) followed.set(id, conflict(id).subscribe(() => undefined));
    for (const [id, end] of followed) {
      if (open.has(id)) continue;
      followed.delete(id);
      end();
    }
  };
  atEnd(signal, outbox.watch(look), () => followed.forEach((end) => end()));
}

/** Returns the status of the connection, with the number of edits that wait. */
function withPending(status: Link["status"], outbox: PersonalOutbox, signal: AbortSignal): Link["status"] {
  const now = () => ({ ...status.get(), pending: outbox.get().waiting });
  const state = new State(now());
  const look = () => state.set(now());
  const lookAtOutbox = () => {
    if (outbox.get().waiting !== state.get().pending) look();
  };
  atEnd(signal, status.subscribe(look), outbox.watch(lookAtOutbox));
  return state;
}

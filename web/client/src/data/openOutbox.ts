import { aborted } from "../errors.js";
import { openStorage } from "../outbox/indexeddb.js";
import { Outbox } from "../outbox/outbox.js";
import { sender } from "../outbox/send.js";
import { State } from "../state.js";
import type { OutboxHost } from "./outbox.js";
import { readApart } from "./page.js";
import { atEnd, persist } from "./shared.js";

export { deleteStorage } from "../outbox/indexeddb.js";

/**
 * Opens the outbox of a name, which keeps its records on this device where the browser can, and sends what waits there. When
 * the signal ends it, nothing more of it is shown or sent, and it closes when what was saved is kept.
 */
export async function openOutbox(name: string, parts: OutboxHost, signal: AbortSignal, changed: (outbox: Outbox) => void): Promise<Outbox> {
  const { link, entities } = parts;
  const storage = await openStorage(name);
  if (signal.aborted) {
    storage.close();
    throw aborted();
  }
  const outbox = new Outbox({ entities, storage, send: sender(link, entities, (type, id) => readApart(link, type, id)) });
  atEnd(signal, outbox.listen(() => changed(outbox)), () => leave(outbox, parts));
  askBeforeLeaving(outbox, signal);
  changed(outbox);
  await outbox.load();
  if (signal.aborted) throw aborted();
  changed(outbox);
  sendWhileConnected(outbox, parts, signal);
  return outbox;
}

/**
 * Lets the browser ask a person who leaves a page that has edits in its memory only. It listens no longer than it must,
 * because a listener can keep the page out of the cache for back and forward.
 */
function askBeforeLeaving(outbox: Outbox, signal: AbortSignal): void {
  if (typeof document === "undefined") return;
  const ask = (event: Event) => event.preventDefault();
  const rest = () => removeEventListener("beforeunload", ask);
  const look = () => {
    const waits = outbox.all.some(({ state }) => state === "queued" || state === "sending");
    if (waits && !outbox.durable) addEventListener("beforeunload", ask);
    else rest();
  };
  atEnd(signal, outbox.listen(look), rest);
}

function leave(outbox: Outbox, { entities }: OutboxHost): void {
  outbox.send(false);
  entities.editsOf = () => [];
  entities.ownChange = () => undefined;
  void outbox.idle().then(() => outbox.close());
}

/**
 * Sends while this tab leads, or alone knows its records, the server has named the person, and the connection has caught up,
 * so that edits meet what happened before them. After the log was replaced, nothing is sent until the entities of what waits
 * were read again.
 */
function sendWhileConnected(outbox: Outbox, { link, leading, identity: { confirmed } }: OutboxHost, signal: AbortSignal): void {
  const rebasing = new State(false);
  let on = false;
  const look = () => {
    const { state, catchingUp } = link.status.get();
    const connected = (state === "connected" || state === "draining") && !catchingUp;
    const next = connected && (leading.get() || !outbox.durable) && confirmed.get() && !rebasing.get();
    if (next !== on) outbox.send((on = next));
  };
  const rebase = async () => {
    rebasing.set(true);
    await readAgain(outbox, link, signal);
    rebasing.set(false);
  };
  const watched = [link.status, leading, confirmed, rebasing].map((each) => each.subscribe(look));
  atEnd(signal, link.onResync(() => void rebase()), outbox.listen(look), ...watched);
  look();
}

async function readAgain(outbox: Outbox, link: OutboxHost["link"], signal: AbortSignal): Promise<void> {
  const waiting = new Map(outbox.all.filter(({ kind }) => kind === "update").map(({ entityId, entityType }) => [entityId, entityType]));
  for (const [id, type] of waiting) {
    const reading = await persist(link, () => readApart(link, type, id), signal).catch(() => undefined);
    if (reading) await outbox.rebase(reading).catch(() => undefined);
  }
}

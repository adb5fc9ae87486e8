import { expect, test } from "vitest";
import { Random, seeds } from "../../testing/random.js";
import { Outbox } from "../src/outbox/outbox.js";
import type { Sent } from "../src/outbox/outcome.js";
import type { Outcome } from "../src/outbox/outcome.js";
import { memoryStorage } from "../src/outbox/storage.js";
import type { OutboxRecord } from "../src/outbox/record.js";
import { Entities } from "../src/store/entities.js";
import { ModelServer, shown } from "./outbox-server.js";

/** A request on its way, which the network delivers, loses, or whose answer it loses. */
interface Request {
  readonly record: OutboxRecord;
  readonly answer: (sent: Sent) => void;
}

/** Everything that is asynchronous in the kit itself has happened. */
const settled = async () => {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
};

const names = ["a", "b", "c"];

/** Ada's page over a network that this test controls: what it shows, what she typed, and what came of it. */
class Page {
  readonly storage = memoryStorage();
  readonly server = new ModelServer();
  requests: Request[] = [];
  entities = new Entities();
  outbox = this.open();
  /** The last version whose event the page has. */
  followed = 0;
  /** The last value that she typed in each field and did not take back. */
  readonly typed = new Map<string, string>();
  /** The content of each edit when it was sent first. */
  readonly sentOf = new Map<string, string>();
  private count = 0;

  private open(): Outbox {
    const send = (record: OutboxRecord) => new Promise<Sent>((answer) => this.requests.push({ record, answer }));
    return new Outbox({ entities: this.entities, storage: this.storage, send, wait: () => Promise.resolve() });
  }

  async load(): Promise<void> {
    await this.outbox.load();
    const { version } = this.server;
    this.entities.read({ id: "e", type: "Customer", version, fields: this.server.at(version) });
    this.followed = version;
    this.outbox.send(true);
    await settled();
  }

  async reload(): Promise<void> {
    this.outbox.close();
    this.requests = [];
    this.entities = new Entities();
    this.outbox = this.open();
    await this.load();
  }

  visible(field: string): unknown {
    return this.entities.view("e")?.fields[field];
  }

  /** Types a new value, or takes back what is typed: the value that was there before. */
  async type(field: string, value: string): Promise<void> {
    const base = this.entities.record("e")?.version ?? 0;
    const patch = { [field]: value };
    const first = this.outbox.all.find(({ state, patch }) => state === "queued" && field in patch)?.bases[field] ?? base;
    const { settled: outcome } = await this.outbox.save({ entityType: "Customer", entityId: "e", patch, bases: { [field]: base }, seen: { [field]: this.visible(field) } });
    const waiting = this.outbox.all.findLast(({ state }) => state === "queued" || state === "sending");
    if (waiting?.state === "queued" && field in waiting.patch) expect(waiting.bases[field], "the version at the first keystroke").toBe(first);
    if (waiting && field in waiting.patch) this.typed.set(field, value);
    else this.typed.delete(field);
    void outcome.then((each: Outcome) => expect(each.kind).not.toBe("refused"));
    await settled();
  }

  fresh(): string {
    return `v${++this.count}`;
  }

  /** The next event of the subscription reaches the page. */
  async follow(): Promise<void> {
    if (this.followed >= this.server.version) return;
    const version = ++this.followed;
    const { changed, clientMutationId } = this.server.versions[version - 1] as (typeof this.server.versions)[number];
    this.entities.change({
      id: "e", type: "Customer", version, fromVersion: version - 1, kind: "UPDATED",
      changed: Object.keys(changed), fields: this.server.at(version), clientMutationId,
    });
    await settled();
  }

  /** The network loses a request, or its answer, or delivers both. */
  async network(random: Random): Promise<void> {
    const [request] = this.requests.splice(random.below(this.requests.length), 1);
    if (!request) return;
    if (random.chance(0.2)) request.answer({ kind: "again" });
    else {
      const answer = this.server.take(request.record);
      if (random.chance(0.3)) request.answer({ kind: "again" });
      else request.answer(this.sent(answer));
    }
    await settled();
  }

  private sent(answer: ReturnType<ModelServer["take"]>): Sent {
    if ("conflict" in answer) return { kind: "conflict", conflict: shown(answer.conflict, this.server.version), resolved: answer.conflict.resolved };
    const version = answer.saved;
    return { kind: "saved", entityId: "e", version, reading: { id: "e", type: "Customer", version, fields: this.server.at(version) } };
  }
}

async function step(page: Page, random: Random): Promise<void> {
  const field = random.pick(names);
  const dice = random.next();
  if (dice < 0.3) await page.type(field, page.fresh());
  else if (dice < 0.35) await page.type(field, page.server.at(page.entities.record("e")?.version ?? 1)[field] as string);
  else if (dice < 0.45) page.server.edit("ben", { [field]: random.chance(0.2) ? `${field}0` : page.fresh() });
  else if (dice < 0.65) await page.follow();
  else if (dice < 0.93) await page.network(random);
  else if (dice < 0.96) await resolve(page, random);
  else await page.reload();
}

async function resolve(page: Page, random: Random): Promise<void> {
  const conflict = page.server.conflicts.find(({ resolved }) => !resolved);
  if (!conflict) return;
  page.server.resolve(conflict, random.chance(0.5));
  if (random.chance(0.5)) await page.outbox.conflictIs(shown(conflict, page.server.version), true);
}

/** An edit is in the log once, in a conflict, or was taken back; and the page shows the last one until something newer. */
function check(page: Page): void {
  const ids = page.server.versions.map(({ clientMutationId }) => clientMutationId).filter((id) => id !== undefined);
  expect(new Set(ids).size, "edits applied twice").toBe(ids.length);
  for (const { clientMutationId, patch, state } of page.outbox.all) {
    if (state === "sending") checkContent(page, clientMutationId, JSON.stringify(patch));
    for (const [field, value] of Object.entries(patch)) {
      const later = page.outbox.all.some((each) => each.patch !== patch && field in each.patch);
      if (state !== "refused" && !later) expect(page.visible(field), `what is shown of ${field} while it is ${state}`).toBe(value);
    }
  }
}

/** A sent edit has the same content each time. */
function checkContent(page: Page, clientMutationId: string, content: string): void {
  expect(page.sentOf.get(clientMutationId) ?? content, "a sent edit changed").toBe(content);
  page.sentOf.set(clientMutationId, content);
}

/** Checks where the last edit of each field went: into the log, into a conflict, or nowhere because somebody else had set the same value. */
function checkEnd(page: Page): void {
  const set = page.server.versions.flatMap(({ changed }) => Object.entries(changed));
  const contested = page.server.conflicts.flatMap(({ patch }) => Object.entries(patch));
  const known = new Set([...set, ...contested].map(([field, value]) => `${field}=${value}`));
  for (const [field, value] of page.typed) expect(known.has(`${field}=${value}`), `${field}=${value} is lost`).toBe(true);
  const open = page.server.conflicts.filter(({ resolved }) => !resolved).flatMap(({ patch }) => Object.keys(patch));
  expect(new Set(open).size, "a later edit of a field joins its conflict").toBe(open.length);
  for (const { fields } of page.server.conflicts) {
    for (const field of fields) {
      const others = page.server.versions.slice(1).some(({ by, changed }) => by === "ben" && field in changed);
      expect(others, `${field} is in conflict with its own author`).toBe(true);
    }
  }
}

test.each(seeds(200))("no edit is lost, applied twice, or in conflict with its own author (seed %i)", async (seed) => {
  const random = new Random(seed);
  const page = new Page();
  await page.load();
  for (let turn = 0; turn < 60; turn++) {
    await step(page, random);
    check(page);
  }
  for (let turn = 0; turn < 400 && page.outbox.all.some(({ state }) => state !== "conflict"); turn++) await page.network(random);
  while (page.followed < page.server.version) await page.follow();
  check(page);
  expect(page.outbox.all.filter(({ state }) => state !== "conflict")).toEqual([]);
  checkEnd(page);
  page.outbox.close();
});

import type { Entities, PendingEdit } from "../store/entities.js";
import { sameValue } from "../store/fields.js";
import type { Reading } from "../store/record.js";
import type { EntityTypeName } from "../store/types.js";
import { outcomeOf, pausing, type KeptEdit, type Outcome, type Sent, type Unsent } from "./outcome.js";
import * as queue from "./queue.js";
import type { Records } from "./queue.js";
import type { Edit, OpenConflict, OutboxRecord } from "./record.js";
import { undoing, type News, type OutboxStorage } from "./storage.js";

/** The parts that an outbox works with. */
export interface OutboxParts {
  readonly entities: Entities;
  readonly storage: OutboxStorage;
  /** Sends a record. It does not reject: what failed for the moment is `again`. */
  readonly send: (record: OutboxRecord, signal: AbortSignal) => Promise<Sent>;
  readonly now?: () => number;
  readonly random?: () => number;
  /** Resolves after some time, or when the signal ends it. */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** The number of edits that are sent at once: the server runs as many operations of a person. */
const atOnce = 4;

/** Edits of one person, from the keystroke to the answer: kept before they are shown, sent in order, each applied once. */
export class Outbox {
  private records: Records = [];
  private chain: Promise<unknown> = Promise.resolve();
  private readonly settledIds = new Set<string>();
  private readonly echoes = new Map<string, (saved: Sent) => void>();
  private readonly busy = new Set<string>();
  private readonly waiters = new Map<string, ((outcome: Outcome) => void)[]>();
  private readonly listeners = new Set<() => void>();
  private readonly created = new Map<string, string>();
  private inFlight = new AbortController();
  private wake = new AbortController();
  private sendingIsOn = false;
  private readonly endListening: () => void;

  constructor(private readonly parts: OutboxParts) {
    parts.entities.editsOf = (id) => this.editsOf(id);
    parts.entities.ownChange = (change) => this.echo(change.clientMutationId, change.id, change.version);
    this.endListening = parts.storage.listen((news) => void this.reload(news));
  }

  /** Reads what is kept. Until then nothing is shown or sent. */
  async load(): Promise<void> {
    await this.change((records) => queue.expire(records, this.now()));
  }

  /** Keeps an edit, and shows it. Rejects with OutboxFull if there is no room: then nothing is kept. */
  async save(edit: Edit): Promise<KeptEdit> {
    const madeAfter = [...(edit.madeAfter ?? []), ...this.unanswered(edit.entityId)];
    return this.keep((records, id) => queue.add(records, { ...edit, madeAfter }, id, this.now()));
  }

  /** Keeps a new entity, and returns it with an id of the outbox, which edits may use until the server gives it another. */
  async create(entityType: EntityTypeName, patch: Readonly<Record<string, unknown>>): Promise<KeptEdit & { readonly entityId: string }> {
    const entityId = `new:${crypto.randomUUID()}`;
    const kept = await this.keep((records, id) => queue.addNew(records, { entityType, entityId, patch }, id, this.now()));
    return { ...kept, entityId };
  }

  /** Drops a record that its person gives up. A record that is being sent stays: its outcome is the answer of the server. */
  async discard(clientMutationId: string): Promise<void> {
    let undone: string | undefined;
    const replace = (records: Records) => {
      const rest = queue.discard(records, clientMutationId);
      undone = rest === records ? undefined : clientMutationId;
      return rest;
    };
    await this.change(replace, () => this.resolve(undone, { kind: "undone" }), () => undoing(undone));
  }

  /** Says that the person has seen the newest values of fields, and keeps their own. */
  async keepMine(entityId: string, fields: readonly string[]): Promise<void> {
    const record = this.parts.entities.record(entityId);
    if (!record) return;
    const seen = Object.fromEntries(fields.map((field) => [field, record.fields[field]?.value]));
    await this.change((records) => queue.keepMine(records, entityId, fields, record.version, seen));
  }

  /** Takes a conflict as an event, a query or a resolution shows it. */
  async conflictIs(conflict: OpenConflict, resolved: boolean): Promise<void> {
    if (!this.records.some((each) => each.conflict?.id === conflict.id)) return;
    await this.change((records) => queue.conflictIs(records, conflict, resolved));
  }

  /** Lays what waits for an entity over what was read of it after the log was replaced. */
  async rebase(reading: Reading, refused?: string): Promise<void> {
    await this.change((records) => queue.rebase(records, reading, refused));
  }

  /** Gives up what waits for an entity that its person may not see any more. Only what they wrote is kept, as refused. */
  async lose(entityId: string): Promise<void> {
    if (!this.records.some((each) => each.entityId === entityId)) return;
    await this.change((records) => queue.lose(records, entityId));
  }

  /** Returns the id that the server gave to an entity of this outbox. Any other id stays as it is. */
  actualId(entityId: string): string {
    return this.created.get(entityId) ?? entityId;
  }

  /**
   * Begins or stops to send. Only one tab of a person should send; if two do, each edit is still applied once. An edit
   * that is being sent when this stops may never be answered, so it is sent again as soon as this begins.
   */
  send(on: boolean): void {
    this.sendingIsOn = on;
    if (on) return this.retry();
    this.inFlight.abort();
    this.inFlight = new AbortController();
  }

  /** Sends now what waits to be sent again, as when the connection is back. */
  retry(): void {
    this.wake.abort();
    this.wake = new AbortController();
    this.pump();
  }

  /** All records in order, for a list of what waits. The same list until something changes. */
  get all(): Records {
    return this.records;
  }

  /** Whether the records outlive the page. */
  get durable(): boolean {
    return this.parts.storage.durable;
  }

  /** Tells a listener of every change, until the returned function is called. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Resolves when everything that was asked for is kept. */
  async idle(): Promise<void> {
    await this.chain;
  }

  /** Stops. Edits without an answer stay stored. */
  close(): void {
    this.sendingIsOn = false;
    this.inFlight.abort();
    this.wake.abort();
    this.endListening();
    this.parts.storage.close();
  }

  private editsOf(entityId: string): PendingEdit[] {
    return this.records.filter(
      (each) => each.entityId === entityId && each.state !== "refused" && !this.settledIds.has(each.clientMutationId),
    ) as PendingEdit[];
  }

  private unanswered(entityId: string): string[] {
    return this.editsOf(entityId).filter(({ state }) => state !== "queued").map((each) => each.clientMutationId);
  }

  /** One's own change came back: the edit is in the store's version now, so its overlay goes in the same turn. */
  private echo(clientMutationId: string | null | undefined, entityId: string, version: number): void {
    const record = this.records.find((each) => each.clientMutationId === clientMutationId);
    if (record?.state !== "sending") return;
    this.settledIds.add(record.clientMutationId);
    this.parts.entities.touch(record.entityId);
    const saved = { kind: "saved", entityId, version } as const;
    if (record.kind === "create") this.created.set(record.entityId, entityId);
    const sender = this.echoes.get(record.clientMutationId);
    if (sender) sender(saved);
    else void this.settle(record, saved).catch(() => undefined);
  }

  private async keep(add: (records: Records, id: string) => queue.Added): Promise<KeptEdit> {
    const id = crypto.randomUUID();
    let added: queue.Added = { records: [], clientMutationId: undefined };
    let settled: Promise<Outcome> = Promise.resolve({ kind: "undone" });
    const replace = (records: Records) => (added = add(records, id)).records;
    await this.change(replace, () => {
      this.resolve(added.undone, { kind: "undone" });
      if (added.clientMutationId !== undefined) settled = this.settling(added.clientMutationId);
    }, () => undoing(added.undone));
    return { clientMutationId: added.clientMutationId, settled };
  }

  private settling(clientMutationId: string): Promise<Outcome> {
    return new Promise((resolve) => this.waiters.set(clientMutationId, [...(this.waiters.get(clientMutationId) ?? []), resolve]));
  }

  /** Sends what may be sent, one record of each entity at a time. */
  private pump(): void {
    if (!this.sendingIsOn) return;
    for (const { clientMutationId, entityId } of queue.sendable(this.records)) {
      if (this.busy.size >= atOnce) return;
      if (!this.busy.has(entityId)) void this.transmit(clientMutationId, entityId);
    }
  }

  /** Sends a record until it is answered. If the answer can't be stored at the moment, it tries that again too. */
  private async transmit(clientMutationId: string, entityId: string): Promise<void> {
    this.busy.add(entityId);
    try {
      const records = await this.change((all) => queue.sending(all, clientMutationId));
      const record = records.find((each) => each.clientMutationId === clientMutationId);
      if (record?.state !== "sending") return;
      const sent = await this.answerTo(record);
      if (sent.kind === "rebase") await this.rebase(sent.reading, clientMutationId);
      else if (sent.kind === "again") await this.pause(record.tries, sent.afterMs);
      else await this.settle(record, sent);
    } catch {
      await this.pause(1, undefined);
    } finally {
      this.busy.delete(entityId);
      this.pump();
    }
  }

  /** The answer to a record, or its echo if that is first. An answer after the echo still shows the entity. */
  private async answerTo(record: OutboxRecord): Promise<Sent> {
    const { clientMutationId: id } = record;
    const echo = new Promise<Sent>((resolve) => this.echoes.set(id, resolve));
    const answer = this.parts.send(record, this.inFlight.signal);
    const sent = await Promise.race([answer, echo]).finally(() => this.echoes.delete(id));
    void answer.then((late) => late !== sent && this.learn(late)).catch(() => undefined);
    return sent;
  }

  private learn(sent: Sent): Reading[] {
    const readings = "reading" in sent && sent.reading ? [sent.reading] : [];
    for (const reading of readings) this.parts.entities.read(reading);
    return readings;
  }

  /** Takes an answer or an echo, whichever is first. The store learns the version before the overlay goes. */
  private async settle(record: OutboxRecord, answer: Exclude<Sent, Unsent>): Promise<void> {
    const readings = this.learn(answer);
    if (answer.kind === "saved") this.settledIds.add(record.clientMutationId);
    const created = record.kind === "create" && answer.kind === "saved" ? ([record.entityId, answer.entityId] as const) : undefined;
    if (created) this.created.set(...created);
    this.parts.entities.touch(record.entityId);
    await this.change((records) => queue.answered(records, record.clientMutationId, answer), undefined, () => ({ readings, created }));
    this.settledIds.delete(record.clientMutationId);
  }

  private async pause(tries: number, afterMs: number | undefined): Promise<void> {
    const { wait = pausing, random = Math.random } = this.parts;
    await wait(afterMs ?? Math.min(30_000, 500 * 2 ** tries) * random(), this.wake.signal);
  }

  /** Runs changes one after another: what is kept first, then what is shown. */
  private change(replace: (records: Records) => Records, then?: () => void, news?: () => News | undefined): Promise<Records> {
    const changing = this.chain.then(async () => {
      const records = await this.parts.storage.change(replace, news);
      then?.();
      this.show(records);
      return records;
    });
    this.chain = changing.catch(() => undefined);
    return changing;
  }

  private async reload(news: News | undefined): Promise<void> {
    for (const reading of news?.readings ?? []) this.parts.entities.read(reading);
    if (news?.created) this.created.set(...news.created);
    await this.change((records) => records, () => this.resolve(news?.undone, { kind: "undone" }));
  }

  private show(kept: Records): void {
    const before = this.records;
    const byId = new Map(before.map((record) => [record.clientMutationId, record]));
    this.records = kept.map((record) => {
      const known = byId.get(record.clientMutationId);
      return known && sameValue(known, record) ? known : record;
    });
    const now = new Set(this.records);
    const differing = [
      ...this.records.filter((each) => byId.get(each.clientMutationId) !== each),
      ...before.filter((each) => !now.has(each)),
    ];
    for (const { entityId } of differing) this.parts.entities.touch(entityId);
    for (const id of this.waiters.keys()) this.resolve(id, outcomeOf(this.records.find((each) => each.clientMutationId === id)));
    if (differing.length > 0) for (const listener of [...this.listeners]) listener();
    this.pump();
  }

  private resolve(clientMutationId: string | undefined, outcome: Outcome | undefined): void {
    if (!outcome || clientMutationId === undefined) return;
    const waiters = this.waiters.get(clientMutationId) ?? [];
    this.waiters.delete(clientMutationId);
    for (const resolve of waiters) resolve(outcome);
  }

  private now(): number {
    return (this.parts.now ?? Date.now)();
  }
}

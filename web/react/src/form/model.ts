import { State, type EditBase, type EntityData, type EntityState, type OutboxRecord, type Person, type RemoteChange } from "@tandem/client";
import { sameValue, valueOf } from "../values/values.js";
import { newField, type Field } from "./field.js";

/** The edit that a form hands over: the dirty fields, with what was on screen at the first keystroke of each. */
export interface FormEdit {
  readonly patch: Readonly<Record<string, unknown>>;
  readonly bases: Readonly<Record<string, EditBase>>;
}

/** A text that was kept for later: values with their bases. */
export type Kept = Readonly<Record<string, { readonly value: unknown; readonly base: EditBase }>>;

/**
 * The fields of a form over a live entity. Clean fields follow the entity; dirty ones keep their text and show what others
 * changed meanwhile; a field that is focused but clean waits until it is left. Nothing moves during a composition.
 */
export class FormModel {
  readonly fields = new State<ReadonlyMap<string, Field>>(new Map());
  private entity: EntityState | undefined;
  private composing = false;

  /** Returns a field, and follows it from then on. */
  follow(name: string): Field {
    const known = this.fields.get().get(name);
    if (known) return known;
    const field = this.updated(newField(name));
    this.put(field);
    return field;
  }

  /** Takes the newest state of the entity. */
  receive(entity: EntityState): void {
    this.entity = entity;
    if (!this.composing) this.putAll([...this.fields.get().values()].map((field) => this.updated(field)));
  }

  /** A person has changed a control. */
  type(name: string, value: unknown): void {
    const field = this.follow(name);
    const base = field.base ?? { version: field.version, seen: field.value };
    const dirty = !sameValue(value, base.seen);
    const next = { ...field, value, base: dirty ? base : undefined, fault: undefined };
    this.put(dirty && !this.composing ? withRemote(next, this.entity) : dirty ? next : { ...next, remote: undefined });
  }

  focus(name: string): void {
    this.put({ ...this.follow(name), focused: true });
  }

  blur(name: string): void {
    this.composing = false;
    this.put(this.updated({ ...this.follow(name), focused: false }));
  }

  compose(composing: boolean): void {
    this.composing = composing;
    if (!composing && this.entity) this.receive(this.entity);
  }

  /** Gives up one's own text for the newest value. */
  take(name: string): void {
    const field = this.follow(name);
    this.put({ ...this.shown(field), base: undefined, remote: undefined, fault: undefined });
  }

  /** Keeps one's own text over the newest value, which was seen: the base moves on. */
  keep(name: string): void {
    const field = this.follow(name);
    this.put({ ...field, base: { version: this.entity?.version ?? field.version, seen: field.live }, remote: undefined });
  }

  /** Gives up all that was typed. */
  discard(): void {
    for (const { name } of this.dirty()) this.take(name);
  }

  dirty(): readonly Field[] {
    return [...this.fields.get().values()].filter((field) => field.base !== undefined);
  }

  /** Returns the edit of the dirty fields; undefined if there are none. */
  edit(names: readonly string[] = this.dirty().map((field) => field.name)): FormEdit | undefined {
    const dirty = this.dirty().filter((field) => names.includes(field.name));
    if (dirty.length === 0) return undefined;
    return {
      patch: Object.fromEntries(dirty.map((field) => [field.name, field.value])),
      bases: Object.fromEntries(dirty.map((field) => [field.name, field.base as EditBase])),
    };
  }

  /** An edit is kept in the outbox. Text that was typed since it was made is still dirty, on top of it. */
  handedOver({ patch }: FormEdit): void {
    for (const [name, value] of Object.entries(patch)) {
      const field = this.follow(name);
      const version = this.entity?.version ?? field.version;
      const clean = sameValue(field.value, value);
      this.put(this.updated({ ...field, version, remote: undefined, base: clean ? undefined : { version, seen: value } }));
    }
  }

  /** Puts texts back that were kept, or that the server refused, unless something else was typed meanwhile. */
  restore(kept: Kept, fault?: (field: string) => string | undefined): void {
    for (const [name, { value, base }] of Object.entries(kept)) {
      const field = this.follow(name);
      if (field.base) continue;
      this.put(withRemote(seenAgain({ ...field, value, base, revision: field.revision + 1, fault: fault?.(name) }), this.entity));
    }
  }

  /** Returns the dirty texts, to keep them. */
  kept(): Kept {
    return Object.fromEntries(this.dirty().map(({ name, value, base }) => [name, { value, base: base as EditBase }]));
  }

  /** Forgets everything that is not one's own text: the person may no longer see it. */
  seal(): void {
    const sealed = ({ base, ...field }: Field): Field =>
      base
        ? { ...field, base: withoutSeen(base), live: undefined, remote: undefined }
        : { ...newField(field.name), revision: field.revision + 1 };
    this.putAll([...this.fields.get().values()].map(sealed));
  }

  /** Returns a field as the newest state of the entity leaves it. */
  private updated(field: Field): Field {
    const { data, version = 0 } = this.entity ?? {};
    if (!data) return field;
    const live = valueOf(data, field.name);
    const next = { ...field, live };
    const known = field.live !== undefined;
    if (field.base) {
      return sameValue(live, field.value)
        ? { ...next, base: undefined, remote: undefined, version }
        : withRemote(seenAgain(next), this.entity);
    }
    if (known && sameValue(live, field.value)) return { ...next, version };
    if (known && field.focused) return next;
    return { ...this.shown(next), flashes: field.flashes + (known ? 1 : 0) };
  }

  private shown(field: Field): Field {
    return { ...field, value: field.live, version: this.entity?.version ?? field.version, revision: field.revision + 1 };
  }

  private put(field: Field): void {
    this.putAll([field]);
  }

  private putAll(fields: readonly Field[]): void {
    const before = this.fields.get();
    const changed = fields.filter((field) => !sameField(before.get(field.name), field));
    if (changed.length > 0) this.fields.set(new Map([...before, ...changed.map((field) => [field.name, field] as const)]));
  }
}

/** Adds the change of another person to a dirty field, if its newest value is not the one that was seen. */
function withRemote(field: Field, entity: EntityState<EntityData> | undefined): Field {
  if (field.live === undefined || sameValue(field.live, field.base?.seen)) return { ...field, remote: undefined };
  const change: RemoteChange | undefined = entity?.changes.find((each) => each.field === field.name);
  const by = change?.by ?? authorSince(field.base?.version, entity);
  const same = field.remote && sameValue(field.remote.newValue, field.live) && field.remote.by?.id === by?.id;
  return same ? field : { ...field, remote: { by, at: change?.at ?? new Date(), newValue: field.live } };
}

/** Returns the author of the only version since this one: its change may come later than its values, or not at all after a gap. */
function authorSince(version: number | undefined, entity: EntityState | undefined): Person | null {
  return entity?.data && entity.version - 1 === version ? entity.data.updatedBy : null;
}

/** Returns the base of an edit without the value, which is another person's. Its version remains, so that a conflict is noticed. */
function withoutSeen({ version }: EditBase): EditBase {
  return { version, seen: undefined };
}

/** Returns texts without the values of others on which they are based. */
export function ownOnly(kept: Kept): Kept {
  return Object.fromEntries(Object.entries(kept).map(([name, { value, base }]) => [name, { value, base: withoutSeen(base) }]));
}

/** Gives a base its value back, once the person may see it again. */
function seenAgain(field: Field): Field {
  const { base, live } = field;
  return base && base.version > 0 && base.seen === undefined ? { ...field, base: { ...base, seen: live } } : field;
}

function sameField(a: Field | undefined, b: Field): boolean {
  return a !== undefined && (Object.keys(b) as (keyof Field)[]).every((key) => Object.is(a[key], b[key]));
}

/** Returns the fields of a refused record, with their bases. */
export function keptOf(record: Pick<OutboxRecord, "patch" | "bases" | "seen">): Kept {
  return Object.fromEntries(
    Object.entries(record.patch).map(([field, value]) => [
      field,
      { value, base: { version: record.bases[field] ?? 1, seen: record.seen[field] } },
    ]),
  );
}

import { request } from "../connection/link.js";
import { TandemError } from "../errors.js";
import { conflictSelection, resolveDocument } from "../outbox/documents.js";
import type { OpenConflict } from "../outbox/record.js";
import { absorbWhole } from "../store/absorb.js";
import { sameValue, withDisplayName } from "../store/fields.js";
import { conflictEvents } from "./conflictEvents.js";
import type { Core, PersonFields } from "./core.js";
import type { Choice, ConflictField, ConflictState, LiveConflict } from "./live.js";
import { personOf, shown, typeNamed } from "./mapping.js";
import type { Node } from "./page.js";
import { resolutionOf } from "./resolution.js";
import { atEnd, conflictBefore, persist, Shared } from "./shared.js";

interface Side {
  readonly document: Readonly<Record<string, unknown>>;
}

/** A conflict, as the documents of the outbox select it. */
export interface ServerConflict extends OpenConflict {
  readonly entityType: string;
  readonly entityId: string;
  readonly resolution: string | null;
  readonly resolvedBy: PersonFields | null;
  readonly conflictedFields: readonly {
    readonly field: string;
    readonly base: unknown;
    readonly local: unknown;
    readonly remote: unknown;
    readonly baseText: string | null;
    readonly localText: string | null;
    readonly remoteText: string | null;
    readonly remoteChangedAt: string | null;
    readonly remoteChangedBy: PersonFields | null;
    readonly parts: readonly { readonly text?: string; readonly base?: string; readonly local?: string; readonly remote?: string }[] | null;
  }[];
  readonly localState: Side | null;
  readonly remoteState: Side | null;
}

interface Resolved {
  readonly answer: ServerConflict & { readonly __typename: string; readonly message?: string; readonly entity?: Node };
}

const byId = `query Conflict($id: ID!) { node(id: $id) { ... on Conflict { ${conflictSelection} } } }`;

/** A conflict, read and followed until it is resolved by anybody. */
export class SharedConflict extends Shared<ConflictState> implements LiveConflict {
  private raw: ServerConflict | undefined;
  private movedOn = 0;

  constructor(private readonly core: Core, private readonly id: string) {
    super(conflictBefore(id));
  }

  async resolve(choice: "local" | "remote" | Readonly<Record<string, Choice>>): Promise<void> {
    const { raw, core: { link, entities } } = this;
    const type = raw && typeNamed(raw.entityType);
    if (!raw || !type) throw new TandemError("CONFLICT", "The conflict is not known yet.");
    const input = { conflictId: this.id, clientMutationId: crypto.randomUUID(), ...resolutionOf(raw.conflictedFields, choice) };
    const { answer } = await request<Resolved, { input: object }>(link, resolveDocument(type), { input });
    if (answer.__typename.endsWith("Saved")) {
      if (answer.entity) absorbWhole(entities, answer.entity);
      return this.take({ ...raw, resolution: String(input.resolution) });
    }
    if (answer.__typename.endsWith("Conflict")) this.take(answer);
    else await this.read(AbortSignal.timeout(10_000)).catch(() => undefined);
    if (this.get().status === "open") throw new TandemError(answer.__typename, answer.message ?? "");
  }

  protected start(signal: AbortSignal): void {
    void this.open(signal).catch((error: unknown) => {
      if (!(error instanceof TandemError)) throw error;
      if (!signal.aborted) this.show({ ...this.get(), status: "error", error });
    });
  }

  private async open(signal: AbortSignal): Promise<void> {
    const again = () => {
      if (this.get().status !== "resolved") void this.read(signal).catch(() => undefined);
    };
    atEnd(signal, this.core.link.onSession(again));
    await conflictEvents(this.core).listen(signal, (news) => (!news || news.id === this.id) && again());
    await this.read(signal);
  }

  private async read(signal: AbortSignal): Promise<void> {
    const { link } = this.core;
    const { node } = await persist(
      link,
      () => request<{ node: ServerConflict | null }, { id: string }>(link, byId, { id: this.id }),
      signal,
    );
    if (node?.id) this.take(node);
    else this.lose();
  }

  /** Its person may not see it any more: what others wrote goes. */
  private lose(): void {
    this.forget();
    this.show({ ...conflictBefore(this.id), status: "gone" });
  }

  protected override forget(): void {
    this.raw = undefined;
    this.movedOn = 0;
  }

  private take(conflict: ServerConflict): void {
    const { raw } = this;
    // An answer may be older than the last one.
    if (raw && (conflict.remoteVersion < raw.remoteVersion || (raw.resolution && !conflict.resolution))) return;
    if (raw && conflict.remoteVersion > raw.remoteVersion) this.movedOn++;
    this.raw = conflict;
    this.core.outbox.conflictIs(conflict, conflict.resolution !== null);
    this.show(stateOf(conflict, this.movedOn, this.nameOf(conflict)));
    if (conflict.resolution) conflictEvents(this.core).tell(conflict);
  }

  private nameOf({ entityId, remoteState }: ServerConflict): string {
    const known = this.core.entities.view(entityId)?.fields["displayName"];
    return String(known ?? withDisplayName({ ...remoteState?.document })["displayName"] ?? "");
  }
}

function stateOf(conflict: ServerConflict, movedOn: number, entityName: string): ConflictState {
  const { id, entityId, entityType, conflictedFields, localState, remoteState, resolution, resolvedBy } = conflict;
  const latest = [...conflictedFields].sort((a, b) => ((a.remoteChangedAt ?? "") < (b.remoteChangedAt ?? "") ? 1 : -1))[0];
  const clashing = new Set(conflictedFields.map(({ field }) => field));
  const [mine, theirs] = [localState?.document ?? {}, remoteState?.document ?? {}];
  return {
    id, entityId, entityName, movedOn, entityType: typeNamed(entityType), status: resolution === null ? "open" : "resolved",
    fields: conflictedFields.map(fieldOf),
    keptFields: Object.keys(mine).filter((field) => !clashing.has(field) && !sameValue(mine[field], theirs[field])),
    remoteBy: personOf(latest?.remoteChangedBy), remoteAt: latest?.remoteChangedAt ? new Date(latest.remoteChangedAt) : undefined,
    resolvedBy: personOf(resolvedBy), error: undefined,
  };
}

function fieldOf({
  field,
  base,
  local,
  remote,
  baseText,
  localText,
  remoteText,
  parts,
}: ServerConflict["conflictedFields"][number]): ConflictField {
  return {
    field,
    base: shown(field, base),
    local: shown(field, local),
    remote: shown(field, remote),
    baseText: baseText ?? "",
    localText: localText ?? "",
    remoteText: remoteText ?? "",
    parts: parts?.map(({ text, base: before, local: mine, remote: theirs }) => ({
      base: before ?? text ?? "",
      local: mine ?? text ?? "",
      remote: theirs ?? text ?? "",
      clash: text === undefined,
    })),
  };
}

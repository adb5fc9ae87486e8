"use client";

import type { EntityState, LiveEntity } from "@tandem/client";
import type { ReactNode } from "react";
import { useConflict } from "../live/useConflict.js";
import { useTandemContext } from "../provider/context.js";
import { useValueText } from "../values/useValueText.js";
import { useWhen } from "../values/when.js";
import { useFields, useFormContext } from "./context.js";
import { FieldNotes } from "./FieldNotes.js";
import type { Draft } from "./useDraft.js";

interface NoticesProps {
  readonly live: LiveEntity;
  readonly failure: string | undefined;
  readonly draft: Draft | undefined;
  readonly onResolve: (() => void) | undefined;
  readonly className: string | undefined;
}

/**
 * The notices at the top of a form: about access, deletion, a conflict, a refused edit, a draft, and fields without a place
 * of their own.
 */
export function Notices({ live, failure, draft, onResolve, className }: NoticesProps) {
  const { messages } = useTandemContext();
  const { entity, model } = useFormContext();
  const hasText = [...useFields(model).values()].some((field) => field.base);
  const { status, conflict, access } = entity;
  const here = status !== "gone" && status !== "denied";
  return (
    <div data-tandem="notices" className={className}>
      {status === "error" && (
        <Notice
          kind="negative"
          text={`${messages.failed()} ${entity.error?.message ?? ""}`}
          action={messages.retry()}
          onAction={() => live.reload()}
        />
      )}
      <Loss live={live} />
      {here && access?.canEdit === false && <Notice kind="neutral" text={hasText ? messages.readOnly() : messages.mayNotEdit()} />}
      {here && conflict && onResolve && <ConflictNotice id={conflict.id} onResolve={onResolve} />}
      {failure && <Notice kind="negative" text={`${messages.refused()} ${failure}`} />}
      {draft && entity.data && <DraftNotice draft={draft} />}
      <UnplacedNotes />
    </div>
  );
}

/** An edit of the person waits for their decision. */
function ConflictNotice({ id, onResolve }: { readonly id: string; readonly onResolve: () => void }) {
  const { messages } = useTandemContext();
  const { entity } = useFormContext();
  const { remoteBy } = useConflict(id);
  const name = otherSideOf(entity) || remoteBy?.name || messages.somebody();
  return <Notice kind="warning" text={messages.conflictAppeared(name)} action={messages.resolveConflict()} onAction={onResolve} />;
}

/** Returns the name of the person who changed a field in conflict, if the change came while this page was open. */
function otherSideOf({ conflict, changes }: EntityState): string | undefined {
  return changes.find((change) => conflict?.conflictedFields.some((each) => each.field === change.field))?.by?.name;
}

interface NoticeProps {
  readonly kind: "neutral" | "warning" | "negative";
  readonly text: string;
  readonly action?: string;
  readonly onAction?: () => void;
  readonly children?: ReactNode;
}

function Notice({ kind, text, action, onAction, children }: NoticeProps) {
  return (
    <div data-tandem="notice" data-kind={kind}>
      <span>{text}</span>
      {onAction && (
        <button type="button" onClick={onAction}>
          {action}
        </button>
      )}
      {children}
    </div>
  );
}

/** The entity was deleted, or its person may no longer see it. Their own text can still be copied. */
function Loss({ live }: { readonly live: LiveEntity }) {
  const { messages } = useTandemContext();
  const { entity } = useFormContext();
  const when = useWhen();
  const { status, deleted, access } = entity;
  if (status !== "gone" && status !== "denied") return null;
  if (!deleted) return <><Notice kind="warning" text={messages.accessLost()} /><OwnText /></>;
  const text = messages.deletedBy(deleted.by?.name || messages.somebody(), when(deleted.at));
  return access?.canDelete === false ? (
    <Notice kind="warning" text={text} />
  ) : (
    <Notice kind="warning" text={text} action={messages.restore()} onAction={() => void live.restore()} />
  );
}

function OwnText() {
  const { messages } = useTandemContext();
  const { model } = useFormContext();
  const valueText = useValueText();
  const own = [...useFields(model).values()].filter((field) => field.base);
  if (own.length === 0) return null;
  return (
    <section aria-label={messages.yourText()} data-tandem="own-text">
      <strong>{messages.yourText()}</strong>
      <dl>
        {own.map(({ name, value }) => (
          <div key={name}>
            <dt>{messages.field(name)}</dt>
            <dd>{valueText(name, value)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function DraftNotice({ draft }: { readonly draft: Draft }) {
  const { messages } = useTandemContext();
  return (
    <Notice
      kind="neutral"
      text={messages.draftFound(Object.keys(draft.offered).map(messages.field))}
      action={messages.useDraft()}
      onAction={draft.use}
    >
      <button type="button" data-kind="plain" onClick={draft.discard}>
        {messages.discardDraft()}
      </button>
    </Notice>
  );
}

/** The notes of fields that have no `FieldPresence`. */
function UnplacedNotes() {
  const { model, placed, notesOf } = useFormContext();
  const fields = useFields(model);
  return [...fields.values()]
    .filter((field) => !placed.has(field.name))
    .map((field) => <FieldNotes key={field.name} id={notesOf(field.name)} field={field} named />);
}

"use client";

import type { MouseEvent } from "react";
import { Avatar } from "../people/Avatar.js";
import { useTandemContext } from "../provider/context.js";
import { useFieldText } from "../values/useValueText.js";
import { useFormContext } from "./context.js";
import type { Field } from "./field.js";
import { useFieldSurroundings } from "./useCollaborativeField.js";

interface FieldNotesProps {
  readonly id: string;
  readonly field: Field;
  /** Whether the field is named, because the notes are not beside it. */
  readonly named?: boolean | undefined;
  readonly className?: string | undefined;
}

/** The notes of a field: another person's value with the choice of taking it, the server's refusal, and why it is read-only. */
export function FieldNotes({ id, field, named = false, className }: FieldNotesProps) {
  const form = useFormContext();
  const { messages } = useTandemContext();
  const { readOnlyReason } = useFieldSurroundings(form, field.name);
  // While nothing can be changed, the form says it once.
  const locked = readOnlyReason !== undefined && !form.readOnly;
  if (!field.remote && !field.fault && !locked) return null;
  return (
    <div id={id} data-tandem="notes" className={className}>
      {named && <strong>{messages.field(field.name)}: </strong>}
      {field.remote && <RemoteNote field={field} remote={field.remote} />}
      {field.fault && <span data-tandem="fault">{field.fault}</span>}
      {locked && <span data-tandem="locked">{readOnlyReason}</span>}
    </div>
  );
}

function RemoteNote({ field: { name }, remote }: { readonly field: Field; readonly remote: NonNullable<Field["remote"]> }) {
  const { model, entity } = useFormContext();
  const { messages } = useTandemContext();
  const fieldText = useFieldText();
  // The buttons go with the note; the focus must not go with them.
  const decide = (decision: () => void) => ({ currentTarget }: MouseEvent<HTMLButtonElement>) => {
    const control = currentTarget.form?.elements.namedItem(name);
    if (control instanceof HTMLElement) control.focus();
    decision();
  };
  const by = remote.by?.name || messages.somebody();
  return (
    <span data-tandem="remote">
      <Avatar person={remote.by} size="small" />{" "}
      <span>
        {messages.set(by)} <strong>{entity.data && fieldText(entity.data, name)}</strong>
      </span>
      <span data-tandem="actions">
        <button type="button" data-kind="link" onClick={decide(() => model.take(name))}>
          {messages.takeTheirs()}
        </button>
        <button type="button" data-kind="link" onClick={decide(() => model.keep(name))}>
          {messages.keepMine()}
        </button>
      </span>
    </span>
  );
}

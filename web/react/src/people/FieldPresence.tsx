"use client";

import { useEffect, type ReactNode } from "react";
import { count, useFields, useFormContext } from "../form/context.js";
import { FieldNotes } from "../form/FieldNotes.js";
import { useFieldSurroundings } from "../form/useCollaborativeField.js";
import { useTandemContext } from "../provider/context.js";
import { personColor } from "./person.js";

/** The props of {@link FieldPresence}. */
export interface FieldPresenceProps {
  /** The name of the field. */
  readonly name: string;
  /** The control. Without it, put this right after the control. */
  readonly children?: ReactNode;
  readonly classNames?: { readonly root?: string; readonly flag?: string; readonly notes?: string } | undefined;
}

/**
 * Shows who is typing in a field of a `CollaborativeForm`, and below it what another person has set it to meanwhile, with the
 * choice of taking it. A field without a place of its own has its notes at the top of the form.
 *
 * @example
 * ```tsx
 * <label htmlFor="phone">Phone</label>
 * <FieldPresence name="phone"><input id="phone" name="phone" /></FieldPresence>
 * ```
 */
export function FieldPresence({ name, children, classNames }: FieldPresenceProps) {
  const form = useFormContext();
  const { messages } = useTandemContext();
  const { placed, model, notesOf } = form;
  useEffect(() => count(placed, name), [placed, name]);
  const field = useFields(model).get(name);
  const { editors } = useFieldSurroundings(form, name);
  const [first] = editors;
  return (
    <div data-tandem="field" data-tandem-color={first && personColor(first.user.id)} className={classNames?.root}>
      {children}
      {first && (
        <span data-tandem="flag" className={classNames?.flag}>
          {messages.editing(editors.map((each) => each.user.name || messages.somebody()))}
        </span>
      )}
      {field && <FieldNotes id={notesOf(name)} field={field} className={classNames?.notes} />}
    </div>
  );
}

"use client";

import type { PresentPerson, RemoteChange } from "@tandem/client";
import { useEffect, useMemo } from "react";
import { useTandemContext } from "../provider/context.js";
import { isControl, readControl } from "../values/controls.js";
import { count, useFields, useFormContext, type FormContextValue } from "./context.js";
import { newField, type Field } from "./field.js";

/** A field of a form for a control of one's own, as {@link useCollaborativeField} returns it. */
export interface CollaborativeField<T> {
  readonly name: string;
  readonly value: T | null;
  /** Takes the event of a control, or a value. */
  onChange(eventOrValue: unknown): void;
  onFocus(): void;
  onBlur(): void;
  /** The other people who are in this field. */
  readonly editors: readonly PresentPerson[];
  readonly dirty: boolean;
  /** Whether its last edit waits for the server's answer. */
  readonly pending: boolean;
  /** Another person's change that came while this was dirty. */
  readonly remote: Pick<RemoteChange, "by" | "at" | "newValue"> | undefined;
  takeTheirs(): void;
  keepMine(): void;
  /** Why it can't be changed, for people; undefined if it can. */
  readonly readOnlyReason: string | undefined;
  /** Why the server refused the last value. */
  readonly fault: string | undefined;
  /** Counts the values of others that have replaced what was shown, so that a control can point them out. */
  readonly flashes: number;
}

/**
 * Binds a control of one's own to a field of the `CollaborativeForm` around it. Plain inputs need no hook: a `name` is enough.
 *
 * @example
 * ```tsx
 * function StatusField() {
 *   const { value, onChange, onFocus, onBlur, readOnlyReason } = useCollaborativeField<string>("status");
 *   return <StatusPicker value={value ?? "lead"} disabled={readOnlyReason !== undefined} {...{ onChange, onFocus, onBlur }} />;
 * }
 * ```
 */
export function useCollaborativeField<T = string>(name: string): CollaborativeField<T> {
  const form = useFormContext();
  const { model, boundByHook } = form;
  useEffect(() => {
    model.follow(name);
    return count(boundByHook, name);
  }, [model, boundByHook, name]);
  const field = useFields(model).get(name);
  const surroundings = useFieldSurroundings(form, name);
  const events = useMemo(() => eventsOf(form, name), [form, name]);
  return useMemo(() => ({ ...events, ...surroundings, ...valuesOf<T>(field ?? newField(name)) }), [events, surroundings, field, name]);
}

function valuesOf<T>(field: Field) {
  const { name, value, base, remote, fault, flashes } = field;
  return { name, value: (value ?? null) as T | null, dirty: base !== undefined, remote, fault, flashes };
}

function eventsOf({ model, editing, typed, left }: FormContextValue, name: string) {
  return {
    onChange: (eventOrValue: unknown) => {
      const target = (eventOrValue as { readonly target?: EventTarget | null } | null)?.target ?? null;
      model.type(name, isControl(target) ? readControl(target, model.follow(name).live) : eventOrValue);
      typed(name);
    },
    onFocus: () => {
      model.focus(name);
      editing.enter(name);
    },
    onBlur: () => {
      editing.leave();
      model.blur(name);
      left(name);
    },
    takeTheirs: () => model.take(name),
    keepMine: () => model.keep(name),
  };
}

/** Returns what surrounds a field: the people in it, and whether it can be changed. */
export function useFieldSurroundings({ others, entity, readOnly, model }: FormContextValue, name: string) {
  const { messages } = useTandemContext();
  const hasText = useFields(model).get(name)?.base !== undefined;
  const reason = hasText ? messages.readOnly() : messages.mayNotEdit();
  return useMemo(
    () => ({
      editors: others.filter((each) => each.editingField === name && !each.leaving),
      pending: entity.pending.includes(name),
      readOnlyReason: readOnly ? reason : entity.access?.readOnlyFields.includes(name) ? messages.readOnlyField() : undefined,
    }),
    [others, entity.pending, entity.access, readOnly, reason, messages, name],
  );
}

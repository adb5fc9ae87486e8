"use client";

import {
  useRef,
  type RefObject,
  type FormEvent,
  type KeyboardEvent,
  type ReactNode,
  type SyntheticEvent,
} from "react";
import { personColor } from "../people/person.js";
import { useBrowserLayoutEffect } from "../platform/useBrowserLayoutEffect.js";
import { Binding, type Frame } from "./binding.js";
import { useFields, useFormContext } from "./context.js";

interface FormBodyProps {
  readonly form: RefObject<HTMLFormElement | null>;
  readonly className: string | undefined;
  readonly notices: ReactNode;
  readonly children: ReactNode;
}

/** The form element. It binds the controls inside it by delegated events. */
export function FormBody({ form, className, notices, children }: FormBodyProps) {
  const binding = useBinding(form);
  const events = useEvents(binding);
  const { entity } = useFormContext();
  return (
    <form
      ref={form}
      data-tandem="form"
      data-state={entity.status}
      aria-busy={entity.status === "loading"}
      className={className}
      {...events}
    >
      {children}
      {notices}
    </form>
  );
}

function useBinding(form: { readonly current: HTMLFormElement | null }) {
  const { model, boundByHook, entity, others, readOnly, notesOf } = useFormContext();
  const binding = useRef<Binding>(undefined);
  useBrowserLayoutEffect(() => {
    if (!form.current) return;
    const bound = new Binding(form.current, model, (name) => boundByHook.has(name));
    binding.current = bound;
    return () => bound.end();
  }, [form, model, boundByHook]);
  // This runs after every rendering, since a child may have rendered other controls; what is shown already is left alone.
  useFields(model);
  useBrowserLayoutEffect(() => {
    const frames = new Map<string, Frame>();
    for (const { editingField, user, leaving } of others) {
      if (editingField && !leaving) frames.set(editingField, { color: personColor(user.id) });
    }
    binding.current?.show({
      readOnly,
      readOnlyFields: entity.access?.readOnlyFields ?? [],
      pending: entity.pending,
      undecided: entity.conflict?.conflictedFields.map(({ field }) => field) ?? [],
      frames,
      notesOf,
    });
  });
  return binding;
}

function useEvents(binding: { readonly current: Binding | undefined }) {
  const { model, editing, typed, left, submit } = useFormContext();
  const named = (event: SyntheticEvent) => binding.current?.controlOf(event.target);
  return {
    onInput: (event: FormEvent) => {
      editing.touch();
      const control = named(event);
      if (!control || !binding.current) return;
      model.type(control.name, binding.current.read(control));
      typed(control.name);
    },
    onFocus: (event: SyntheticEvent) => {
      const control = named(event);
      if (!control) return;
      model.focus(control.name);
      editing.enter(control.name);
    },
    onBlur: (event: SyntheticEvent) => {
      const control = named(event);
      if (!control) return;
      editing.leave();
      model.blur(control.name);
      left(control.name);
    },
    onCompositionStart: () => model.compose(true),
    onCompositionEnd: () => model.compose(false),
    onKeyDown: (event: KeyboardEvent<HTMLFormElement>) => {
      if (event.key === "Enter" && (event.metaKey || event.ctrlKey) && !event.nativeEvent.isComposing) submitNow(event);
    },
    onReset: (event: FormEvent) => {
      event.preventDefault();
      model.discard();
    },
    onSubmit: (event: FormEvent) => {
      event.preventDefault();
      void submit();
    },
  };
}

function submitNow(event: KeyboardEvent<HTMLFormElement>): void {
  // The browser's own submission by Enter would be a second one.
  event.preventDefault();
  event.currentTarget.requestSubmit();
}

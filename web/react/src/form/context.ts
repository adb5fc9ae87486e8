"use client";

import type { EntityState, PresentPerson } from "@tandem/client";
import { createContext, useContext, useMemo } from "react";
import { useReadable } from "../live/useReadable.js";
import type { Editing } from "./editing.js";
import type { Field } from "./field.js";
import type { FormModel } from "./model.js";

/** The parts of a form that its fields work with. */
export interface FormContextValue {
  readonly model: FormModel;
  readonly entity: EntityState;
  /** The other people in the form. */
  readonly others: readonly PresentPerson[];
  readonly editing: Editing;
  /** Whether nothing can be changed now. */
  readonly readOnly: boolean;
  /** The id of the element that holds the notes of a field. */
  readonly notesOf: (name: string) => string;
  /** The names of the fields that use the hook, each with the number of its users. */
  readonly boundByHook: Map<string, number>;
  /** The names of the fields whose notes have a place of their own, likewise. */
  readonly placed: Map<string, number>;
  readonly saving: boolean;
  /** A person has typed into a field, or left it. */
  readonly typed: (name: string) => void;
  readonly left: (name: string) => void;
  readonly submit: () => Promise<void>;
}

export const FormContext = createContext<FormContextValue | undefined>(undefined);

/** Returns the form around a component. */
export function useFormContext(): FormContextValue {
  const form = useContext(FormContext);
  if (!form) throw new Error("Fields need a CollaborativeForm around them.");
  return form;
}

const none: ReadonlyMap<string, Field> = new Map();

/** Returns the fields of a form. */
export function useFields(model: FormModel): ReadonlyMap<string, Field> {
  return useReadable(model.fields, none);
}

/** The state of a form and its functions, for a button or a line below it. */
export interface CollaborativeFormState {
  /** The fields with text that is not saved yet. */
  readonly dirty: readonly string[];
  /** The fields with edits that the server has not answered. */
  readonly pending: readonly string[];
  readonly saving: boolean;
  readonly readOnly: boolean;
  submit(): Promise<void>;
  /** Gives up all text that is not saved, for the newest values. */
  discard(): void;
}

/**
 * Returns the state of the form around a component.
 *
 * @example
 * ```tsx
 * function Footer() {
 *   const { dirty, discard } = useCollaborativeForm();
 *   return <><button>Save</button> <button type="button" onClick={discard}>Discard</button> {dirty.length} unsaved</>;
 * }
 * ```
 */
export function useCollaborativeForm(): CollaborativeFormState {
  const { model, entity, saving, readOnly, submit } = useFormContext();
  const fields = useFields(model);
  return useMemo(
    () => ({
      dirty: [...fields.values()].filter((field) => field.base).map((field) => field.name),
      pending: entity.pending,
      saving,
      readOnly,
      submit,
      discard: () => model.discard(),
    }),
    [fields, entity.pending, saving, readOnly, submit, model],
  );
}

/** Counts a user of a field until the returned function is called. */
export function count(users: Map<string, number>, name: string): () => void {
  users.set(name, (users.get(name) ?? 0) + 1);
  return () => {
    const left = (users.get(name) ?? 1) - 1;
    if (left > 0) users.set(name, left);
    else users.delete(name);
  };
}

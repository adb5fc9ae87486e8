import type { Choice, ConflictField } from "@tandem/client";
import { sameValue } from "../values/values.js";

/** The choice of a person for a field. A custom one has the text as typed. */
export type Chosen =
  | { readonly side: "local" | "remote"; readonly value: unknown }
  | { readonly side: "custom"; readonly value: unknown };

/** The choices made so far, by field. */
export type Choices = Readonly<Record<string, Chosen>>;

/** A field of a conflict as the dialog needs it. */
export type DialogField = Pick<ConflictField, "field" | "base" | "local" | "remote" | "baseText" | "localText" | "remoteText" | "parts">;

/**
 * Returns the value of a side. Where only passages of a text clash, it is the merged text with that side's passages: the
 * whole text of one side would undo what the other changed elsewhere.
 */
export function sideValue(field: DialogField, side: "local" | "remote"): unknown {
  return field.parts ? field.parts.map((part) => part[side]).join("") : field[side];
}

/** Keeps the choices that still hold after the other side has changed again: a side whose value is still the same, and one's own text. */
export function stillHold(choices: Choices, fields: readonly DialogField[]): Choices {
  return Object.fromEntries(Object.entries(choices).filter(([name, chosen]) => {
    const field = fields.find((each) => each.field === name);
    return field && (chosen.side === "custom" || sameValue(chosen.value, sideValue(field, chosen.side)));
  }));
}

/** Chooses one side for all fields. */
export function chooseAll(side: "local" | "remote", fields: readonly DialogField[]): Choices {
  return Object.fromEntries(fields.map((field) => [field.field, { side, value: sideValue(field, side) }]));
}

/** Returns the fields that nothing is chosen for. */
export function undecided(choices: Choices, fields: readonly DialogField[]): readonly string[] {
  return fields.map((each) => each.field).filter((name) => !choices[name]);
}

/** Returns the choices as the client takes them: one side for all fields where that is what was chosen. */
export function resolutionOf(choices: Choices, fields: readonly DialogField[]): "local" | "remote" | Readonly<Record<string, Choice>> {
  const sides = new Set(fields.map((field) => (field.parts ? "custom" : choices[field.field]?.side)));
  const [only] = sides;
  if (sides.size === 1 && only !== undefined && only !== "custom") return only;
  return Object.fromEntries(fields.map((field) => {
    const { side, value } = choices[field.field] ?? { side: "remote", value: field.remote };
    return [field.field, side === "custom" || field.parts ? { value } : side];
  }));
}

/** Returns the values that the choices lead to. */
export function resolvedValues(choices: Choices): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(choices).map(([name, { value }]) => [name, value]));
}

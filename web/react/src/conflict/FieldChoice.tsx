"use client";

import type { Person } from "@tandem/client";
import { useId, type ReactNode } from "react";
import { Avatar } from "../people/Avatar.js";
import { useTandemContext } from "../provider/context.js";
import { useServerText } from "../values/useValueText.js";
import { useWhen } from "../values/when.js";
import { sideValue, type Chosen, type DialogField } from "./choices.js";
import { CustomValue } from "./CustomValue.js";
import { TextDiff, usePassages } from "./TextDiff.js";

/** A control for a custom value that an application renders, such as a list of people for an owner; undefined for the usual one. */
export type RenderCustom = (field: string, value: unknown, onChange: (value: unknown) => void) => ReactNode | undefined;

/** Returns the values that a field can have, with their texts; undefined if it can have any. */
export type OptionsOf = (field: string) => readonly { readonly value: string; readonly text: string }[] | undefined;

interface FieldChoiceProps {
  readonly field: DialogField;
  readonly chosen: Chosen | undefined;
  readonly remoteBy: Person | null;
  readonly remoteAt: Date | undefined;
  readonly onChoose: (chosen: Chosen) => void;
  readonly renderCustom: RenderCustom | undefined;
  readonly optionsOf: OptionsOf | undefined;
}

/** One field of a conflict: both sides, and the choice between them and a value of one's own. */
export function FieldChoice(props: FieldChoiceProps) {
  const { field, chosen, onChoose, renderCustom, optionsOf } = props;
  const { messages } = useTandemContext();
  const id = useId();
  const options = optionsOf?.(field.field);
  const text = useSideTexts(field, options);
  const isLong = field.parts !== undefined || isLongText(field.local) || isLongText(field.remote);
  const passages = usePassages(isLong ? textOfSide(field, "local") : "", isLong ? textOfSide(field, "remote") : "");
  const clashes = field.parts && passages.length > 1 ? passages.filter(({ same }) => !same).length : 0;
  return (
    // Named by legends: a label would have the name of the form's own control.
    <fieldset aria-describedby={`${id}-about`} data-tandem="conflict-field">
      <legend>{messages.field(field.field)}</legend>
      <small id={`${id}-about`}>{clashes > 0 ? messages.partsDiffer(clashes) : isLong ? "" : messages.was(text.base)}</small>
      {isLong && <TextDiff passages={passages} />}
      <Options {...props} id={id} text={isLong ? undefined : text} />
      {chosen?.side === "custom" && (
        <CustomValue
          field={field.field}
          value={chosen.value}
          isLong={isLong}
          options={options}
          onChange={(value) => onChoose({ side: "custom", value })}
          render={renderCustom}
        />
      )}
    </fieldset>
  );
}

interface OptionsProps extends FieldChoiceProps {
  readonly id: string;
  /** The texts of the sides; undefined where a comparison shows them. */
  readonly text: { readonly local: string; readonly remote: string } | undefined;
}

/** The two sides, and a value of one's own. */
function Options({ id, field, text, chosen, remoteBy, remoteAt, onChoose }: OptionsProps) {
  const { messages } = useTandemContext();
  const when = useWhen();
  const option = (side: Chosen["side"]) => ({
    id: `${id}-${side}`,
    group: id,
    checked: chosen?.side === side,
    onChoose: () => onChoose({ side, value: sideValue(field, side === "remote" ? side : "local") }),
  });
  return (
    <fieldset role="radiogroup" data-tandem="options">
      <legend data-tandem="hidden">{messages.field(field.field)}</legend>
      <Option {...option("local")} name={messages.yours()} value={text?.local} />
      <Option {...option("remote")} name={messages.theirs()} value={text?.remote}>
        {remoteBy && <Avatar person={remoteBy} size="small" />}
        {remoteAt && <small>{when(remoteAt)}</small>}
      </Option>
      <Option {...option("custom")} name={messages.custom()} value={text && messages.ownValue()} />
    </fieldset>
  );
}

interface OptionProps {
  readonly id: string;
  readonly group: string;
  readonly checked: boolean;
  readonly name: string;
  readonly value?: string | undefined;
  readonly onChoose: () => void;
  readonly children?: ReactNode;
}

function Option({ id, group, checked, name, value, onChoose, children }: OptionProps) {
  return (
    <label data-tandem="option" data-state={checked ? "chosen" : "open"}>
      <span data-tandem="option-head">
        <input
          type="radio"
          name={group}
          checked={checked}
          onChange={onChoose}
          aria-label={name}
          aria-describedby={value === undefined ? undefined : id}
        />
        {name}
        {children}
      </span>
      {value !== undefined && (
        <span id={id} data-tandem="option-value">
          <bdi>{value}</bdi>
        </span>
      )}
    </label>
  );
}

/** The texts of the three sides: as the form has them, as the server has them, which knows names and amounts, or those of the values. */
function useSideTexts({ field, base, local, remote, baseText, localText, remoteText }: DialogField, options: ReturnType<OptionsOf>) {
  const serverText = useServerText();
  const textOf = (value: unknown, text: string) =>
    options?.find((each) => each.value === (value ?? ""))?.text || serverText(field, value, text);
  return { base: textOf(base, baseText), local: textOf(local, localText), remote: textOf(remote, remoteText) };
}

function textOfSide(field: DialogField, side: "local" | "remote"): string {
  return String(sideValue(field, side) ?? "");
}

function isLongText(value: unknown): boolean {
  return typeof value === "string" && (value.length > 60 || value.includes("\n"));
}

"use client";

import type { ChangeEvent } from "react";
import { useTandemContext } from "../provider/context.js";
import { localText, readControl } from "../values/controls.js";
import type { OptionsOf, RenderCustom } from "./FieldChoice.js";

interface CustomValueProps {
  readonly field: string;
  readonly value: unknown;
  readonly isLong: boolean;
  readonly options: ReturnType<OptionsOf>;
  readonly onChange: (value: unknown) => void;
  readonly render: RenderCustom | undefined;
}

/** The control for a value that is neither side's. */
export function CustomValue({ field, value, isLong, options, onChange, render }: CustomValueProps) {
  const { messages } = useTandemContext();
  const own = render?.(field, value, onChange);
  if (own !== undefined) return <div data-tandem="custom">{own}</div>;
  const label = messages.ownValue();
  const change = (event: ChangeEvent<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>) =>
    onChange(readControl(event.target, value));
  // The kind of the control follows from the value; what is typed must not change it, so it stays uncontrolled.
  return (
    <div data-tandem="custom">
      {options ? (
        <select aria-label={label} defaultValue={String(value ?? "")} onChange={change}>
          {options.map((option) => (
            <option key={option.value} value={option.value}>{option.text}</option>
          ))}
        </select>
      ) : isLong ? (
        <textarea aria-label={label} placeholder={label} rows={5} defaultValue={String(value ?? "")} onChange={change} />
      ) : (
        <input aria-label={label} placeholder={label} {...kindOf(value)} onChange={change} />
      )}
    </div>
  );
}

function kindOf(value: unknown) {
  if (typeof value === "number") return { type: "number", defaultValue: value };
  if (value instanceof Date) return { type: "datetime-local", defaultValue: localText(value).slice(0, 16) };
  return { type: "text", defaultValue: String(value ?? "") };
}

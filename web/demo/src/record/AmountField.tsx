import { FieldPresence, useCollaborativeField } from "@tandem/react";
import { useEffect, useId, useState } from "react";

/** An amount of money. The server has it in the minor unit; a person types it with or without cents. */
export function AmountField({ label }: { readonly label: string }) {
  const id = useId();
  const { value, onChange, onFocus, onBlur, readOnlyReason } = useCollaborativeField<number>("amountMinor");
  const currency = useCollaborativeField<string>("currency");
  const [text, setText] = useState("");
  // A text that stands for this amount already stays as it was typed: "12." is on the way to "12.50".
  useEffect(() => setText((typed) => (minorOf(typed) === value ? typed : value === null ? "" : String(value / 100))), [value]);
  const type = (typed: string) => {
    setText(typed);
    const minor = minorOf(typed);
    if (minor === undefined) return;
    onChange(minor);
    // An amount and its currency come and go together.
    if (minor === null) currency.onChange(null);
    else if (currency.value === null) currency.onChange("EUR");
  };
  return (
    <div className="field">
      <label htmlFor={id}>{label} in {currency.value ?? "EUR"}</label>
      <FieldPresence name="amountMinor">
        <input id={id} className="input number" inputMode="decimal" autoComplete="off" value={text} readOnly={readOnlyReason !== undefined} onChange={(event) => type(event.target.value)} onFocus={onFocus} onBlur={onBlur} />
      </FieldPresence>
    </div>
  );
}

/** Returns the amount that a text stands for: null for none, undefined if it is not an amount. */
function minorOf(text: string): number | null | undefined {
  if (text.trim() === "") return null;
  const amount = Number(text.replace(",", "."));
  return Number.isFinite(amount) && amount >= 0 ? Math.round(amount * 100) : undefined;
}

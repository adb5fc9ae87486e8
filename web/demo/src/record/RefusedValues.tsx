import type { OutboxRecord } from "@tandem/client";
import { valueText } from "../activity/texts.js";
import { fieldName } from "../format/words.js";
import { pathOf } from "../live/entities.js";
import { useMembers } from "../live/useMembers.js";
import { usePlaceName } from "../shell/placeName.js";

/** The fields of an edit that was refused, with the text that was given. */
export function RefusedValues({ record: { patch } }: { readonly record: OutboxRecord }) {
  const people = new Map(useMembers().map(({ id, name }) => [id, name]));
  const currency = typeof patch["currency"] === "string" ? patch["currency"] : undefined;
  return (
    <ul>
      {Object.entries(patch).map(([field, value]) => (
        <li key={field}>
          {fieldName(field)}: {field === "customerId" && typeof value === "string" ? <CustomerName id={value} /> : valueText(field, value, people, currency)}
        </li>
      ))}
    </ul>
  );
}

function CustomerName({ id }: { readonly id: string }) {
  return usePlaceName(pathOf("Customer", id)) ?? "a customer";
}

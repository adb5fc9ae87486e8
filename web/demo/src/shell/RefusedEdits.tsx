import type { OutboxRecord } from "@tandem/client";
import { useOutbox } from "@tandem/react";
import { useLocation } from "wouter";
import { fieldName } from "../format/words.js";
import { pathOf, typeWords } from "../live/entities.js";
import { RefusedValues } from "../record/RefusedValues.js";

/** The edits that waited on this device and were refused, with the text that was given. The page of an entity shows its own. */
export function RefusedEdits() {
  const { records, discard } = useOutbox();
  const [path] = useLocation();
  const pageShows = (record: OutboxRecord) =>
    path === pathOf(record.entityType, record.entityId) && (record.kind === "create" || document.querySelector(".record-form") !== null);
  const refused = records.filter((record) => record.state === "refused" && !pageShows(record));
  return refused.map((record) => (
    <div key={record.clientMutationId} role="alert" className="refused">
      <div>
        <b>{whatOf(record)} could not be stored.</b> {record.refusal?.message}
        <RefusedValues record={record} />
      </div>
      <button type="button" className="button push" onClick={() => void discard(record.clientMutationId)}>Dismiss</button>
    </div>
  ));
}

function whatOf({ kind, entityType, patch }: OutboxRecord): string {
  if (kind === "create") return `Your new ${typeWords[entityType].one}`;
  return `Your change of ${new Intl.ListFormat("en").format(Object.keys(patch).map(fieldName))}`;
}

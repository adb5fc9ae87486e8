import type { EntityTypeName, OutboxRecord } from "@tandem/client";
import { useOutbox } from "@tandem/react";
import { Link } from "wouter";
import { valueText } from "../activity/texts.js";
import { fieldName } from "../format/words.js";
import { pathOf, typeWords } from "../live/entities.js";
import { useMembers } from "../live/useMembers.js";

interface WaitingEditsProps {
  readonly type: EntityTypeName;
  /** The entity whose edits are shown; those of all entities of the type if it is undefined. */
  readonly id?: string | undefined;
}

/** The edits that wait on this device for the connection, in place of entities that can't be shown without it. */
export function WaitingEdits({ type, id }: WaitingEditsProps) {
  const { records } = useOutbox();
  const people = new Map(useMembers().map((member) => [member.id, member.name]));
  const waiting = records.filter((record) => record.entityType === type && (id === undefined || record.entityId === id) && isWaiting(record));
  if (waiting.length === 0) return null;
  return (
    <section className="waiting-edits" aria-label="Changes that wait">
      <p>{waiting.length === 1 ? "This change waits" : "These changes wait"} on this device, and will be sent when the connection is back:</p>
      <ul>
        {waiting.map((record) => (
          <li key={record.clientMutationId}>
            <EntityName record={record} />
            <dl>
              {Object.entries(record.patch).map(([field, value]) => (
                <div key={field}>
                  <dt>{fieldName(field)}</dt>
                  <dd>{valueText(field, value, people, currencyOf(record))}</dd>
                </div>
              ))}
            </dl>
          </li>
        ))}
      </ul>
    </section>
  );
}

function isWaiting({ state }: OutboxRecord): boolean {
  return state === "queued" || state === "sending";
}

/** The name of the entity, as far as the edit has it, with the way to its page. */
function EntityName({ record: { entityType, entityId, patch, seen, kind } }: { readonly record: OutboxRecord }) {
  const own = { ...seen, ...patch };
  const name = own["name"] ?? own["title"] ?? own["subject"] ?? `A ${kind === "create" ? "new " : ""}${typeWords[entityType].one}`;
  return <Link href={pathOf(entityType, entityId)}>{String(name)}</Link>;
}

function currencyOf({ patch, seen }: OutboxRecord): string | undefined {
  const currency = patch["currency"] ?? seen["currency"];
  return typeof currency === "string" ? currency : undefined;
}

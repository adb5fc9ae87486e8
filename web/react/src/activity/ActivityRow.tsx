"use client";

import type { ActivityItem } from "@tandem/client";
import { Avatar } from "../people/Avatar.js";
import { useTandemContext } from "../provider/context.js";
import { useServerText } from "../values/useValueText.js";
import { useWhen } from "../values/when.js";

interface ActivityRowProps {
  readonly item: ActivityItem;
  readonly onOpen: ((item: ActivityItem) => void) | undefined;
}

/** One item of the activity: who did what to what and when, the changed values, and the text of a comment. */
export function ActivityRow({ item, onOpen }: ActivityRowProps) {
  const { messages } = useTandemContext();
  const when = useWhen();
  const { actor, at, type, text, changes } = item;
  return (
    <div data-tandem="activity-row">
      <Avatar person={actor} />
      <div>
        <p>
          <strong>{actor?.name || messages.somebody()}</strong>{" "}
          {messages.did(
            type,
            changes.map((change) => messages.field(change.field)),
          )}{" "}
          <EntityName item={item} onOpen={onOpen} />
        </p>
        {type === "update" && changes.map((change) => <ChangedValue key={change.field} {...change} named={changes.length > 1} />)}
        {text !== undefined && <blockquote data-tandem="comment">{text}</blockquote>}
      </div>
      <time dateTime={at.toISOString()}>{when(at)}</time>
    </div>
  );
}

/** The name of the entity, which opens it. An entity that is gone has no name, and nothing to open. */
function EntityName({ item, onOpen }: ActivityRowProps) {
  const { messages } = useTandemContext();
  const { entityName, entityType = "" } = item;
  if (!entityName) return messages.unnamed(entityType);
  return onOpen ? <button type="button" data-kind="link" onClick={() => onOpen(item)}>{entityName}</button> : entityName;
}

function ChangedValue({
  field,
  oldValue,
  newValue,
  oldText,
  newText,
  named,
}: ActivityItem["changes"][number] & { readonly named: boolean }) {
  const { messages } = useTandemContext();
  const textOf = useServerText();
  return (
    <p data-tandem="change">
      {named && `${messages.field(field)}: `}
      <del>{textOf(field, oldValue, oldText)}</del> <span data-tandem="hidden">{messages.changedTo()}</span>
      <span aria-hidden="true">→</span> <ins>{textOf(field, newValue, newText)}</ins>
    </p>
  );
}

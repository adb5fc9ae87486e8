import type { ActivityItem } from "@tandem/client";
import { ActivityFeed, Avatar, useLiveData, type ActivityFeedProps } from "@tandem/react";
import { useMemo } from "react";
import { Link } from "wouter";
import { ago, fullTime } from "../format/time.js";
import { fieldName } from "../format/words.js";
import { pathOf, type Deal } from "../live/entities.js";
import { useAway } from "../live/useAway.js";
import { useMembers } from "../live/useMembers.js";
import { useNow } from "../live/useNow.js";
import { firstName } from "../session/people.js";
import { CommentText } from "../customer/CommentText.js";
import { NotHere } from "../ui/NotHere.js";
import { deedOf, valueText } from "./texts.js";
import "../styles/activity.css";

type FeedProps = Pick<ActivityFeedProps, "feedType" | "entityId" | "filters" | "newestRef"> & {
  /** The entity whose page this is on. */
  readonly here?: string | undefined;
};

/** The activity, the newest item first. Items that come while a person reads further down wait. */
export function Feed({ here, ...feed }: FeedProps) {
  const now = useNow();
  const away = useAway();
  const members = useMembers();
  const people = useMemo(() => new Map(members.map(({ id, name }) => [id, name])), [members]);
  return (
    <>
      <ActivityFeed {...feed} classNames={{ root: "feed-live" }} renderItem={(item) => <Item item={item} here={here} now={now} people={people} />} />
      {away && <div className="feed-away"><NotHere what="Activities" /></div>}
    </>
  );
}

interface ItemProps {
  readonly item: ActivityItem;
  readonly here: string | undefined;
  readonly now: number;
  readonly people: ReadonlyMap<string, string>;
}

function Item({ item, here, now, people }: ItemProps) {
  const link = item.entityType && item.entityId && item.entityId !== here && item.type !== "delete" ? pathOf(item.entityType, item.entityId) : undefined;
  return (
    <div className="deed">
      <Avatar person={item.actor} />
      <div>
        <b>{item.actor ? firstName(item.actor.name) : "Somebody"}</b> {link ? <Link href={link} className="deed-link">{deedOf(item, here)}</Link> : deedOf(item, here)}
        {item.type === "update" && <ChangedValues item={item} people={people} />}
        {item.text !== undefined && <div className="comment"><CommentText text={item.text} people={[...people.values()]} /></div>}
      </div>
      <time dateTime={item.at.toISOString()} title={fullTime(item.at)}>{ago(item.at, now)}</time>
    </div>
  );
}

/** How many of the changed fields are shown with their values. */
const most = 3;

interface ValuesProps extends Pick<ItemProps, "item" | "people"> {
  /** The currency of an amount that changed alone. */
  readonly currency?: string | undefined;
}

function ChangedValues(props: ValuesProps) {
  const { entityType, entityId, changes } = props.item;
  const changed = new Set(changes.map(({ field }) => field));
  const needsCurrency = entityType === "Deal" && entityId && changed.has("amountMinor") && !changed.has("currency");
  return needsCurrency ? <DealValues {...props} dealId={entityId} /> : <Values {...props} />;
}

/** The values of a deal whose amount changed, but not its currency: that one is read from the deal. */
function DealValues({ dealId, ...props }: ValuesProps & { readonly dealId: string }) {
  const { data } = useLiveData<Deal>({ key: `deal:${dealId}` });
  return <Values {...props} currency={data?.currency ?? undefined} />;
}

function Values({ item, people, currency }: ValuesProps) {
  const currencies = item.changes.find(({ field }) => field === "currency");
  const before = currencyOf(currencies?.oldValue) ?? currency;
  const after = currencyOf(currencies?.newValue) ?? currency;
  return (
    <ul className="values">
      {item.changes.slice(0, most).map(({ field, oldValue, newValue }) => (
        <li key={field}>
          {item.changes.length > 1 && <span className="muted">{fieldName(field)}: </span>}<s>{valueText(field, oldValue, people, before)}</s> <span className="to">→</span> <ins>{valueText(field, newValue, people, after)}</ins>
        </li>
      ))}
    </ul>
  );
}

const currencyOf = (value: unknown) => (typeof value === "string" ? value : undefined);

import { Inbox, Plus } from "lucide-react";
import type { EntityData } from "@tandem/client";
import { Avatar, useLiveList } from "@tandem/react";
import { Link } from "wouter";
import { money } from "../format/money.js";
import { duration, momentOf } from "../format/time.js";
import { pathOf, typeWords, type Call, type Deal, type Meeting } from "../live/entities.js";
import { useAway } from "../live/useAway.js";
import { NotHere } from "../ui/NotHere.js";
import { Notice } from "../ui/Notice.js";
import { Status } from "../ui/Status.js";

interface RelatedProps {
  readonly type: "Call" | "Meeting" | "Deal";
  readonly customerId: string;
  /** Undefined for a person whose role lets them only read. */
  readonly create: (() => void) | undefined;
}

/** The calls, meetings or deals of a customer. */
export function Related({ type, customerId, create }: RelatedProps) {
  const { one, many } = typeWords[type];
  const away = useAway();
  const list = useLiveList<Call & Meeting & Deal>({ type, filter: { customerId }, pageSize: 25 });
  if (list.status === "error") return <Notice title={`The ${many.toLowerCase()} could not be loaded`} action={{ label: "Try again", run: () => void list.reload() }}>{list.error?.message}</Notice>;
  if (list.status === "loading" && away) return <NotHere what={many} />;
  if (list.status !== "loading" && list.items.length === 0) return <Notice icon={<Inbox />} title={`No ${many.toLowerCase()} yet`} action={create && { label: `New ${one}`, run: create }} />;
  return (
    <>
      <ul className="related" aria-busy={list.status === "loading"}>
        {list.items.map((item) => (
          <li key={item.id}>
            <Link href={pathOf(type, item.id)} className="related-row">
              <span className="clip related-name">{item.displayName}</span>
              <Status value={item.stage ?? item.status} />
              <span className="faint number push">{factsOf(type, item)}</span>
              {item.owner && <Avatar person={item.owner} size="small" />}
            </Link>
          </li>
        ))}
      </ul>
      <div className="row">
        {create && <button type="button" className="button" onClick={create}><Plus /> New {one}</button>}
        {list.hasMore && <button type="button" className="button quiet" onClick={() => void list.loadMore()}>Show more</button>}
      </div>
    </>
  );
}

function factsOf(type: RelatedProps["type"], item: EntityData & Call & Meeting & Deal): string {
  if (type === "Deal") return item.amountMinor != null && item.currency ? money(item.amountMinor, item.currency) : "";
  if (type === "Meeting") return momentOf(item.startsAt);
  return [item.scheduledAt && momentOf(item.scheduledAt), item.durationSeconds && duration(item.durationSeconds)].filter(Boolean).join(" · ");
}

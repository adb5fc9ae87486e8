import type { EntityTypeName, NotificationItem } from "@tandem/client";
import { useActivity, useLiveList, useSeen, type LiveData } from "@tandem/react";
import { words } from "../format/words.js";
import { roomOf, type Customer } from "../live/entities.js";
import { useMayWrite } from "../live/useRole.js";
import { LossNotice } from "../record/LossNotice.js";
import { Comments, commentsOn } from "./Comments.js";
import { CustomerActivity } from "./CustomerActivity.js";
import { History } from "./History.js";
import { Related } from "./Related.js";
import { tabs, type Tab } from "./useTab.js";

const relatedTypes: Partial<Record<Tab, "Call" | "Meeting" | "Deal">> = { calls: "Call", meetings: "Meeting", deals: "Deal" };

/** The notifications that the parts show: the activity has all changes, of which the form beside it shows those of its fields. */
const shows: Partial<Record<Tab, (item: NotificationItem) => boolean>> = {
  details: ({ comments }) => comments > 0,
  activity: ({ comments }) => comments > 0,
  comments: ({ comments, count }) => comments === count,
};

interface CustomerTabsProps {
  readonly id: string;
  readonly customer: LiveData<Customer>;
  readonly tab: Tab;
  open(tab: Tab): void;
  create(type: "Call" | "Meeting" | "Deal"): void;
}

/** All that belongs to a customer, one part at a time. */
export function CustomerTabs({ id, customer, tab, open, create }: CustomerTabsProps) {
  const type = relatedTypes[tab];
  const isGone = customer.status === "gone";
  const mayCreate = useMayWrite() && !isGone;
  const seen = useSeen(roomOf("Customer", id), shows[tab] ?? (() => false));
  return (
    <section className="record-side" aria-label="About this customer">
      <nav className="tabs" aria-label="Parts of this page">
        {tabs.map((each) => (
          <button key={each} type="button" className="tab" data-tab={each} aria-current={each === tab ? "true" : undefined} onClick={() => open(each)}>
            {words(each)}{" "}
            {relatedTypes[each] && <Number type={relatedTypes[each]} customerId={id} />}
            {each === "comments" && <NumberOfComments id={id} />}
          </button>
        ))}
      </nav>
      <LossNotice entity={customer} />
      <div className="tab-panel" data-fills={tab === "activity" || tab === "details" || undefined}>
        {type && <Related key={type} type={type} customerId={id} create={mayCreate ? () => create(type) : undefined} />}
        {(tab === "activity" || tab === "details") && <CustomerActivity id={id} newestRef={seen} />}
        {tab === "comments" && <Comments id={id} isGone={isGone} newestRef={seen} />}
        {tab === "history" && <History id={id} />}
      </div>
    </section>
  );
}

function Number({ type, customerId }: { readonly type: EntityTypeName; readonly customerId: string }) {
  const { totalCount } = useLiveList({ type, filter: { customerId }, pageSize: 25 });
  return totalCount ? <b className="number">{totalCount}</b> : null;
}

/** The number of comments; of many, how many are read at least. */
function NumberOfComments({ id }: { readonly id: string }) {
  const { items, hasMore } = useActivity(commentsOn(id));
  return items.length > 0 ? <b className="number">{items.length}{hasMore && "+"}</b> : null;
}

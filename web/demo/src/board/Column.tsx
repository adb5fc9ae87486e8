import { personColor } from "@tandem/react";
import { sums } from "../format/money.js";
import { firstName } from "../session/people.js";
import type { Deal } from "../live/entities.js";
import { Status } from "../ui/Status.js";
import { CardContent, DealCard } from "./DealCard.js";
import { useBoardValue, type Moving } from "./useBoard.js";

interface ColumnProps {
  readonly stage: string;
  readonly deals: readonly Deal[];
  readonly loading: boolean;
}

/** A stage with its deals, their number and their sum. */
export function Column({ stage, deals, loading }: ColumnProps) {
  const { over, moving } = useBoardValue();
  const held = moving.filter((each) => each.stage === stage && !deals.some(({ id }) => id === each.dealId));
  return (
    <section className={over === stage ? "column over" : "column"} data-stage={stage} aria-label={stage}>
      <h2><Status value={stage} /> {!loading && <span className="number">{deals.length}</span>} <b className="number" title={sums(deals)}>{sums(deals)}</b></h2>
      {held.map((each) => <HeldCard key={each.dealId} moving={each} />)}
      <ul>
        {deals.map((deal) => <DealCard key={deal.id} deal={deal} />)}
        {loading && [0, 1, 2].map((each) => <li key={each} className="card skeleton-card" aria-hidden="true"><span className="bone w1" /><span className="bone w2" /></li>)}
      </ul>
    </section>
  );
}

/** A deal that another person holds over this stage. */
function HeldCard({ moving: { dealId, by } }: { readonly moving: Moving }) {
  const deal = useBoardValue().deals.find(({ id }) => id === dealId);
  if (!deal) return null;
  return (
    <div className="card lifted" data-tandem-color={personColor(by.id)}>
      <span className="flag">{firstName(by.name)} is moving this</span>
      <CardContent deal={deal} />
    </div>
  );
}

import { Building2, Clock, GripVertical, TriangleAlert } from "lucide-react";
import { Avatar, personColor, useOutbox } from "@tandem/react";
import { memo, type KeyboardEvent } from "react";
import { Link } from "wouter";
import { money } from "../format/money.js";
import { dayOf } from "../format/time.js";
import { words } from "../format/words.js";
import { dealStages } from "../lists/lists.js";
import { pathOf, type Deal } from "../live/entities.js";
import { useMayWrite } from "../live/useRole.js";
import { firstName } from "../session/people.js";
import { Menu, MenuItem } from "../ui/Menu.js";
import { useBoardValue } from "./useBoard.js";
import { useDragging } from "./useDragging.js";

/** A deal on the board. */
export const DealCard = memo(function DealCard({ deal }: { readonly deal: Deal }) {
  const { moving, move } = useBoardValue();
  const { dragging, start } = useDragging(deal);
  const mayMove = useMayWrite();
  const by = moving.find(({ dealId }) => dealId === deal.id);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const stage = step && event.shiftKey ? dealStages[dealStages.indexOf(deal.stage as (typeof dealStages)[number]) + step] : undefined;
    if (!stage) return;
    event.preventDefault();
    move(deal, stage);
    focusAgain(deal.id);
  };
  return (
    <li
      className={`card ${mayMove ? "movable" : ""} ${dragging ? "dragged" : ""} ${by ? "ghost" : ""}`} data-deal={deal.id} data-tandem-color={by ? personColor(by.by.id) : undefined}
      {...(mayMove && { onPointerDown: start, onKeyDown })}
    >
      {by && by.stage === deal.stage && <span className="flag">{firstName(by.by.name)} is moving this</span>}
      <CardContent deal={deal} />
      {mayMove && (
        <Menu className="card-menu" label={`Move ${deal.displayName}`} button={<GripVertical />}>
          {dealStages.map((stage) => <MenuItem key={stage} checked={stage === deal.stage} run={() => move(deal, stage)}>{words(stage)}</MenuItem>)}
        </Menu>
      )}
    </li>
  );
});

/** Gives the focus back to a card that has moved to another column. */
function focusAgain(id: string): void {
  requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-deal="${CSS.escape(id)}"] [data-row]`)?.focus()));
}

/** The content of a card. */
export function CardContent({ deal }: { readonly deal: Deal }) {
  const state = useOutbox().records.find(({ entityId }) => entityId === deal.id)?.state;
  const { id, displayName, customer, amountMinor, currency, expectedCloseDate, owner } = deal;
  return (
    <>
      <Link href={pathOf("Deal", id)} data-row className="card-title" draggable={false}>{displayName}</Link>
      {customer && <span className="card-line"><Building2 aria-hidden /> <span className="clip">{customer.displayName}</span></span>}
      <span className="card-line">
        {amountMinor != null && currency && <b className="number">{money(amountMinor, currency)}</b>}
        {expectedCloseDate && <span className="number">{dayOf(new Date(expectedCloseDate))}</span>}
        {(state === "queued" || state === "sending") && <Clock className="waits" aria-label="Waits on this device" />}
        {state === "conflict" && <Link href={pathOf("Deal", id)} className="card-conflict"><TriangleAlert aria-hidden /> Decide</Link>}
        {owner && <span className="push" title={owner.name}><Avatar person={owner} size="small" /><span className="visually-hidden">{owner.name}</span></span>}
      </span>
    </>
  );
}

import { useEffect, useRef, useState, type PointerEvent as ReactPointerEvent } from "react";
import type { Deal } from "../live/entities.js";
import { EdgeScroll } from "./edgeScroll.js";
import { useBoardValue } from "./useBoard.js";

/** How far a pointer moves before it is a drag and no click, in pixels. */
const threshold = 6;

/** How long a finger rests before it drags instead of scrolling, in milliseconds. */
const rest = 300;

interface Drag {
  readonly from: Deal;
  readonly card: HTMLElement;
  readonly startX: number;
  readonly startY: number;
  lifted: boolean;
  over: string | undefined;
}

/** Lets a card be dragged to another stage, by a mouse, a pen, or a finger that rests on it. Escape puts it back. */
export function useDragging(deal: Deal) {
  const board = useBoardValue();
  const [dragging, setDragging] = useState(false);
  const end = useRef<() => void>(() => {});
  useEffect(() => () => end.current(), []);
  const start = (event: ReactPointerEvent<HTMLElement>) => {
    if (event.button !== 0 || (event.target as Element).closest("button, [popover]")) return;
    const drag: Drag = { from: deal, card: event.currentTarget, startX: event.clientX, startY: event.clientY, lifted: false, over: undefined };
    const touch = event.pointerType === "touch";
    const lift = () => {
      drag.lifted = true;
      setDragging(true);
      board.hold(deal, deal.stage);
    };
    const waiting = touch ? setTimeout(lift, rest) : undefined;
    end.current = follow(drag, touch, lift, {
      over: (stage) => board.hold(deal, stage),
      done: (stage) => {
        clearTimeout(waiting);
        setDragging(false);
        if (drag.lifted) board.hold(deal, undefined);
        if (stage !== undefined) board.move(drag.from, stage);
      },
    });
  };
  return { dragging, start };
}

interface Outcome {
  over(stage: string): void;
  done(stage: string | undefined): void;
}

/** Follows the pointer until it is let go. Returns how to end that early. */
function follow(drag: Drag, touch: boolean, lift: () => void, outcome: Outcome): () => void {
  const ending = new AbortController();
  let at = { clientX: drag.startX, clientY: drag.startY };
  const place = () => {
    drag.card.style.translate = `${at.clientX - drag.startX + edges.distance}px ${at.clientY - drag.startY}px`;
    const stage = stageAt(at);
    if (stage !== undefined && stage !== drag.over) outcome.over((drag.over = stage));
  };
  const edges = new EdgeScroll(drag.card.closest(".board") ?? document.documentElement, place);
  const finish = (stage?: string) => {
    if (ending.signal.aborted) return;
    ending.abort();
    edges.end();
    drag.card.style.translate = "";
    if (drag.lifted) window.addEventListener("click", swallow, { capture: true, once: true });
    setTimeout(() => window.removeEventListener("click", swallow, { capture: true }));
    outcome.done(stage);
  };
  const move = (event: PointerEvent) => {
    const [x, y] = [event.clientX - drag.startX, event.clientY - drag.startY];
    if (!drag.lifted && Math.hypot(x, y) < threshold) return;
    if (!drag.lifted && touch) return finish();
    if (!drag.lifted) lift();
    at = event;
    place();
    edges.follow(event.clientX);
  };
  const options = { signal: ending.signal };
  window.addEventListener("pointermove", move, options);
  window.addEventListener("pointerup", (event) => finish(drag.lifted ? stageAt(event) : undefined), options);
  window.addEventListener("pointercancel", () => finish(), options);
  window.addEventListener("keydown", (event) => event.key === "Escape" && finish(), options);
  // While a finger drags, the page must not scroll, and the link under it opens no menu.
  window.addEventListener("touchmove", (event) => drag.lifted && event.preventDefault(), { ...options, passive: false });
  if (touch) window.addEventListener("contextmenu", (event) => event.preventDefault(), options);
  return finish;
}

function swallow(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
}

function stageAt({ clientX, clientY }: Pick<PointerEvent, "clientX" | "clientY">): string | undefined {
  const column = document.elementsFromPoint(clientX, clientY).find((element) => element instanceof HTMLElement && element.dataset["stage"]);
  return column instanceof HTMLElement ? column.dataset["stage"] : undefined;
}

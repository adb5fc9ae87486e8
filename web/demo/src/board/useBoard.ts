import { usePresence, useTandem } from "@tandem/react";
import type { Person } from "@tandem/client";
import { createContext, useCallback, useContext, useMemo, useState } from "react";
import { words } from "../format/words.js";
import type { Deal } from "../live/entities.js";

/** A deal that another person is moving now. */
export interface Moving {
  readonly dealId: string;
  /** The stage that they hold it over. */
  readonly stage: string;
  readonly by: Person;
}

/** The state that the columns and cards of a board share. */
export interface BoardValue {
  /** The stage that the own dragged deal is held over. */
  readonly over: string | undefined;
  /** The own dragged deal, as it was when the person took it. It stays in its place until they let it go. */
  readonly held: Deal | undefined;
  readonly moving: readonly Moving[];
  readonly deals: readonly Deal[];
  /** The last announcement to screen readers. */
  readonly said: string;
  announce(text: string): void;
  /** Shows everybody that a deal is held over a stage; undefined when it is let go. */
  hold(deal: Deal, stage: string | undefined): void;
  /** Moves a deal. `from` is how it was when the person took it, so that a move by somebody else meanwhile is a conflict. */
  move(from: Deal, stage: string): void;
}

export const BoardContext = createContext<BoardValue | undefined>(undefined);

/** Returns the board around a column or a card. */
export function useBoardValue(): BoardValue {
  const value = useContext(BoardContext);
  if (!value) throw new Error("Columns and cards need a board around them.");
  return value;
}

/** The room of everybody who has the board open. */
const room = "deals-board";
const separator = ">";

/** Makes the state of a board. */
export function useBoard(deals: readonly Deal[]): BoardValue {
  const tandem = useTandem();
  const { users, update } = usePresence(room);
  const [own, setOwn] = useState<{ readonly deal: Deal; readonly stage: string }>();
  const [said, announce] = useState("");
  const hold = useCallback((deal: Deal, stage: string | undefined) => {
    setOwn(stage === undefined ? undefined : { deal, stage });
    update({ editingField: stage === undefined ? null : `${deal.id}${separator}${stage}` });
  }, [update]);
  const move = useCallback((from: Deal, stage: string) => {
    if (from.stage === stage) return;
    announce(`${from.displayName} moved to ${words(stage)}`);
    const entity = tandem.entity("Deal", from.id);
    entity.save({ stage }, { stage: { version: from.version, seen: from.stage } }).catch((error: unknown) => announce(`Not moved: ${String(error)}`));
  }, [tandem]);
  const moving = useMemo(() => users.flatMap(({ isSelf, leaving, editingField, user }) => {
    const [dealId, stage] = editingField?.split(separator) ?? [];
    return !isSelf && !leaving && dealId && stage ? [{ dealId, stage, by: user }] : [];
  }), [users]);
  return useMemo(() => ({ over: own?.stage, held: own?.deal, moving, deals, said, announce, hold, move }), [own, moving, deals, said, hold, move]);
}

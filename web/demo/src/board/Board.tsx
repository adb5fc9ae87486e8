import { Plus, Table2 } from "lucide-react";
import { ConflictResolutionModal, useLiveList, useOutbox } from "@tandem/react";
import { useState } from "react";
import { Link } from "wouter";
import { CreateDialog } from "../create/CreateDialog.js";
import { sums } from "../format/money.js";
import { count } from "../format/words.js";
import { useCommands } from "../keys/commands.js";
import { FilterBar } from "../lists/FilterBar.js";
import { dealList, dealStages } from "../lists/lists.js";
import { moveInRows } from "../lists/rows.js";
import { useListSettings, type ListSettings } from "../lists/useListSettings.js";
import type { Deal } from "../live/entities.js";
import { useAway } from "../live/useAway.js";
import { useMayWrite } from "../live/useRole.js";
import { TopBar } from "../shell/TopBar.js";
import { NotHere } from "../ui/NotHere.js";
import { Notice } from "../ui/Notice.js";
import { Column } from "./Column.js";
import { BoardContext, useBoard, useBoardValue } from "./useBoard.js";
import "../styles/board.css";

const boardList = { ...dealList, orders: [["amount_desc", "Amount"], ["expected_close_asc", "Expected close"], ["updated_at_desc", "Last change"], ["name_asc", "Name"]] as const };

/** The deals by their stage. A deal moves by dragging, by keys, or by its menu; everybody sees who is moving it. */
export default function Board() {
  const settings = useListSettings(boardList);
  const deals = useLiveList<Deal>({ ...settings.query, pageSize: 100 });
  const board = useBoard(deals.items);
  const [creating, setCreating] = useState(false);
  const create = useMayWrite() ? () => setCreating(true) : undefined;
  useBoardCommands(create, board.announce);
  return (
    <BoardContext.Provider value={board}>
      <TopBar title="Deals">
        <Link href="/deals/table" className="button wide-only"><Table2 /> Table</Link>
        {create && <button type="button" className="button primary" onClick={create}><Plus /> <span className="wide-only">New deal</span><span className="narrow-only">New</span></button>}
      </TopBar>
      <FilterBar list={boardList} settings={settings} count={summary(deals)} />
      <Columns deals={deals} settings={settings} create={create} />
      <p className="visually-hidden" role="status">{board.said}</p>
      <OpenConflict />
      {creating && <CreateDialog type="Deal" onClose={() => setCreating(false)} />}
    </BoardContext.Provider>
  );
}

function summary({ items, totalCount }: { readonly items: readonly Deal[]; readonly totalCount: number | undefined }): string {
  if (totalCount === undefined) return "";
  const open = sums(items.filter(({ stage }) => stage !== "won" && stage !== "lost"));
  return open ? `${count(totalCount, "deal")} · ${open} open` : count(totalCount, "deal");
}

interface ColumnsProps {
  readonly deals: ReturnType<typeof useLiveList<Deal>>;
  readonly settings: ListSettings;
  /** Undefined for a person whose role lets them only read. */
  readonly create: (() => void) | undefined;
}

function Columns({ deals, settings, create }: ColumnsProps) {
  const { held } = useBoardValue();
  const away = useAway();
  if (deals.status === "error") return <Notice title="The deals could not be loaded" action={{ label: "Try again", run: () => void deals.reload() }}>{deals.error?.message}</Notice>;
  if (deals.status === "loading" && away) return <NotHere what="Deals" />;
  if (deals.status !== "loading" && deals.items.length === 0) {
    return settings.filtered
      ? <Notice title="No deal matches" action={{ label: "Remove all filters", run: () => settings.clear() }} />
      : <Notice title="No deals yet" action={create && { label: "New deal", run: create }}>{dealList.empty}</Notice>;
  }
  const stages = settings.chosen.length > 0 ? dealStages.filter((stage) => settings.chosen.includes(stage)) : dealStages;
  const items = deals.items.map((deal) => (deal.id === held?.id ? held : deal));
  return (
    <div className="scroll board" aria-busy={deals.status === "loading"}>
      {stages.map((stage) => <Column key={stage} stage={stage} deals={items.filter((deal) => deal.stage === stage)} loading={deals.status === "loading"} />)}
      {deals.hasMore && <button type="button" className="button quiet" onClick={() => void deals.loadMore()}>Show more deals</button>}
    </div>
  );
}

function useBoardCommands(create: (() => void) | undefined, announce: (text: string) => void): void {
  const explain = () => announce("Shift with the left and right arrow keys moves the focused deal.");
  useCommands([
    ...(create ? [{ id: "create", label: "New deal", group: "Create", keys: "c", run: create }] : []),
    { id: "next-row", label: "Next deal", group: "Lists", keys: "j", keysOnly: true, run: () => moveInRows(1) },
    { id: "previous-row", label: "Previous deal", group: "Lists", keys: "k", keysOnly: true, run: () => moveInRows(-1) },
    ...(create ? [
      { id: "stage-next", label: "Move the deal to the next stage", group: "Deals", keys: "shift+arrowright", keysOnly: true, run: explain },
      { id: "stage-previous", label: "Move the deal to the stage before", group: "Deals", keys: "shift+arrowleft", keysOnly: true, run: explain },
    ] : []),
  ]);
}

/** Asks what should hold when another person has moved the same deal. A person who decides later finds the question on the card. */
function OpenConflict() {
  const { records } = useOutbox();
  const [later, setLater] = useState<readonly string[]>([]);
  const conflict = records.find(({ entityType, state, conflict: open }) => entityType === "Deal" && state === "conflict" && open && !later.includes(open.id))?.conflict;
  if (!conflict) return null;
  return <ConflictResolutionModal isOpen conflictId={conflict.id} onResolve={() => {}} onCancel={() => setLater([...later, conflict.id])} />;
}

import { Inbox, Lock, SearchX, TriangleAlert } from "lucide-react";
import type { EntityData, EntityTypeName, RoomState } from "@tandem/client";
import { useTandem, type ListView } from "@tandem/react";
import { useMemo, useState, type UIEvent } from "react";
import { roomOf, typeWords } from "../live/entities.js";
import { useAway } from "../live/useAway.js";
import { useNow } from "../live/useNow.js";
import { constant, useReadable } from "../live/useReadable.js";
import { NotHere } from "../ui/NotHere.js";
import { Notice } from "../ui/Notice.js";
import { WaitingEdits } from "../ui/WaitingEdits.js";
import type { ListOf } from "./lists.js";
import { ListRow } from "./ListRow.js";
import { moveByArrows } from "./rows.js";
import { SkeletonRows } from "./SkeletonRows.js";
import type { ListSettings } from "./useListSettings.js";

interface ListBodyProps<T extends EntityData> {
  readonly list: ListOf<T>;
  readonly items: ListView<T>;
  readonly settings: ListSettings;
  /** Undefined for a person whose role lets them only read. */
  readonly create: (() => void) | undefined;
}

/** The rows of a list, or what there is in place of them. */
export function ListBody<T extends EntityData>({ list, items, settings, create }: ListBodyProps<T>) {
  const { one, many } = typeWords[list.type];
  const away = useAway();
  if (items.status === "error" && items.items.length === 0) {
    return <Notice icon={<TriangleAlert />} title={`The ${many.toLowerCase()} could not be loaded`} action={{ label: "Try again", run: () => void items.reload() }}>{items.error?.message}</Notice>;
  }
  if (items.status === "denied") return <Notice icon={<Lock />} title="You may not see this list">Ask an admin for access.</Notice>;
  if (items.status === "loading" && away && items.items.length === 0) return <NotHere what={many}><WaitingEdits type={list.type} /></NotHere>;
  if (items.status !== "loading" && items.items.length === 0) {
    return settings.filtered ? (
      <Notice icon={<SearchX />} title={`No ${one} matches`} action={{ label: "Remove all filters", run: () => settings.clear() }}>Nothing fits this search and these filters.</Notice>
    ) : (
      <Notice icon={<Inbox />} title={`No ${many.toLowerCase()} yet`} action={create && { label: `New ${one}`, run: create }}>{list.empty}</Notice>
    );
  }
  return <Rows list={list} items={items} />;
}

/** How far from the end the next page is read, in pixels. */
const ahead = 600;

function Rows<T extends EntityData>({ list, items }: Pick<ListBodyProps<T>, "list" | "items">) {
  const now = useNow();
  const rooms = useRooms(list.type, items.items);
  const entered = useEntered(items);
  const scroll = ({ currentTarget: { scrollTop, scrollHeight, clientHeight } }: UIEvent<HTMLElement>) => {
    items.hold(scrollTop > 0);
    if (items.hasMore && scrollHeight - scrollTop - clientHeight < ahead) void items.loadMore();
  };
  return (
    <div className="scroll list" onScroll={scroll} onKeyDown={moveByArrows} data-status={items.status}>
      {items.newCount > 0 && <button type="button" className="new-rows" onClick={items.showNew}>{items.newCount} new</button>}
      <table className="rows" aria-busy={items.status === "loading"}>
        <thead>
          <tr>
            <th scope="col">Name</th>
            {list.columns.map(({ title, width, hiddenWhen, numeric }) => <th key={title} scope="col" className={numeric ? "end" : undefined} style={{ width }} data-hidden={hiddenWhen}>{title}</th>)}
            <th scope="col" style={{ width: "92px" }} data-hidden="narrow">Here now</th>
          </tr>
        </thead>
        <tbody>
          {items.items.map((entity) => (
            <ListRow key={entity.id} list={list} entity={entity} now={now} room={rooms.get(roomOf(list.type, entity.id))} entered={entered.has(entity.id)} />
          ))}
          {(items.status === "loading" || items.loadingMore) && <SkeletonRows columns={list.columns.length + 2} />}
        </tbody>
      </table>
    </div>
  );
}

const most = 100;

const nobody = constant<ReadonlyMap<string, RoomState>>(new Map());

/** Returns who is on each row. It looks on, and enters no room. */
function useRooms(type: EntityTypeName, items: readonly EntityData[]): ReadonlyMap<string, RoomState> {
  const tandem = useTandem();
  const ids = items.slice(0, most).map(({ id }) => roomOf(type, id)).sort().join(" ");
  return useReadable(useMemo(() => (ids ? tandem.rooms(ids.split(" ")) : nobody), [tandem, ids]));
}

/** How many rows from the top can enter in sight. */
const inSight = 50;

/** Returns the ids of entities that entered the list after it was first shown, to let people see them come. */
function useEntered({ items, status, loadingMore }: ListView<EntityData>): ReadonlySet<string> {
  const [seen] = useState(() => ({ known: undefined as Set<string> | undefined, entered: new Set<string>() }));
  if (status === "live" && !loadingMore) {
    const { known, entered } = seen;
    if (known) items.slice(0, inSight).filter(({ id }) => !known.has(id)).forEach(({ id }) => entered.add(id));
    seen.known = new Set(items.map(({ id }) => id));
  }
  return seen.entered;
}

import { Plus } from "lucide-react";
import type { EntityData } from "@tandem/client";
import { useLiveList } from "@tandem/react";
import { useState, type ReactNode } from "react";
import { useCommands } from "../keys/commands.js";
import { count } from "../format/words.js";
import { typeWords } from "../live/entities.js";
import { useMayWrite } from "../live/useRole.js";
import { TopBar } from "../shell/TopBar.js";
import { CreateDialog } from "../create/CreateDialog.js";
import { FilterBar } from "./FilterBar.js";
import { ListBody } from "./ListBody.js";
import type { ListOf } from "./lists.js";
import { moveInRows } from "./rows.js";
import { useListSettings } from "./useListSettings.js";

interface EntityListProps<T extends EntityData> {
  readonly list: ListOf<T>;
  /** More in the head of the page. */
  readonly children?: ReactNode;
}

/** The list of all entities of a type: filtered, sorted, current, with the people who are on each. */
export function EntityList<T extends EntityData>({ list, children }: EntityListProps<T>) {
  const { one, many } = typeWords[list.type];
  const settings = useListSettings(list);
  const items = useLiveList<T>(settings.query);
  const all = useLiveList({ type: list.type, pageSize: 1 }).totalCount;
  const [creating, setCreating] = useState(false);
  const create = useMayWrite() ? () => setCreating(true) : undefined;
  useCommands([
    ...(create ? [{ id: "create", label: `New ${one}`, group: "Create", keys: "c", run: create }] : []),
    { id: "next-row", label: "Next row", group: "Lists", keys: "j", keysOnly: true, run: () => moveInRows(1) },
    { id: "previous-row", label: "Previous row", group: "Lists", keys: "k", keysOnly: true, run: () => moveInRows(-1) },
  ]);
  return (
    <>
      <TopBar title={many}>
        {children}
        {create && (
          <button type="button" className="button primary" onClick={create}>
            <Plus /> <span className="wide-only">New {one}</span><span className="narrow-only">New</span>
          </button>
        )}
      </TopBar>
      <FilterBar list={list} settings={settings} tags={list.tags && tagsOf(items.items, list.tags)} count={countText(items.totalCount, all, one, many.toLowerCase())} />
      <ListBody key={JSON.stringify(settings.query)} list={list} items={items} settings={settings} create={create} />
      {creating && <CreateDialog type={list.type} onClose={() => setCreating(false)} />}
    </>
  );
}

function countText(matching: number | undefined, all: number | undefined, one: string, many: string): string {
  if (matching === undefined) return "";
  return all === undefined || all === matching ? count(matching, one, many) : `${matching.toLocaleString("en")} of ${all.toLocaleString("en")}`;
}

function tagsOf<T>(items: readonly T[], tags: (item: T) => readonly string[]): readonly string[] {
  return [...new Set(items.flatMap(tags))].sort((a, b) => a.localeCompare(b));
}

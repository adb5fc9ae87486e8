import { Ellipsis, Trash2 } from "lucide-react";
import type { EntityData, EntityTypeName } from "@tandem/client";
import type { LiveData } from "@tandem/react";
import { useLocation } from "wouter";
import { pathOf, typeWords } from "../live/entities.js";
import { Menu, MenuItem } from "../ui/Menu.js";
import { offerUndo } from "./undo.js";

interface RecordMenuProps {
  readonly type: EntityTypeName;
  readonly list: string;
  readonly data: EntityData;
  readonly entity: Pick<LiveData<never>, "access" | "remove" | "restore">;
}

/** The menu of a record, for people who may delete it. */
export function RecordMenu({ type, list, data: { id, displayName }, entity: { access, remove, restore } }: RecordMenuProps) {
  const [, go] = useLocation();
  const removeAndLeave = async () => {
    await remove();
    offerUndo({ name: displayName, path: pathOf(type, id), restore });
    go(list);
  };
  if (!access?.canDelete) return null;
  return (
    <Menu className="button quiet icon" label="More" button={<Ellipsis />}>
      <MenuItem danger run={() => void removeAndLeave()}><Trash2 aria-hidden /> Delete this {typeWords[type].one}</MenuItem>
    </Menu>
  );
}

import { Bell, BellOff, Ellipsis, Eye, EyeOff, Trash2, type LucideIcon } from "lucide-react";
import type { EntityData, EntityTypeName } from "@tandem/client";
import type { LiveData } from "@tandem/react";
import { useLocation } from "wouter";
import { useCommands } from "../keys/commands.js";
import { pathOf, typeWords } from "../live/entities.js";
import { Menu, MenuItem } from "../ui/Menu.js";
import { offerUndo } from "./undo.js";
import { useWatch, type WatchAct } from "./useWatch.js";

interface RecordMenuProps {
  readonly type: EntityTypeName;
  readonly list: string;
  readonly data: EntityData;
  readonly entity: Pick<LiveData<never>, "access" | "remove" | "restore">;
}

interface Choice {
  readonly act: WatchAct;
  readonly label: string;
  readonly icon: LucideIcon;
}

const choices = {
  NONE: [{ act: "watch", label: "Watch", icon: Eye }, { act: "mute", label: "Mute", icon: BellOff }],
  WATCHING: [{ act: "unwatch", label: "Stop watching", icon: EyeOff }, { act: "mute", label: "Mute", icon: BellOff }],
  MUTED: [{ act: "unmute", label: "Unmute", icon: Bell }],
} as const satisfies Record<string, readonly Choice[]>;

/** The menu of a record: its notifications, and deleting it. The palette has the same. */
export function RecordMenu({ type, list, data: { id, displayName }, entity: { access, remove, restore } }: RecordMenuProps) {
  const [, go] = useLocation();
  const [watch, change] = useWatch(id);
  const { one } = typeWords[type];
  const offered: readonly Choice[] = watch ? choices[watch] : [];
  useCommands(offered.map(({ act, label }) => ({ id: act, label: `${label} this ${one}`, group: `This ${one}`, also: "notifications", run: () => change(act) })));
  const removeAndLeave = async () => {
    await remove();
    offerUndo({ name: displayName, path: pathOf(type, id), restore });
    go(list);
  };
  if (offered.length === 0 && !access?.canDelete) return null;
  return (
    <Menu className="button quiet icon" label="More" button={<Ellipsis />}>
      {offered.map(({ act, label, icon: Icon }) => <MenuItem key={act} run={() => change(act)}><Icon aria-hidden /> {label} this {one}</MenuItem>)}
      {access?.canDelete && <MenuItem danger run={() => void removeAndLeave()}><Trash2 aria-hidden /> Delete this {one}</MenuItem>}
    </Menu>
  );
}

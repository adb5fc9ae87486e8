import { BellOff, BellRing, Clock, Eye, EyeOff, Sunrise, type LucideIcon } from "lucide-react";
import type { EntityTypeName } from "@tandem/client";
import type { WatchState } from "../documents/documents.js";
import { useCommands } from "../keys/commands.js";
import { typeWords } from "../live/entities.js";
import { Menu, MenuItem } from "../ui/Menu.js";
import { useWatch, type WatchAct } from "./useWatch.js";

interface Choice {
  readonly act: WatchAct;
  /** Stands before the record. */
  readonly label: string;
  /** Stands after the record, and says for how long. */
  readonly time?: string;
  readonly icon: LucideIcon;
  readonly note?: string;
}

interface Shown {
  /** Beside the sign, where there is room. */
  readonly word: string;
  readonly label: string;
  readonly icon: LucideIcon;
  readonly choices: readonly Choice[];
}

const mutes: readonly Choice[] = [
  { act: "muteHour", label: "Mute", time: " for an hour", icon: Clock },
  { act: "muteDay", label: "Mute", time: " until tomorrow", icon: Sunrise },
  { act: "mute", label: "Mute", time: " until you unmute it", icon: BellOff, note: "Mentions and assignments still reach your inbox" },
];

const states: Readonly<Record<WatchState, Shown>> = {
  NONE: { word: "Not watching", label: "You are not watching this", icon: EyeOff, choices: [{ act: "watch", label: "Watch", icon: Eye }, ...mutes] },
  WATCHING: { word: "Watching", label: "You are watching this", icon: Eye, choices: [{ act: "unwatch", label: "Stop watching", icon: EyeOff }, ...mutes] },
  MUTED: { word: "Muted", label: "You muted this", icon: BellOff, choices: [{ act: "unmute", label: "Unmute", icon: BellRing, note: "Only mentions and assignments reach your inbox" }] },
};

/** Whether a record notifies the person, with a menu that changes it. The palette has the same choices. */
export function WatchMenu({ type, id }: { readonly type: EntityTypeName; readonly id: string }) {
  const [watch, change] = useWatch(id);
  const { one } = typeWords[type];
  const shown = watch && states[watch];
  useCommands((shown?.choices ?? []).map(({ act, label, time = "" }) => ({ id: act, label: `${label} this ${one}${time}`, group: `This ${one}`, also: "notifications", run: () => change(act) })));
  if (!shown) return null;
  const { icon: Sign, word, label, choices } = shown;
  return (
    <Menu className="button quiet" label={`${label} ${one}`} button={<><Sign aria-hidden /> <span className="wide-only">{word}</span></>}>
      {choices.map(({ act, label: does, time, icon: Icon, note }) => (
        <MenuItem key={act} run={() => change(act)}>
          <Icon aria-hidden /> <span>{does} this {one}{time}{note && <span className="menu-note">{note}</span>}</span>
        </MenuItem>
      ))}
    </Menu>
  );
}

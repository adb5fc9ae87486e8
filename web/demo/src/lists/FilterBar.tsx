import { ArrowDownWideNarrow, Calendar, ListFilter, Search, Tag, UserRound, X } from "lucide-react";
import { Avatar } from "@tandem/react";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { words } from "../format/words.js";
import { useMembers } from "../live/useMembers.js";
import { Menu, MenuItem } from "../ui/Menu.js";
import type { ListOf } from "./lists.js";
import type { ListSettings } from "./useListSettings.js";

const periods: Readonly<Record<number, string>> = { 1: "since yesterday", 7: "in the last 7 days", 30: "in the last 30 days" };

interface FilterBarProps {
  readonly list: Pick<ListOf<never>, "choices" | "orders">;
  readonly settings: ListSettings;
  /** How many match, as text. */
  readonly count: string;
  /** The tags to choose from. */
  readonly tags?: readonly string[] | undefined;
  /** Filters of the page's own, before the others. */
  readonly children?: ReactNode;
}

/** The filters and the order of a list, each as a chip that opens its choices. */
export function FilterBar({ list: { choices, orders }, settings, count, tags, children }: FilterBarProps) {
  const { chosen, order, set } = settings;
  const toggle = (value: string) => set({ [choices.name]: (chosen.includes(value) ? chosen.filter((each) => each !== value) : [...chosen, value]).join(",") });
  return (
    <div className="filters">
      {children}
      <SearchField value={settings.search} change={(q) => set({ q })} />
      <Filter label={choices.label} icon={<ListFilter />} value={chosen.map(words).join(", ")} clear={() => set({ [choices.name]: undefined })}>
        {choices.values.map((value) => (
          <MenuItem key={value} checked={chosen.includes(value)} several stays run={() => toggle(value)}>{words(value)}</MenuItem>
        ))}
      </Filter>
      <OwnerFilter settings={settings} />
      {tags && (
        <Filter label="Tag" icon={<Tag />} value={settings.tag ?? ""} clear={() => set({ tag: undefined })}>
          {tags.map((tag) => <MenuItem key={tag} checked={settings.tag === tag} run={() => set({ tag })}>{tag}</MenuItem>)}
        </Filter>
      )}
      <Filter label="Updated" icon={<Calendar />} value={settings.days ? periods[settings.days] ?? `${settings.days} days` : ""} clear={() => set({ days: undefined })}>
        {Object.entries(periods).map(([days, label]) => <MenuItem key={days} checked={settings.days === Number(days)} run={() => set({ days })}>{label}</MenuItem>)}
      </Filter>
      <span className="count push number" role="status">{count}</span>
      {orders.length > 1 && <Menu className="button quiet" label={`Sorted by ${orders.find(([name]) => name === order)?.[1]}`} button={<><ArrowDownWideNarrow /> {orders.find(([name]) => name === order)?.[1]}</>}>
        {orders.map(([name, label]) => (
          <MenuItem key={name} checked={name === order} run={() => set({ sort: name })}>{label}</MenuItem>
        ))}
      </Menu>}
    </div>
  );
}

function OwnerFilter({ settings: { owner, set } }: { readonly settings: ListSettings }) {
  const members = useMembers();
  const name = owner === "nobody" ? "nobody" : members.find(({ id }) => id === owner)?.name ?? owner ?? "";
  return (
    <Filter label="Owner" icon={<UserRound />} value={name} clear={() => set({ owner: undefined })}>
      {members.map((person) => (
        <MenuItem key={person.id} checked={owner === person.id} run={() => set({ owner: person.id })}>
          <Avatar person={person} size="small" /> {person.name}
        </MenuItem>
      ))}
      <MenuItem checked={owner === "nobody"} run={() => set({ owner: "nobody" })}>Nobody</MenuItem>
    </Filter>
  );
}

interface FilterProps {
  readonly label: string;
  readonly icon: ReactNode;
  readonly value: string;
  readonly children: ReactNode;
  clear(): void;
}

function Filter({ label, icon, value, children, clear }: FilterProps) {
  return (
    <span className={value ? "filter set" : "filter"}>
      <Menu className="filter-button" label={value ? `${label} is ${value}` : `Filter by ${label.toLowerCase()}`} button={value ? `${label} is ${value}` : <>{icon} {label}</>}>
        {children}
      </Menu>
      {value && (
        <button type="button" className="filter-clear" aria-label={`Remove the filter ${label}`} onClick={clear}>
          <X />
        </button>
      )}
    </span>
  );
}

/** How long the typing pauses before the search begins, in milliseconds. */
const pause = 200;

function SearchField({ value, change }: { readonly value: string; readonly change: (text: string) => void }) {
  const [text, setText] = useState(value);
  const latest = useRef(change);
  useEffect(() => void (latest.current = change));
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => latest.current(text.trim()), pause);
    return () => clearTimeout(timer);
  }, [text, value]);
  return (
    <label className="filter-search">
      <Search aria-hidden />
      <input type="search" aria-label="Search in this list" placeholder="Search" value={text} onChange={(event) => setText(event.target.value)} />
    </label>
  );
}

import { Calendar, Plus, SearchX, TriangleAlert } from "lucide-react";
import { Avatar, useLiveList } from "@tandem/react";
import { useState } from "react";
import { Link } from "wouter";
import { CreateDialog } from "../create/CreateDialog.js";
import { timeOf } from "../format/time.js";
import { count } from "../format/words.js";
import { useCommands } from "../keys/commands.js";
import { FilterBar } from "../lists/FilterBar.js";
import { meetingStatuses } from "../lists/lists.js";
import { moveByArrows, moveInRows } from "../lists/rows.js";
import { useListSettings, type ListSettings } from "../lists/useListSettings.js";
import { pathOf, type Meeting } from "../live/entities.js";
import { useAway } from "../live/useAway.js";
import { useMayWrite } from "../live/useRole.js";
import { useNow } from "../live/useNow.js";
import { TopBar } from "../shell/TopBar.js";
import { NotHere } from "../ui/NotHere.js";
import { Notice } from "../ui/Notice.js";
import { Status } from "../ui/Status.js";
import { daysOf, startOfDay } from "./days.js";
import "../styles/agenda.css";

/** The agenda is always by time: the next meetings first, or the last ones. */
const meetingList = { type: "Meeting", choices: { name: "status", label: "Status", values: meetingStatuses }, orders: [] } as const;

type Which = "coming" | "past";

/** The meetings day by day, those to come first. */
export default function Agenda() {
  const settings = useListSettings(meetingList);
  const [which, setWhich] = useState<Which>("coming");
  const [creating, setCreating] = useState(false);
  const today = startOfDay(new Date(useNow()));
  const coming = which === "coming";
  const meetings = useLiveList<Meeting>({ type: "Meeting", filter: { ...settings.query.filter, ...(coming ? { startsAfter: today } : { startsBefore: today }) }, orderBy: coming ? "starts_at_asc" : "starts_at_desc", pageSize: 100 });
  const create = useMayWrite() ? () => setCreating(true) : undefined;
  useCommands([
    ...(create ? [{ id: "create", label: "New meeting", group: "Create", keys: "c", run: create }] : []),
    { id: "next-row", label: "Next meeting", group: "Lists", keys: "j", keysOnly: true, run: () => moveInRows(1) },
    { id: "previous-row", label: "Previous meeting", group: "Lists", keys: "k", keysOnly: true, run: () => moveInRows(-1) },
  ]);
  return (
    <>
      <TopBar title="Meetings">
        {create && <button type="button" className="button primary" onClick={create}><Plus /> <span className="wide-only">New meeting</span><span className="narrow-only">New</span></button>}
      </TopBar>
      <FilterBar list={meetingList} settings={settings} count={meetings.totalCount === undefined ? "" : `${count(meetings.totalCount, "meeting")} ${coming ? "to come" : "in the past"}`}>
        {(["coming", "past"] as const).map((each) => (
          <button key={each} type="button" className={each === which ? "filter set filter-button" : "filter filter-button"} aria-pressed={each === which} onClick={() => setWhich(each)}>
            {each === "coming" ? "Coming" : "Past"}
          </button>
        ))}
      </FilterBar>
      <Days meetings={meetings} which={which} settings={settings} create={create} />
      {creating && <CreateDialog type="Meeting" onClose={() => setCreating(false)} />}
    </>
  );
}

interface DaysProps {
  readonly meetings: ReturnType<typeof useLiveList<Meeting>>;
  readonly which: Which;
  readonly settings: ListSettings;
  /** Undefined for a person whose role lets them only read. */
  readonly create: (() => void) | undefined;
}

function Days({ meetings, which, settings, create }: DaysProps) {
  const now = useNow();
  const away = useAway();
  if (meetings.status === "error") return <Notice icon={<TriangleAlert />} title="The meetings could not be loaded" action={{ label: "Try again", run: () => void meetings.reload() }}>{meetings.error?.message}</Notice>;
  if (meetings.status === "loading" && away) return <NotHere what="Meetings" />;
  if (meetings.status !== "loading" && meetings.items.length === 0 && settings.filtered) return <Notice icon={<SearchX />} title="No meeting matches" action={{ label: "Remove all filters", run: () => settings.clear() }}>Nothing fits this search and these filters.</Notice>;
  if (meetings.status !== "loading" && meetings.items.length === 0) return <Notice icon={<Calendar />} title={which === "coming" ? "No meetings to come" : "No meetings in the past"} action={create && { label: "New meeting", run: create }} />;
  return (
    <div className="scroll agenda" onKeyDown={moveByArrows} aria-busy={meetings.status === "loading"}>
      {daysOf(meetings.items, now).map(({ key, label, detail, items }) => (
        <section key={key} aria-label={`${label}, ${detail}`}>
          <h2>{label} <span>{detail}</span></h2>
          <ul>{items.map((meeting) => <Line key={meeting.id} meeting={meeting} now={now} />)}</ul>
        </section>
      ))}
      {meetings.hasMore && <button type="button" className="button quiet" onClick={() => void meetings.loadMore()}>Show more</button>}
    </div>
  );
}

function Line({ meeting, now }: { readonly meeting: Meeting; readonly now: number }) {
  const { id, displayName, startsAt, endsAt, customer, location, attendees, owner, status } = meeting;
  const running = startsAt.getTime() <= now && now < endsAt.getTime();
  const people = [...(owner ? [owner] : []), ...attendees.filter((each) => each.id !== owner?.id)];
  return (
    <li>
      <Link href={pathOf("Meeting", id)} data-row className={running ? "agenda-line running" : "agenda-line"}>
        <time dateTime={startsAt.toISOString()} className="number">{timeOf(startsAt)}<span className="faint"> – {timeOf(endsAt)}</span></time>
        <span className="agenda-what"><b className="clip">{displayName}</b><span className="faint clip">{[customer?.displayName, location].filter(Boolean).join(" · ")}</span></span>
        {status === "scheduled" ? <span /> : <Status value={status} />}
        <ul className="stack" aria-label="People invited">
          {people.slice(0, 4).map((person) => <li key={person.id} title={person.name}><Avatar person={person} size="small" /><span className="visually-hidden">{person.name}</span></li>)}
          {people.length > 4 && <li className="more">+{people.length - 4}</li>}
        </ul>
      </Link>
    </li>
  );
}

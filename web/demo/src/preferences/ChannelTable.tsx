import { RotateCcw } from "lucide-react";
import type { NotificationChannel, PreferencesFragment } from "../documents/documents.js";
import { channels, kinds } from "./kinds.js";
import { ProblemAt } from "./problems.js";
import type { LivePreferences } from "./usePreferences.js";

interface ChannelTableProps {
  readonly preferences: PreferencesFragment;
  readonly problem: LivePreferences["problem"];
  save: LivePreferences["save"];
}

/**
 * A table of all kinds of notifications, with a check box for each channel, and what takes the person's choices back. A channel that the server
 * can't use can only be unchecked.
 */
export function ChannelTable({ preferences, problem, save }: ChannelTableProps) {
  const chosen = preferences.channels.filter(({ isDefault }) => !isDefault);
  return (
    <>
      <Table preferences={preferences} problem={problem} save={save} />
      <div className="preferences-own">
        <p className="muted">{chosen.length === 0 ? "You follow the defaults of the company." : "Where you did not choose, you follow the defaults of the company."}</p>
        <button type="button" className="button" disabled={chosen.length === 0} onClick={() => save({ channels: chosen.map(({ kind }) => ({ kind, channels: null })) })}>
          <RotateCcw aria-hidden /> Use the defaults for all
        </button>
      </div>
      <ProblemAt place="channels" problem={problem} />
    </>
  );
}

function Table({ preferences, problem, save }: ChannelTableProps) {
  return (
    <table className="channels">
      <thead>
        <tr>
          <th scope="col">Notify me of</th>
          {channels.map(({ channel, label }) => <th key={channel} scope="col">{label}</th>)}
          <th scope="col"><span className="visually-hidden">Default</span></th>
        </tr>
      </thead>
      <tbody>
        {preferences.channels.map((row) => <Row key={row.kind} row={row} available={preferences.availableChannels} problem={problem} save={save} />)}
      </tbody>
    </table>
  );
}

interface RowProps {
  readonly row: PreferencesFragment["channels"][number];
  readonly available: readonly NotificationChannel[];
  readonly problem: LivePreferences["problem"];
  save: LivePreferences["save"];
}

function Row({ row: { kind, channels: chosen, isDefault }, available, problem, save }: RowProps) {
  const { label, when } = kinds[kind];
  const toggle = (channel: NotificationChannel, on: boolean) =>
    save({ channels: [{ kind, channels: on ? [...chosen, channel] : chosen.filter((each) => each !== channel) }] });
  return (
    <tr>
      <th scope="row">{label}<span className="channels-when">{when}</span><ProblemAt place={kind} problem={problem} /></th>
      {channels.map(({ channel, label: by }) => (
        <td key={channel}>
          <label className="channels-box">
            <input type="checkbox" aria-label={`${label}: ${by}`} disabled={!available.includes(channel) && !chosen.includes(channel)}
              checked={chosen.includes(channel)} onChange={(event) => toggle(channel, event.currentTarget.checked)} />
          </label>
        </td>
      ))}
      <td>
        {!isDefault && (
          <button type="button" className="button quiet" aria-label={`${label}: use the default`} title="Use the default of the company" onClick={() => save({ channels: [{ kind, channels: null }] })}>
            <RotateCcw aria-hidden /> <span className="channels-word">Default</span>
          </button>
        )}
      </td>
    </tr>
  );
}

import { RotateCcw } from "lucide-react";
import type { PreferencesFragment } from "../documents/documents.js";
import { channels, kinds } from "./kinds.js";
import { ProblemAt } from "./problems.js";
import type { LivePreferences } from "./usePreferences.js";

interface ChannelTableProps extends Pick<LivePreferences, "problem" | "save" | "setChannel"> {
  readonly preferences: PreferencesFragment;
}

/**
 * A table of all kinds of notifications, with a check box for each channel, and what takes the person's choices back. A channel that the server
 * can't use can only be unchecked.
 */
export function ChannelTable(props: ChannelTableProps) {
  const { preferences, problem, save } = props;
  const chosen = preferences.channels.filter(({ isDefault }) => !isDefault);
  return (
    <>
      <Table {...props} />
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

function Table({ preferences, ...change }: ChannelTableProps) {
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
        {preferences.channels.map((row) => <Row key={row.kind} row={row} available={preferences.availableChannels} {...change} />)}
      </tbody>
    </table>
  );
}

interface RowProps extends Omit<ChannelTableProps, "preferences"> {
  readonly row: PreferencesFragment["channels"][number];
  readonly available: PreferencesFragment["availableChannels"];
}

function Row({ row: { kind, channels: chosen, isDefault }, available, problem, save, setChannel }: RowProps) {
  const { label, when } = kinds[kind];
  return (
    <tr>
      <th scope="row">{label}<span className="channels-when">{when}</span><ProblemAt place={kind} problem={problem} /></th>
      {channels.map(({ channel, label: by }) => (
        <td key={channel}>
          <label className="channels-box">
            <input type="checkbox" aria-label={`${label}: ${by}`} disabled={!available.includes(channel) && !chosen.includes(channel)}
              checked={chosen.includes(channel)} onChange={(event) => setChannel(kind, channel, event.currentTarget.checked)} />
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

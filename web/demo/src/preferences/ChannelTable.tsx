import { RotateCcw } from "lucide-react";
import type { NotificationChannel, NotificationKind, PreferencesFragment } from "../documents/documents.js";
import type { LivePreferences } from "./usePreferences.js";

const channels: readonly { readonly channel: NotificationChannel; readonly label: string }[] = [
  { channel: "IN_APP", label: "Inbox" },
  { channel: "PUSH", label: "Push" },
  { channel: "EMAIL", label: "E-mail" },
];

const kinds: Readonly<Record<NotificationKind, { readonly label: string; readonly when: string }>> = {
  MENTION: { label: "Mentions", when: "Somebody mentions you in a comment" },
  ASSIGNMENT: { label: "Assignments", when: "You become an owner, or are invited to a meeting" },
  COMMENT: { label: "Comments", when: "On what you own, created or commented on" },
  CONFLICT: { label: "Conflicts", when: "Your edit and another one differ" },
  CONFLICT_RESOLVED: { label: "Resolved conflicts", when: "Somebody else resolves a conflict of yours" },
  ENTITY_DELETED: { label: "Deletions", when: "Something of yours is deleted" },
  ACCESS_CHANGED: { label: "Access", when: "Your role or your access changes" },
  WATCHED: { label: "Watched records", when: "Something you watch changes" },
};

interface ChannelTableProps {
  readonly preferences: PreferencesFragment;
  save: LivePreferences["save"];
}

/** A table of all kinds of notifications, with a check box for each channel. A channel that the server can't use can only be unchecked. */
export function ChannelTable({ preferences, save }: ChannelTableProps) {
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
        {preferences.channels.map((row) => <Row key={row.kind} row={row} available={preferences.availableChannels} save={save} />)}
      </tbody>
    </table>
  );
}

interface RowProps {
  readonly row: PreferencesFragment["channels"][number];
  readonly available: readonly NotificationChannel[];
  save: LivePreferences["save"];
}

function Row({ row: { kind, channels: chosen, isDefault }, available, save }: RowProps) {
  const { label, when } = kinds[kind];
  const toggle = (channel: NotificationChannel, on: boolean) =>
    save({ channels: [{ kind, channels: on ? [...chosen, channel] : chosen.filter((each) => each !== channel) }] });
  return (
    <tr>
      <th scope="row">{label}<span className="channels-when">{when}</span></th>
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
          <button type="button" className="button quiet icon" aria-label={`${label}: use the default`} title="Use the default" onClick={() => save({ channels: [{ kind, channels: null }] })}>
            <RotateCcw />
          </button>
        )}
      </td>
    </tr>
  );
}

import { useId, useState } from "react";
import type { DigestFrequency, PreferencesFragment } from "../documents/documents.js";
import { timeOf } from "../format/time.js";
import type { LivePreferences } from "./usePreferences.js";

/** The props of a field of the preferences. */
export interface WhenFieldsProps {
  readonly preferences: PreferencesFragment;
  save: LivePreferences["save"];
}

const night = { from: "22:00", to: "07:00" };

const frequencies: readonly { readonly digest: DigestFrequency; readonly label: string }[] = [
  { digest: "NONE", label: "Never" },
  { digest: "HOURLY", label: "Every hour" },
  { digest: "DAILY", label: `Every day at ${timeOf(new Date(2000, 0, 1, 8))}` },
];

/** The quiet hours of the person. */
export function QuietHoursFields({ preferences: { quietHours }, save }: WhenFieldsProps) {
  const id = useId();
  const change = (part: "from" | "to", value: string) => {
    if (quietHours && value) save({ quietHours: { ...quietHours, [part]: value } });
  };
  return (
    <>
      <label className="check">
        <input type="checkbox" checked={quietHours !== null} onChange={(event) => save({ quietHours: event.currentTarget.checked ? night : null })} />
        Quiet hours
      </label>
      {quietHours && (
        <div className="quiet-times">
          {(["from", "to"] as const).map((part) => (
            <div key={part} className="field">
              <label htmlFor={`${id}${part}`}>{part === "from" ? "From" : "To"}</label>
              <TimeField id={`${id}${part}`} value={quietHours[part]} save={(value) => change(part, value)} />
            </div>
          ))}
        </div>
      )}
    </>
  );
}

/** A time that is saved when the person leaves the field or presses Enter: while they type, it is another one. */
function TimeField({ id, value, save }: { readonly id: string; readonly value: string; save(value: string): void }) {
  const [typed, setTyped] = useState<string>();
  const end = () => {
    setTyped(undefined);
    if (typed && typed !== value) save(typed);
  };
  return (
    <input id={id} type="time" className="input" value={typed ?? value} onChange={(event) => setTyped(event.currentTarget.value)} onBlur={end}
      onKeyDown={(event) => event.key === "Enter" && end()} />
  );
}

/** The id of the field of the digest, which is on the page once. */
export const digestId = "preferences-digest";

/** How often the person gets an e-mail. */
export function DigestField({ preferences: { digest }, save }: WhenFieldsProps) {
  return (
    <div className="field">
      <label htmlFor={digestId}>Digest by e-mail</label>
      <select id={digestId} className="input" value={digest} onChange={(event) => save({ digest: event.currentTarget.value as DigestFrequency })}>
        {frequencies.map((each) => <option key={each.digest} value={each.digest}>{each.label}</option>)}
      </select>
    </div>
  );
}

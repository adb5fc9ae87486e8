import { useId, useMemo } from "react";
import type { DigestFrequency, PreferencesFragment } from "../documents/documents.js";
import type { LivePreferences } from "./usePreferences.js";

interface WhenFieldsProps {
  readonly preferences: PreferencesFragment;
  save: LivePreferences["save"];
}

const night = { from: "22:00", to: "07:00" };

const frequencies: readonly { readonly digest: DigestFrequency; readonly label: string }[] = [
  { digest: "NONE", label: "Never" },
  { digest: "HOURLY", label: "Every hour" },
  { digest: "DAILY", label: "Every day at 08:00" },
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
              <input id={`${id}${part}`} type="time" className="input" value={quietHours[part]} onChange={(event) => change(part, event.currentTarget.value)} />
            </div>
          ))}
        </div>
      )}
    </>
  );
}

/** The time zone of the person, with an offer to use that of the device. */
export function TimeZoneField({ preferences: { timeZone }, save }: WhenFieldsProps) {
  const id = useId();
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const zones = useMemo(() => [...new Set(["UTC", here, timeZone, ...Intl.supportedValuesOf("timeZone")])].sort(), [here, timeZone]);
  return (
    <div className="field">
      <label htmlFor={id}>Time zone</label>
      <select id={id} className="input" value={timeZone} onChange={(event) => save({ timeZone: event.currentTarget.value })}>
        {zones.map((zone) => <option key={zone} value={zone}>{zone.replaceAll("_", " ")}</option>)}
      </select>
      {here !== timeZone && <button type="button" className="button quiet use-here" onClick={() => save({ timeZone: here })}>Use {here.replaceAll("_", " ")}, as on this device</button>}
    </div>
  );
}

/** How often the person gets an e-mail. */
export function DigestField({ preferences: { digest }, save }: WhenFieldsProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>Digest by e-mail</label>
      <select id={id} className="input" value={digest} onChange={(event) => save({ digest: event.currentTarget.value as DigestFrequency })}>
        {frequencies.map((each) => <option key={each.digest} value={each.digest}>{each.label}</option>)}
      </select>
    </div>
  );
}

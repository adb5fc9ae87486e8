import { useId, useMemo } from "react";
import { ProblemAt } from "./problems.js";
import type { WhenFieldsProps } from "./WhenFields.js";
import { presentZone, zoneHere, zonesByRegion, zoneWords } from "./zones.js";

/** The time zone of the person, with an offer to use that of the device. Their own is the first of the list, and all are grouped by their part of the world. */
export function TimeZoneField({ preferences: { timeZone }, problem, save }: WhenFieldsProps) {
  const id = useId();
  const own = presentZone(timeZone);
  const here = zoneHere();
  const first = [...new Set([own, here, "UTC"])];
  const groups = useMemo(zonesByRegion, []);
  const choose = (zone: string) => save({ timeZone: presentZone(zone) });
  return (
    <div className="field">
      <label htmlFor={id}>Time zone</label>
      <select id={id} className="input" value={own} onChange={(event) => choose(event.currentTarget.value)}>
        {first.map((zone) => <option key={zone} value={zone}>{zoneWords(zone)}</option>)}
        {[...groups].map(([region, zones]) => (
          <optgroup key={region} label={region}>
            {zones.map(({ zone, label }) => !first.includes(zone) && <option key={zone} value={zone}>{label}</option>)}
          </optgroup>
        ))}
      </select>
      <ProblemAt place="timeZone" problem={problem} />
      {here !== own && <button type="button" className="button use-here" onClick={() => choose(here)}>Use {zoneWords(here)}, as on this device</button>}
    </div>
  );
}

import { useId, useMemo } from "react";
import type { WhenFieldsProps } from "./WhenFields.js";

/** The time zone of the person, with an offer to use that of the device. Their own is the first of the list, and the others are grouped by their part of the world. */
export function TimeZoneField({ preferences: { timeZone }, save }: WhenFieldsProps) {
  const id = useId();
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const own = useMemo(() => [...new Set([timeZone, here, "UTC"])], [here, timeZone]);
  const groups = useMemo(() => zonesByRegion(own), [own]);
  return (
    <div className="field">
      <label htmlFor={id}>Time zone</label>
      <select id={id} className="input" value={timeZone} onChange={(event) => save({ timeZone: event.currentTarget.value })}>
        {own.map((zone) => <option key={zone} value={zone}>{nameOf(zone)}</option>)}
        {[...groups].map(([region, zones]) => (
          <optgroup key={region} label={region}>
            {zones.map((zone) => <option key={zone} value={zone}>{nameOf(zone.slice(region.length + 1))}</option>)}
          </optgroup>
        ))}
      </select>
      {here !== timeZone && <button type="button" className="button quiet use-here" onClick={() => save({ timeZone: here })}>Use {nameOf(here)}, as on this device</button>}
    </div>
  );
}

const nameOf = (zone: string) => zone.replaceAll("_", " ");

/** Returns the zones that the browser knows by their part of the world, without those that are listed before. */
function zonesByRegion(listed: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const zone of Intl.supportedValuesOf("timeZone")) {
    if (listed.includes(zone) || !zone.includes("/")) continue;
    const region = zone.slice(0, zone.indexOf("/"));
    groups.set(region, [...(groups.get(region) ?? []), zone]);
  }
  return groups;
}

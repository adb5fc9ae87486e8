/** The names of zones that browsers still list by an earlier one. Servers know both. */
const renamed: Readonly<Record<string, string>> = {
  "Africa/Asmera": "Africa/Asmara",
  "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
  "America/Catamarca": "America/Argentina/Catamarca",
  "America/Coral_Harbour": "America/Atikokan",
  "America/Cordoba": "America/Argentina/Cordoba",
  "America/Godthab": "America/Nuuk",
  "America/Indianapolis": "America/Indiana/Indianapolis",
  "America/Jujuy": "America/Argentina/Jujuy",
  "America/Louisville": "America/Kentucky/Louisville",
  "America/Mendoza": "America/Argentina/Mendoza",
  "Asia/Calcutta": "Asia/Kolkata",
  "Asia/Katmandu": "Asia/Kathmandu",
  "Asia/Rangoon": "Asia/Yangon",
  "Asia/Saigon": "Asia/Ho_Chi_Minh",
  "Atlantic/Faeroe": "Atlantic/Faroe",
  "Europe/Kiev": "Europe/Kyiv",
  "Pacific/Enderbury": "Pacific/Kanton",
  "Pacific/Ponape": "Pacific/Pohnpei",
  "Pacific/Truk": "Pacific/Chuuk",
};

/** Returns the present name of a zone. */
export function presentZone(zone: string): string {
  return renamed[zone] ?? zone;
}

/** Returns the zone of the device. */
export function zoneHere(): string {
  return presentZone(Intl.DateTimeFormat().resolvedOptions().timeZone);
}

/** Returns a zone as people read it: "Asia/Ho Chi Minh". */
export function zoneWords(zone: string): string {
  return presentZone(zone).replaceAll("_", " ");
}

/** A zone in a list. */
export interface ZoneOption {
  readonly zone: string;
  readonly label: string;
}

const byName = new Intl.Collator("en").compare;

/**
 * Returns the zones that the browser knows by their part of the world, by name. Under the earlier name of its place a zone is listed once
 * more, with the present one, so that typing either finds it. A zone that only got a longer name is listed by its place, which people look for.
 */
export function zonesByRegion(): ReadonlyMap<string, readonly ZoneOption[]> {
  const groups = new Map<string, ZoneOption[]>();
  const add = (region: string, option: ZoneOption) => groups.set(region, [...(groups.get(region) ?? []), option]);
  const short = new Set(Object.entries(renamed).filter(([earlier, zone]) => placeOf(earlier) === placeOf(zone)).map(([, zone]) => zone));
  for (const zone of new Set(Intl.supportedValuesOf("timeZone").map(presentZone))) {
    const [region = "", ...rest] = zone.split("/");
    if (rest.length > 0) add(region, { zone, label: short.has(zone) ? placeOf(zone) : rest.join("/").replaceAll("_", " ") });
  }
  for (const [zone, present] of Object.entries(renamed)) {
    if (!short.has(present)) add(zone.split("/")[0] ?? "", { zone, label: `${placeOf(zone)}, now ${placeOf(present)}` });
  }
  for (const group of groups.values()) group.sort((a, b) => byName(a.label, b.label));
  return new Map([...groups].sort(([a], [b]) => byName(a, b)));
}

/** Returns the place that a zone is named for: "Ho Chi Minh". */
function placeOf(zone: string): string {
  return zone.split("/").at(-1)?.replaceAll("_", " ") ?? zone;
}

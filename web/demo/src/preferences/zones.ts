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

/**
 * Returns the zones that the browser knows by their part of the world, by name. Under an earlier name a zone is listed once more, with the
 * present one, so that typing either finds it.
 */
export function zonesByRegion(): ReadonlyMap<string, readonly ZoneOption[]> {
  const earlier = Object.keys(renamed);
  const zones = new Set([...Intl.supportedValuesOf("timeZone").map(presentZone), ...earlier]);
  const groups = new Map<string, ZoneOption[]>();
  for (const zone of [...zones].sort()) {
    const [region = "", ...rest] = zone.split("/");
    if (rest.length === 0) continue;
    const name = rest.join("/").replaceAll("_", " ");
    const present = renamed[zone]?.split("/").at(-1)?.replaceAll("_", " ");
    const label = present === undefined || present === name ? name : `${name}, now ${present}`;
    groups.set(region, [...(groups.get(region) ?? []), { zone, label }]);
  }
  return groups;
}

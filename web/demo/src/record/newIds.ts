/*
 * The ids that the server gave to the entities that were created on this device. An address with the id of the device leads
 * to the entity by them, also after a reload.
 */

import { idIn } from "../live/entities.js";

const place = "tandem-demo-created";

/** The number of ids that are stored. The oldest go first. */
const most = 100;

const known = new Map<string, string>(stored());

/** Keeps the id that the server gave to a new entity. */
export function keepActualId(id: string, actual: string): void {
  known.set(id, actual);
  try {
    // Another tab may have stored some meanwhile.
    localStorage.setItem(place, JSON.stringify([...new Map([...stored(), [id, actual]])].slice(-most)));
  } catch {
    // Without storage the old address leads nowhere after a reload.
  }
}

/** Returns the id that the server knows an entity by; undefined for a new one that this device does not know. */
export function actualIdOf(id: string): string | undefined {
  return isNew(id) ? known.get(id) : id;
}

/** Reports whether an id is that of a device, which entities have until the server has created them. */
export function isNew(id: string): boolean {
  return id.startsWith("new:");
}

/** Reports whether two addresses are of one page, because the server has given its entity another id. */
export function isRenamed(from: string, to: string): boolean {
  const [, list, id = ""] = from.split("/");
  const actual = known.get(idIn(id) ?? "");
  return actual !== undefined && to === `/${list}/${encodeURIComponent(actual)}`;
}

function stored(): [string, string][] {
  try {
    return JSON.parse(localStorage.getItem(place) ?? "[]") as [string, string][];
  } catch {
    return [];
  }
}

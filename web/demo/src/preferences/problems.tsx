import { CircleCheck, TriangleAlert } from "lucide-react";
import type { NotificationKind, NotificationPreferencesInput } from "../documents/documents.js";

/** A place of the page whose change may fail: a row of the table of channels, a field, or a section. */
export type Place = NotificationKind | "channels" | "quietHours" | "timeZone" | "digest" | "muted" | "defaults" | "pushContent";

/** Why a change was not stored, and where it was made. */
export interface Problem {
  readonly place: Place;
  readonly text: string;
}

/** An answer of the server that refuses a change, in words of the API. */
export class Refusal extends Error {}

/** The page's words for a refusal. Other places offer nothing that a server of the same version refuses. */
const refusals: Partial<Record<Place, string>> = {
  quietHours: "These can’t be quiet hours. Choose two times that differ.",
  timeZone: "The server does not know this time zone. Choose another one with the same time.",
};

/** Returns the place of a change. */
export function placeOf({ channels, quietHours, timeZone }: NotificationPreferencesInput): Place {
  if (channels?.[0]) return channels.length === 1 ? channels[0].kind : "channels";
  if (quietHours !== undefined) return "quietHours";
  return timeZone === undefined ? "digest" : "timeZone";
}

/** Returns why a change failed, in words of the page. */
export function problemOf(place: Place, error: unknown): Problem {
  if (error instanceof Refusal) return { place, text: refusals[place] ?? "The server refused this change. Load the page again, and try once more." };
  return { place, text: error instanceof Error ? error.message : String(error) };
}

/** The problem of a place, beside what was changed there. */
export function ProblemAt({ place, problem, id }: { readonly place: Place; readonly problem: Problem | undefined; readonly id?: string }) {
  if (problem?.place !== place) return null;
  return <p id={id} role="alert" className="preferences-problem"><TriangleAlert aria-hidden /> {problem.text}</p>;
}

interface ChangedAtProps {
  readonly place: Place;
  readonly changed: Place | undefined;
  readonly children: string;
}

/** A message beside what was changed for everybody, once that is stored. */
export function ChangedAt({ place, changed, children }: ChangedAtProps) {
  return <p role="status" className="changed">{changed === place && <><CircleCheck aria-hidden /> {children}</>}</p>;
}

import { Activity, Building2, Calendar, Handshake, Inbox, Phone, type LucideIcon } from "lucide-react";
import type { EntityTypeName } from "@tandem/client";

/** A page that the navigation leads to. */
export interface Place {
  readonly path: string;
  readonly label: string;
  readonly keys: string;
  readonly icon: LucideIcon;
  /** The type whose number it shows. */
  readonly counts?: EntityTypeName;
}

export const places: readonly Place[] = [
  { path: "/inbox", label: "Inbox", keys: "g i", icon: Inbox },
  { path: "/customers", label: "Customers", keys: "g c", icon: Building2, counts: "Customer" },
  { path: "/calls", label: "Calls", keys: "g l", icon: Phone, counts: "Call" },
  { path: "/meetings", label: "Meetings", keys: "g m", icon: Calendar, counts: "Meeting" },
  { path: "/deals", label: "Deals", keys: "g d", icon: Handshake, counts: "Deal" },
  { path: "/activity", label: "Activity", keys: "g a", icon: Activity },
];

/** Reports whether an address is the place or a page below it. */
export function isAt(place: Place, path: string): boolean {
  return path === place.path || path.startsWith(`${place.path}/`);
}

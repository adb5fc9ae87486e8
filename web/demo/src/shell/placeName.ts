import type { EntityState, EntityTypeName } from "@tandem/client";
import { useTandem } from "@tandem/react";
import { useMemo } from "react";
import { idIn } from "../live/entities.js";
import { constant, useReadable } from "../live/useReadable.js";
import { places } from "./places.js";

const unknown = constant<EntityState | undefined>(undefined);

/**
 * Returns what a page is called: the name of its entity, or of its list. A person who may not see the entity gets the
 * name of the list only.
 */
export function usePlaceName(path: string): string | undefined {
  const tandem = useTandem();
  const [, first = "", part = ""] = path.split("/");
  const id = idIn(part);
  const place = places.find((each) => each.path === `/${first}`);
  const type: EntityTypeName | undefined = place?.counts;
  const state = useReadable(useMemo(() => (type && id ? tandem.entity(type, id) : unknown), [tandem, type, id]));
  return state?.data?.displayName ?? place?.label;
}

"use client";

import type { EntityData, EntityState, EntityTypeName, LiveEntity } from "@tandem/client";
import { useMemo, useRef } from "react";
import { useTandemContext } from "../provider/context.js";
import { entityBefore } from "./initial.js";
import { useReadable } from "./useReadable.js";

/** An entity that a server has rendered, and the position in the log that it was read at. */
export interface InitialEntity<T extends EntityData> {
  readonly data: T;
  readonly after: string;
}

/** Follows an entity. `initial` counts when it is followed first; nothing is read again then, and nothing is missed. */
export function useEntity<T extends EntityData>(
  type: EntityTypeName,
  id: string,
  initial?: InitialEntity<T>,
): readonly [LiveEntity<T>, EntityState<T>] {
  const { tandem } = useTandemContext();
  const first = useRef(initial);
  const entity = useMemo(() => tandem.entity<T>(type, id, first.current?.data.id === id ? first.current : undefined), [tandem, type, id]);
  const before = useMemo(() => entityBefore(first.current?.data.id === id ? first.current.data : undefined), [id]);
  return [entity, useReadable(entity, before)];
}

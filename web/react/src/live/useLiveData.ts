"use client";

import type { EntityData, EntityState, LiveEntity } from "@tandem/client";
import { useEffect, useMemo, useRef } from "react";
import { entityOf, type EntityKey } from "./entityKey.js";
import { useConflictHandler } from "./useConflictHandler.js";
import { useEntity } from "./useEntity.js";

/** The options of {@link useLiveData}. */
export interface LiveDataOptions<T extends EntityData> {
  /** The entity: `customer:<id>`, `call:<id>`, `meeting:<id>` or `deal:<id>`. */
  readonly key: EntityKey;
  /** The entity as a server has rendered it. */
  readonly initialData?: T | undefined;
  /** The position that `initialData` was read at: what came since is received, and nothing is read twice. */
  readonly after?: string | undefined;
  /** Called with each new version, except the first. */
  readonly onUpdate?: ((data: T) => void) | undefined;
  /**
   * Decides a conflict. One of the two objects themselves means that its side wins; any other object is the merged state.
   * Without it, the conflict stays open for `ConflictResolutionModal`.
   */
  readonly onConflict?: ((local: T, remote: T) => T) | undefined;
}

/** An entity and what can be done with it, as {@link useLiveData} returns them. */
export type LiveData<T extends EntityData> = EntityState<T> & Pick<LiveEntity<T>, "save" | "keepMine" | "remove" | "restore" | "reload">;

/**
 * Follows an entity: its newest version with the edits that wait on this device laid over it.
 *
 * @example
 * ```tsx
 * const { data, status, save } = useLiveData<Customer>({ key: `customer:${id}` });
 * if (status === "gone") return <p>This customer was deleted.</p>;
 * return <button onClick={() => save({ status: "active" })}>{data?.displayName} is a customer now</button>;
 * ```
 */
export function useLiveData<T extends EntityData = EntityData>({
  key,
  initialData,
  after,
  onUpdate,
  onConflict,
}: LiveDataOptions<T>): LiveData<T> {
  const { type, id } = entityOf(key);
  const [entity, state] = useEntity<T>(type, id, initialData && after !== undefined ? { data: initialData, after } : undefined);
  useUpdates(key, state, onUpdate);
  useConflictHandler(state, onConflict);
  return useMemo(
    () => ({
      ...state,
      data: state.data ?? (state.status === "loading" ? initialData : undefined),
      save: (patch, bases) => entity.save(patch, bases),
      keepMine: (fields) => entity.keepMine(fields),
      remove: () => entity.remove(),
      restore: () => entity.restore(),
      reload: () => entity.reload(),
    }),
    [entity, state, initialData],
  );
}

function useUpdates<T extends EntityData>(key: string, { data, version }: EntityState<T>, onUpdate: ((data: T) => void) | undefined): void {
  const seen = useRef({ key, version: 0 });
  useEffect(() => {
    const before = seen.current;
    if (!data || (before.key === key && before.version === version)) return;
    seen.current = { key, version };
    if (before.key === key && before.version > 0) onUpdate?.(data);
  }, [key, data, version, onUpdate]);
}

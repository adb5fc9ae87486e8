"use client";

import type { EntityData, ListQuery, ListState, LiveList } from "@tandem/client";
import { useMemo } from "react";
import { useTandemContext } from "../provider/context.js";
import { noList } from "./initial.js";
import { useReadable } from "./useReadable.js";

/** A list and what can be done with it, as {@link useLiveList} and `useActivity` return them. */
export type ListView<Item> = ListState<Item> & Pick<LiveList<Item>, "loadMore" | "hold" | "showNew" | "reload">;

/**
 * Follows a list: entities enter, leave, change and move as they do on the server. While it is held, nothing moves, and
 * what is new waits.
 *
 * @example
 * ```tsx
 * const { items, totalCount, newCount, showNew, hasMore, loadMore } = useLiveList<Customer>({
 *   type: "Customer", filter: { statuses: ["active"] }, orderBy: "name_asc",
 * });
 * ```
 */
export function useLiveList<T extends EntityData = EntityData>(query: ListQuery): ListView<T> {
  const { tandem } = useTandemContext();
  const key = JSON.stringify(query);
  // The key stands for the query, which is another object in each rendering.
  const list = useMemo(() => tandem.list<T>(query), [tandem, key]);
  return useListView(list, noList<T>());
}

/** Returns the state of a list together with its functions. */
export function useListView<Item>(list: LiveList<Item>, before: ListState<Item>): ListView<Item> {
  const state = useReadable(list, before);
  return useMemo(
    () => ({
      ...state,
      loadMore: () => list.loadMore(),
      hold: (held) => list.hold(held),
      showNew: () => list.showNew(),
      reload: () => list.reload(),
    }),
    [list, state],
  );
}

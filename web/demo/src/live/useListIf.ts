import type { EntityData, ListQuery, ListState } from "@tandem/client";
import { useTandem } from "@tandem/react";
import { useMemo } from "react";
import { constant, useReadable } from "./useReadable.js";

const nothing = constant<ListState<never>>({
  status: "live", items: [], totalCount: 0, totalCountIsExact: true, hasMore: false, loadingMore: false, newCount: 0, error: undefined,
});

/** Follows a list if there is a query, as for a search whose text is long enough. */
export function useListIf<T extends EntityData>(query: ListQuery | undefined): ListState<T> {
  const tandem = useTandem();
  const key = JSON.stringify(query);
  return useReadable<ListState<T>>(useMemo(() => (query ? tandem.list<T>(query) : nothing), [tandem, key]));
}

"use client";

import type { ActivityItem, ActivityQuery } from "@tandem/client";
import { useMemo } from "react";
import { useTandemContext } from "../provider/context.js";
import { noActivity } from "./initial.js";
import { useListView, type ListView } from "./useLiveList.js";

/**
 * Follows the activity of a person, of a customer, or of everybody, the newest first.
 *
 * @example
 * ```tsx
 * const { items, loadMore, hasMore } = useActivity({ feed: { type: "customer", id } });
 * ```
 */
export function useActivity(query: ActivityQuery = {}): ListView<ActivityItem> {
  const { tandem } = useTandemContext();
  const key = JSON.stringify(query);
  return useListView(useMemo(() => tandem.activity(query), [tandem, key]), noActivity);
}

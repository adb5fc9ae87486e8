import type { ListQuery } from "@tandem/client";
import { useMemo } from "react";
import { useLocation, useSearch } from "wouter";
import type { ListOf } from "./lists.js";

/** How a list is filtered and sorted. It is part of the address, so that it can be sent to somebody, and Back undoes it. */
export interface ListSettings {
  readonly search: string;
  readonly chosen: readonly string[];
  readonly owner: string | undefined;
  readonly tag: string | undefined;
  /** How many days ago the last change may be. */
  readonly days: number | undefined;
  readonly order: string;
  readonly filtered: boolean;
  /** The query for these settings. */
  readonly query: ListQuery;
  set(changes: Readonly<Record<string, string | undefined>>): void;
  /** Removes all filters. */
  clear(): void;
}

/** Returns how the list of this page is filtered and sorted. */
export function useListSettings({ type, choices, orders }: Pick<ListOf<never>, "type" | "choices" | "orders">): ListSettings {
  const address = useSearch();
  const [path, go] = useLocation();
  return useMemo(() => {
    const parameters = new URLSearchParams(address);
    const search = parameters.get("q") ?? "";
    const chosen = (parameters.get(choices.name) ?? "").split(",").filter((value) => choices.values.includes(value));
    const owner = parameters.get("owner") ?? undefined;
    const tag = parameters.get("tag") ?? undefined;
    const days = Number(parameters.get("days")) || undefined;
    const order = orders.find(([name]) => name === parameters.get("sort"))?.[0] ?? orders[0]?.[0] ?? "updated_at_desc";
    const filter = {
      ...(search ? { search } : {}),
      ...(chosen.length > 0 ? { [choices.name]: chosen } : {}),
      ...(tag ? { tag } : {}),
      ...(days ? { updatedAfter: daysAgo(days) } : {}),
      ...(owner === "nobody" ? { unowned: true } : owner ? { ownerId: owner } : {}),
    };
    const set = (changes: Readonly<Record<string, string | undefined>>) => {
      const next = new URLSearchParams(address);
      for (const [name, value] of Object.entries(changes)) value ? next.set(name, value) : next.delete(name);
      go(next.size > 0 ? `${path}?${next}` : path, { replace: "q" in changes });
    };
    return { search, chosen, owner, tag, days, order, filtered: Object.keys(filter).length > 0, query: { type, filter, orderBy: order, pageSize: 50 }, set, clear: () => go(path) };
  }, [address, path, go, type, choices, orders]);
}

/** Returns the beginning of the day that was `days` days ago. It is the same for the whole day, so the list stays the same. */
function daysAgo(days: number): Date {
  const now = new Date();
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - days);
}

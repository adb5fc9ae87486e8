import type { ActivityQuery } from "@tandem/client";

/** A filter of the schema, with enums in lower case and dates. */
export interface ActivityFilter {
  readonly types?: readonly string[];
  readonly entityTypes?: readonly string[];
  readonly entityIds?: readonly string[];
  readonly userIds?: readonly string[];
  readonly since?: Date;
  readonly until?: Date;
  /** Shows an import as one event. */
  readonly firstOfBatch?: boolean;
}

const lists = ["types", "entityTypes", "entityIds", "userIds"] as const;

/** Makes one filter of several: their lists are united, and their times intersected. */
export function unite(filters: readonly ActivityFilter[]): ActivityQuery["filter"] {
  const united: Record<string, unknown> = {};
  for (const list of lists) {
    const items = new Set(filters.flatMap((filter) => filter[list] ?? []));
    if (items.size > 0) united[list] = [...items];
  }
  const times = (which: "since" | "until") => filters.flatMap((filter) => filter[which]?.getTime() ?? []);
  if (times("since").length > 0) united["since"] = new Date(Math.max(...times("since")));
  if (times("until").length > 0) united["until"] = new Date(Math.min(...times("until")));
  if (filters.some((filter) => filter.firstOfBatch)) united["firstOfBatch"] = true;
  return Object.keys(united).length > 0 ? united : undefined;
}

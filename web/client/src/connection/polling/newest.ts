import type { Subscribed } from "./document.js";
import { argumentList, type Plan } from "./plan.js";

interface Answer {
  readonly page: { readonly nodes: readonly (Record<string, unknown> & { tandemCursor: string })[]; readonly pageInfo: { endCursor: string | null; hasNextPage: boolean } };
}

/** Replaces a subscription to a feed by its query, which shows the newest first. */
export function newestPlan(subscribed: Subscribed, variables: Readonly<Record<string, unknown>>, field: "activity" | "notifications"): Plan {
  const { root } = subscribed;
  const args = argumentList({ feed: root.args.get("feed"), filter: root.args.get("filter"), first: "50", after: "$tandemPage" });
  // `changes` fails with RESYNC_REQUIRED where the feed would, which the feed itself does not: its cursors go back in time.
  const body = `page: ${field}${args} { nodes { tandemCursor: cursor ${root.selection} } pageInfo { endCursor hasNextPage } }
    check: changes(after: $after, first: 0) { endCursor }`;
  const query = subscribed.operation("query", body, "$tandemPage: Cursor $after: Cursor");
  let last = typeof variables["after"] === "string" ? variables["after"] : "";

  return {
    async look(ask) {
      const found: Answer["page"]["nodes"][number][] = [];
      for (let page: string | null = null; ; ) {
        const answer: unknown = await ask({ query, variables: { ...variables, after: last || null, tandemPage: page } });
        const { nodes, pageInfo } = (answer as Answer).page;
        const newer = nodes.filter(({ tandemCursor }) => tandemCursor > last);
        found.push(...newer);
        page = pageInfo.endCursor;
        if (newer.length < nodes.length || !pageInfo.hasNextPage || page === null) break;
      }
      last = found[0]?.tandemCursor ?? last;
      return { events: found.reverse().map(({ tandemCursor: _, ...event }) => ({ [root.alias]: event })) };
    },
  };
}

import { fieldsOf, type Subscribed } from "./document.js";
import type { Plan } from "./plan.js";

type Node = Record<string, unknown> & { readonly tandemId: string; readonly tandemCursor: string };

interface Answer {
  readonly page: { readonly unreadCount: number; readonly nodes: readonly Node[]; readonly pageInfo: { readonly hasNextPage: boolean } };
}

/** A node as the last look found it. */
interface Seen {
  readonly cursor: string;
  readonly text: string;
}

/**
 * Replaces `inboxChanged` by the newest notifications, and what changed of them since the last look. The first look has the
 * count alone. Where the count changes and there are older notifications, some of those may have changed, too.
 */
export function inboxPlan(subscribed: Subscribed, variables: Readonly<Record<string, unknown>>): Plan {
  const { root } = subscribed;
  const fields = fieldsOf(root.selection);
  const wanted = fields.find(({ name }) => name === "changed")?.selection ?? "";
  const page = `notifications(first: 50) { unreadCount pageInfo { hasNextPage } nodes { tandemId: id tandemCursor: cursor ${wanted} } }`;
  const query = subscribed.operation("query", `page: ${page}`);
  let seen: ReadonlyMap<string, Seen> | undefined;
  let count = 0;
  /** The cursor of the last one on the page; empty if there are no older ones. */
  let from = "";

  return {
    async look(ask) {
      const { nodes, unreadCount, pageInfo: { hasNextPage } } = ((await ask({ query, variables })) as unknown as Answer).page;
      const [before, counted, oldest] = [seen, count, from];
      const now = new Map(nodes.map((node) => [node.tandemId, { cursor: node.tandemCursor, text: JSON.stringify(node) }]));
      [seen, count, from] = [now, unreadCount, hasNextPage ? (nodes.at(-1)?.tandemCursor ?? "") : ""];
      if (!before) return { events: [event(unreadCount, [], [], false)] };
      // Older ones have not changed by taking the places of those that were removed.
      const changed = nodes.filter(({ tandemId: id, tandemCursor }) => before.get(id)?.text !== now.get(id)?.text && (before.has(id) || tandemCursor >= oldest));
      // Those at the end of the page may have made room for new ones.
      const removed = [...before].filter(([id, { cursor }]) => !now.has(id) && cursor >= from).map(([id]) => id);
      const moved = unreadCount !== counted;
      if (!moved && changed.length + removed.length === 0) return { events: [] };
      return { events: [event(unreadCount, changed, removed, moved && hasNextPage)] };
    },
  };

  function event(unreadCount: number, nodes: readonly Node[], removed: readonly string[], truncated: boolean): Record<string, unknown> {
    const changed = nodes.map(({ tandemId: _id, tandemCursor: _cursor, ...notification }) => notification);
    const values: Record<string, unknown> = { unreadCount, changed, removed, truncated, __typename: "InboxChange" };
    return { [root.alias]: Object.fromEntries(fields.map(({ alias, name }) => [alias, values[name]])) };
  }
}

import { fieldsOf, type Subscribed } from "./document.js";
import { argumentList, type Look, type Plan } from "./plan.js";

type Node = Record<string, unknown> & { tandemId: string; tandemVersion: number; tandemDetected: string; tandemResolved: string | null };

interface Answer {
  readonly page: { readonly nodes: readonly Node[] };
  readonly position: { readonly asOf: string };
}

/**
 * Replaces `conflictChanged` by the newest conflicts, and what changed of them since the last look. The first look
 * reports all that are open, because some may have opened since the cursor. The actor is not known here.
 */
export function conflictsPlan(subscribed: Subscribed, variables: Readonly<Record<string, unknown>>): Plan {
  const { root } = subscribed;
  const fields = fieldsOf(root.selection);
  const wanted = fields.find(({ name }) => name === "conflict")?.selection ?? "id";
  const args = argumentList({ entityId: root.args.get("entityId"), first: "50" });
  const own = "tandemId: id tandemVersion: remoteVersion tandemDetected: detectedAt tandemResolved: resolvedAt";
  const query = subscribed.operation("query", `page: conflicts${args} { nodes { ${own} ${wanted} } } position: customers(first: 0) { asOf }`);
  const known = new Map<string, string>();
  let looked = false;

  return {
    async look(ask): Promise<Look> {
      const { page, position } = (await ask({ query, variables })) as unknown as Answer;
      const events = page.nodes.flatMap((node) => {
        const state = `${node.tandemVersion} ${node.tandemResolved ?? ""}`;
        const before = known.get(node.tandemId);
        known.set(node.tandemId, state);
        if (before === state || (!looked && node.tandemResolved !== null)) return [];
        const kind = node.tandemResolved !== null ? "RESOLVED" : before === undefined ? "OPENED" : "MOVED";
        return [eventOf(node, kind, position.asOf)];
      });
      looked = true;
      return { events: events.reverse() };
    },
  };

  function eventOf({ tandemId: _id, tandemVersion: _version, tandemDetected, tandemResolved, ...conflict }: Node, kind: string, cursor: string) {
    const values: Record<string, unknown> = { cursor, kind, conflict, actor: null, timestamp: tandemResolved ?? tandemDetected, __typename: "ConflictEvent" };
    return { [root.alias]: Object.fromEntries(fields.map(({ alias, name }) => [alias, values[name]])) };
  }
}

import { argumentList, type Ask, type Plan } from "./plan.js";
import { fieldsOf, type Subscribed } from "./document.js";

const PAGE = 100;

interface Change extends Record<string, unknown> {
  tandemId?: string;
}

/** Replaces `entityChanged`, `customerChanged` and so on by pages of `changes`. */
export function changesPlan(subscribed: Subscribed, variables: Readonly<Record<string, unknown>>): Plan | undefined {
  const { root } = subscribed;
  const [, kind] = /^([a-z]+)Changed$/.exec(root.name) ?? [];
  if (!kind) return undefined;
  const any = kind === "entity";
  const filter = any ? undefined : root.args.get("filter");
  const selection = any ? root.selection : `... on ${kind[0]?.toUpperCase()}${kind.slice(1)}Change { ${root.selection} }`;
  const args = argumentList({
    after: "$after", first: String(PAGE), entityId: any ? undefined : root.args.get("id"),
    types: any ? root.args.get("types") : `[${kind.toUpperCase()}]`,
    filter: any ? root.args.get("filter") : undefined, access: filter ? "true" : root.args.get("access"),
  });
  const query = subscribed.operation("query", `page: changes${args} { endCursor hasMore changes { tandemId: entityId ${selection} } }`, "$after: Cursor");
  const members = filter === undefined ? undefined : membersQuery(subscribed, kind, filter, variables);
  const transition = fieldsOf(root.selection).find(({ name }) => name === "transition")?.alias;
  let { after } = variables;

  return {
    async look(ask) {
      const { page } = (await ask({ query, variables: { ...variables, after } })) as { page: { endCursor: string; hasMore: boolean; changes: Change[] } };
      const ids = [...new Set(page.changes.map(({ tandemId = "" }) => tandemId))];
      const inside = members && ids.length > 0 ? await members(ask, ids) : undefined;
      after = page.endCursor;
      return { more: page.hasMore, events: page.changes.map((change) => event(change, inside)) };
    },
  };

  function event({ tandemId = "", ...change }: Change, inside: ReadonlySet<string> | undefined) {
    // A client takes ENTERED for an entity that it has, and LEFT for one that it does not have.
    if (inside && transition) change[transition] = inside.has(tandemId) ? "ENTERED" : "LEFT";
    return { [root.alias]: change };
  }
}

/** Asks which of some entities are in the list now. `changes` itself knows no conditions of one type only. */
function membersQuery(subscribed: Subscribed, kind: string, filter: string, variables: Readonly<Record<string, unknown>>) {
  const given = filter.startsWith("$") ? (variables[filter.slice(1)] as { ids?: string[] } | null | undefined) : undefined;
  const literal = filter.startsWith("{") ? filter.slice(1, -1) : "";
  const type = `${kind[0]?.toUpperCase()}${kind.slice(1)}Filter`;
  const condition = literal ? `{ ${literal} ${/\bids\s*:/.test(literal) ? "" : "ids: $tandemIds"} }` : "$tandemFilter";
  const declared = !literal ? `$tandemFilter: ${type}` : condition.includes("$tandemIds") ? "$tandemIds: [ID!]" : "";
  const query = subscribed.operation("query", `list: ${kind}s(filter: ${condition}, first: ${PAGE}) { nodes { id } }`, declared);
  return async (ask: Ask, ids: string[]): Promise<ReadonlySet<string>> => {
    const among = given?.ids ? ids.filter((id) => given.ids?.includes(id)) : ids;
    if (among.length === 0) return new Set();
    const answer = await ask({ query, variables: { ...variables, tandemIds: among, tandemFilter: { ...given, ids: among } } });
    return new Set((answer as { list: { nodes: { id: string }[] } }).list.nodes.map(({ id }) => id));
  };
}

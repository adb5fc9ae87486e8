import { getNamedType, isInterfaceType, isObjectType, type GraphQLSchema } from "graphql";

/** An entity that exists. */
export interface EntityRecord {
  readonly id: string;
  readonly version: number;
}

/** Records that exist on the server, for the variables of operations. */
export interface Records {
  /** One entity for each type, by the name of the type. The first is the one that operations of no type use. */
  readonly entities: Readonly<Record<string, EntityRecord>>;
  /** An open conflict for each type that has one, by the name of the type. */
  readonly conflicts: Readonly<Record<string, string>>;
  /** Ids of several nodes. */
  readonly ids: readonly string[];
  /** The id of another member. */
  readonly otherPerson: string;
  /** A client id of this window. */
  readonly clientId: string;
  /** The token of a person of the demo. Empty for other people, whose tokens are not for tabs that are kept and shared. */
  readonly token: string;
}

/**
 * Returns the names of the entity types of a schema.
 *
 * @example
 * entityTypes(schema); // ["Call", "Customer", "Deal", "Meeting"]
 */
export function entityTypes(schema: GraphQLSchema): string[] {
  const entity = schema.getType("Entity");
  return isInterfaceType(entity) ? schema.getPossibleTypes(entity).map(({ name }) => name) : [];
}

/** Returns the entity type that a root field is about, by its name; otherwise the first that there is a record of. */
export function entityTypeOf(field: string, { entities }: Records): string {
  const about = field.toLowerCase();
  const names = Object.keys(entities);
  return names.find((name) => about.includes(name.toLowerCase())) ?? names[0] ?? "";
}

/**
 * Returns the query that finds records: the examples of the demo, the newest entity of each type, and open conflicts.
 * Its types come from the schema, so it needs no change for a new one.
 */
export function recordsQuery(schema: GraphQLSchema): string {
  const lists = Object.values(schema.getQueryType()?.getFields() ?? {}).flatMap((field) => {
    const connection = getNamedType(field.type);
    const nodes = isObjectType(connection) ? connection.getFields()["nodes"] : undefined;
    const isList = nodes && entityTypes(schema).includes(getNamedType(nodes.type).name);
    return isList ? [`${field.name}(first: 1, orderBy: UPDATED_AT_DESC) { nodes { __typename id version } }`] : [];
  });
  return `query Records($ids: [ID!]!) {
  nodes(ids: $ids) { __typename ... on Entity { id version } }
  ${lists.join("\n  ")}
  conflicts(open: true, first: 50) { nodes { __typename id } }
}`;
}

interface Named {
  readonly __typename: string;
  readonly id: string;
  readonly version: number;
}

/** Reads the answer to that query. Entities of `nodes` come before those of lists. */
export function readRecords(
  data: Readonly<Record<string, unknown>> | null | undefined,
  person: Pick<Records, "otherPerson" | "clientId" | "token">,
): Records {
  const { nodes, conflicts, ...lists } = (data ?? {}) as { nodes?: (Named | null)[]; conflicts?: { nodes: Named[] } } & Record<
    string,
    { nodes: Named[] } | null
  >;
  const examples = (nodes ?? []).filter((node) => node !== null);
  const found = [...examples, ...Object.values(lists).flatMap((list) => list?.nodes ?? [])];
  const entities: Record<string, EntityRecord> = {};
  for (const { __typename, id, version } of found) entities[__typename] ??= { id, version };
  const open: Record<string, string> = {};
  for (const { __typename, id } of conflicts?.nodes ?? []) open[__typename.replace(/Conflict$/, "")] ??= id;
  return { entities, conflicts: open, ids: examples.map(({ id }) => id), ...person };
}

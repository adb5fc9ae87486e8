import { parse } from "graphql";

/** One operation that a person works on. */
export interface Tab {
  readonly id: string;
  /** The document. It may have several operations. */
  readonly query: string;
  /** The variables, as JSON that may be incomplete. */
  readonly variables: string;
  /** The operation to run, where the document has several; empty for the first. */
  readonly operation: string;
}

/** The content of a tab. */
export type Draft = Pick<Tab, "query" | "variables"> & Partial<Pick<Tab, "operation">>;

/** Makes a tab of its own id. */
export function newTab({ query, variables, operation = "" }: Draft): Tab {
  return { id: crypto.randomUUID(), query, variables, operation };
}

/** An operation of a document. */
export interface NamedOperation {
  readonly name: string;
  readonly kind: "query" | "mutation" | "subscription";
}

/**
 * Returns the operations of a document. For a document that does not parse, it finds them by their first words, so that
 * the names stay while somebody types.
 *
 * @example
 * operationsOf("query Read { viewer { role } }"); // [{ name: "Read", kind: "query" }]
 */
export function operationsOf(query: string): NamedOperation[] {
  try {
    return parse(query, { noLocation: true }).definitions.flatMap((definition) =>
      definition.kind === "OperationDefinition" ? [{ name: definition.name?.value ?? "", kind: definition.operation }] : [],
    );
  } catch {
    const heads = query.matchAll(/^\s*(query|mutation|subscription)\b[ \t]*(\w*)/gm);
    return [...heads].map(([, kind, name]) => ({ name: name ?? "", kind: kind as NamedOperation["kind"] }));
  }
}

/** Returns the operation that a tab runs. */
export function chosenOperation({ query, operation }: Pick<Tab, "query" | "operation">): NamedOperation | undefined {
  const all = operationsOf(query);
  return all.find(({ name }) => name === operation) ?? all[0];
}

/** Returns the title of a tab: its first operation, whichever of them runs. */
export function titleOf({ query }: Pick<Tab, "query">): string {
  return operationsOf(query)[0]?.name || (query.trim() ? "Unnamed" : "New tab");
}

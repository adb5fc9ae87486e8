import {
  Kind,
  parseType,
  print,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";
import type { Request } from "./http";

/** How a subscription continues after a lost connection: by sending the cursor of its last event as `after`. */
export interface Resumption {
  /** The request. `variables` holds the newest cursor, so that sending the request again resumes. */
  readonly request: Request & { readonly variables: Record<string, unknown> };
  /** Why it can't resume; empty if it can. */
  readonly obstacle: string;
  /** Notes the cursor of an event, and returns it. */
  note(data: Readonly<Record<string, unknown>> | null | undefined): string;
}

/**
 * Makes a subscription resumable: `after` becomes a variable, unless it is one, and each event's cursor is its next value.
 *
 * @example
 * const resumption = resumable(request, document, operation, schema);
 * resumption.note(event.data); // from now on, resumption.request resumes after this event
 */
export function resumable(
  request: Request,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  schema: GraphQLSchema | undefined,
): Resumption {
  const variables: Record<string, unknown> = { ...request.variables };
  const root = operation.selectionSet.selections.find((selection) => selection.kind === Kind.FIELD);
  const key = root?.alias?.value ?? root?.name.value ?? "";
  const cursor = root?.selectionSet && cursorKey(root.selectionSet, document);
  const obstacle = root ? obstacleOf(root, cursor, schema) : "It has no field.";
  if (!root || obstacle) return { request: { ...request, variables }, obstacle, note: () => "" };

  const { query, variable } = withAfter(request.query, document, operation, root);
  const literal = root.arguments?.find(({ name }) => name.value === "after")?.value;
  if (literal?.kind === Kind.STRING) variables[variable] = literal.value;
  return {
    request: { ...request, query, variables },
    obstacle,
    note(data) {
      const event = data?.[key] as Record<string, unknown> | null | undefined;
      const at = event?.[cursor!];
      if (typeof at !== "string") return "";
      variables[variable] = at;
      return at;
    },
  };
}

function obstacleOf(root: FieldNode, cursor: string | undefined, schema: GraphQLSchema | undefined): string {
  const field = schema?.getSubscriptionType()?.getFields()[root.name.value];
  if (field && !field.args.some(({ name }) => name === "after"))
    return `${root.name.value} has nothing to resume: each connection starts anew.`;
  if (!cursor) return "It does not select cursor, so events are missed while the connection is lost.";
  return "";
}

/** The key under which an event has its cursor. */
function cursorKey({ selections }: SelectionSetNode, document: DocumentNode): string | undefined {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD && selection.name.value === "cursor") return selection.alias?.value ?? "cursor";
    const inner = selection.kind === Kind.INLINE_FRAGMENT ? selection.selectionSet : undefined;
    const name = selection.kind === Kind.FRAGMENT_SPREAD ? selection.name.value : "";
    const fragment = document.definitions.find(
      (definition): definition is FragmentDefinitionNode => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name,
    );
    const found = (inner ?? fragment?.selectionSet) && cursorKey(inner ?? fragment!.selectionSet, document);
    if (found) return found;
  }
  return undefined;
}

/** The document with `after: $variable`, and the name of the variable. A document that has it is left as it was typed. */
function withAfter(
  query: string,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  root: FieldNode,
): { query: string; variable: string } {
  const after = root.arguments?.find(({ name }) => name.value === "after");
  if (after?.value.kind === Kind.VARIABLE) return { query, variable: after.value.name.value };
  const name = { kind: Kind.NAME, value: "resumeAfter" } as const;
  const variable = { kind: Kind.VARIABLE, name } as const;
  const argument = { kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: "after" }, value: variable } as const;
  const field: FieldNode = { ...root, arguments: [...(root.arguments ?? []).filter((given) => given !== after), argument] };
  const changed: OperationDefinitionNode = {
    ...operation,
    variableDefinitions: [
      ...(operation.variableDefinitions ?? []),
      { kind: Kind.VARIABLE_DEFINITION, variable, type: parseType("Cursor") },
    ],
    selectionSet: { ...operation.selectionSet, selections: operation.selectionSet.selections.map((old) => (old === root ? field : old)) },
  };
  const definitions = document.definitions.map((definition) => (definition === operation ? changed : definition));
  return { query: print({ ...document, definitions }), variable: name.value };
}

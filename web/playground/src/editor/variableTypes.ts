import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInputType,
  isRequiredInputField,
  Kind,
  parse,
  typeFromAST,
  type GraphQLInputType,
  type GraphQLSchema,
  type TypeNode,
} from "graphql";

/** A key or a value that can be typed at a place in the variables. */
export interface Suggestion {
  readonly label: string;
  readonly detail: string;
  readonly info: string;
}

/** The variables of an operation, by name. */
export type VariableTypes = ReadonlyMap<string, GraphQLInputType>;

/**
 * Returns the variables that an operation declares; those of the last parsable text for one that does not parse.
 *
 * @example
 * variableTypes(schema, "query Read($id: ID!) { customer(id: $id) { name } }", ""); // Map { "id" => ID! }
 */
export function variableTypes(schema: GraphQLSchema, query: string, operation: string): VariableTypes | undefined {
  try {
    const all = parse(query).definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
    const chosen = all.find(({ name }) => name?.value === operation) ?? all[0];
    const types = (chosen?.variableDefinitions ?? []).flatMap(({ variable, type }) => {
      const known = typeFromAST(schema, type as TypeNode as never) as unknown;
      return isInputType(known) ? [[variable.name.value, known] as const] : [];
    });
    return new Map(types);
  } catch {
    return undefined;
  }
}

/** Returns the keys that an object at a path can have. The empty path is the object of all variables. */
export function keysAt(types: VariableTypes, path: readonly string[]): Suggestion[] {
  const [first, ...rest] = path;
  if (first === undefined) return [...types].map(([label, type]) => ({ label, detail: String(type), info: "" }));
  const type = typeAt(types.get(first), rest);
  if (!isInputObjectType(type)) return [];
  return Object.values(type.getFields()).map((field) => ({
    label: field.name,
    detail: `${String(field.type)}${isRequiredInputField(field) ? " (required)" : ""}`,
    info: field.description ?? "",
  }));
}

/** Returns the values that can stand at a path, where they can be listed. */
export function valuesAt(types: VariableTypes, [first, ...rest]: readonly string[]): Suggestion[] {
  const type = typeAt(types.get(first ?? ""), rest);
  if (isEnumType(type))
    return type.getValues().map(({ name, description }) => ({ label: `"${name}"`, detail: type.name, info: description ?? "" }));
  const isBoolean = type && "name" in type && type.name === "Boolean";
  return isBoolean ? ["true", "false"].map((label) => ({ label, detail: "Boolean", info: "" })) : [];
}

/** The named type at a path. Items of lists have the type of their list. */
function typeAt(type: GraphQLInputType | undefined, path: readonly string[]) {
  let named = type && getNamedType(type);
  for (const key of path) {
    const field = isInputObjectType(named) ? named.getFields()[key] : undefined;
    named = field && getNamedType(field.type);
  }
  return named;
}

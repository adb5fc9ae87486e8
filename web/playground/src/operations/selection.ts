import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
  isUnionType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from "graphql";

/** The fields that are asked of an object deep inside an answer: enough to recognize it. */
const telling = new Set(["id", "name", "displayName", "title", "subject", "version", "field", "message", "cursor", "body"]);

/** How deep a selection goes. Objects at the last level give their telling fields only. */
const depth = 2;

/**
 * Returns a selection set for a type, or an empty text for a leaf. It asks for fields that need no arguments, and leaves
 * out pages inside of other answers, which would make the answer long and the operation expensive.
 *
 * @example
 * selectionOf(schema, schema.getType("User")); // "{\n  id\n  name\n}"
 */
export function selectionOf(schema: GraphQLSchema, type: GraphQLOutputType, level = 0): string {
  const named = getNamedType(type);
  if (!isCompositeType(named)) return "";
  const lines = isAbstractType(named) ? abstractLines(schema, named, level) : fieldLines(schema, named as GraphQLObjectType, level);
  const wanted = lines.length > 0 ? lines : ["__typename"];
  return `{\n${wanted.map((line) => `  ${line.replaceAll("\n", "\n  ")}`).join("\n")}\n}`;
}

/**
 * The fields of an interface, and a fragment for each possible type of a union. Two types of a union may have fields of
 * one name and of different types, which one selection can't ask for together: the first type keeps the name.
 */
function abstractLines(schema: GraphQLSchema, type: GraphQLCompositeType, level: number): string[] {
  if (isInterfaceType(type)) return ["__typename", ...fieldLines(schema, type, level)];
  const taken = new Map<string, string>();
  const free = ({ name, type: of }: GraphQLField<unknown, unknown>) => {
    const kept = taken.get(name) ?? String(of);
    taken.set(name, kept);
    return kept === String(of);
  };
  const fragments = (isUnionType(type) ? type.getTypes() : []).flatMap((possible) => {
    const lines = fieldLines(schema, possible, level, free);
    return lines.length > 0
      ? [`... on ${possible.name} {\n${lines.map((line) => `  ${line.replaceAll("\n", "\n  ")}`).join("\n")}\n}`]
      : [];
  });
  return ["__typename", ...fragments];
}

function fieldLines(
  schema: GraphQLSchema,
  type: GraphQLObjectType | GraphQLInterfaceType,
  level: number,
  allowed: (field: GraphQLField<unknown, unknown>) => boolean = () => true,
): string[] {
  const fields = Object.values(type.getFields()).filter((field) => isAskedFor(field, level) && allowed(field));
  return fields.flatMap((field) => {
    const inner = selectionOf(schema, field.type, level + 1);
    return inner === "{\n  __typename\n}" && !isUnionType(getNamedType(field.type)) ? [] : [inner ? `${field.name} ${inner}` : field.name];
  });
}

function isAskedFor(field: GraphQLField<unknown, unknown>, level: number): boolean {
  if (field.deprecationReason != null || field.args.some(isRequiredArgument)) return false;
  const named = getNamedType(field.type);
  if (isLeafType(named)) return level < depth || telling.has(field.name);
  if (level >= depth) return false;
  return !field.args.some(({ name }) => name === "first") && !(level > 0 && isObjectType(named) && "pageInfo" in named.getFields());
}

import { isEnumType, isInputObjectType, isInterfaceType, isObjectType, type GraphQLNamedType, type GraphQLSchema } from "graphql";

/** A type, or a field of a type, that a search found. */
export interface Found {
  readonly type: string;
  readonly field: string;
  readonly about: string;
}

/** More would not be read; a longer word finds the rest. */
const most = 60;

/**
 * Finds types and fields by the words of their names and descriptions. Names come before descriptions.
 *
 * @example
 * findInSchema(schema, "base version"); // [{ type: "UpdateCustomerInput", field: "baseVersion", … }, …]
 */
export function findInSchema(schema: GraphQLSchema, wanted: string): Found[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const all = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith("__"));
  const entries = all.flatMap((type) => [
    { type: type.name, field: "", about: type.description ?? "" },
    ...membersOf(type).map(({ name, description }) => ({ type: type.name, field: name, about: description ?? "" })),
  ]);
  const rank = ({ type, field, about }: Found) => {
    const name = (field || type).toLowerCase();
    if (words.every((word) => name.includes(word))) return name === words[0] ? 0 : 1;
    return words.every((word) => `${type} ${field} ${about}`.toLowerCase().includes(word)) ? 2 : 3;
  };
  const ranked = entries.map((entry) => ({ entry, at: rank(entry) })).filter(({ at }) => at < 3);
  return ranked
    .sort((a, b) => a.at - b.at)
    .slice(0, most)
    .map(({ entry }) => entry);
}

/** A field, an input field, or a value of an enum. */
export interface Member {
  readonly name: string;
  readonly description?: string | null | undefined;
}

/** Returns what a type consists of. */
export function membersOf(type: GraphQLNamedType): readonly Member[] {
  if (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type)) return Object.values(type.getFields());
  return isEnumType(type) ? type.getValues() : [];
}

import type { GraphQLArgument, GraphQLField, GraphQLSchema } from "graphql";
import { selectionOf } from "./selection";

/** The three kinds of operations. */
export type Kind = "query" | "mutation" | "subscription";

/** An operation that the page can write by itself: it asks for one root field of the schema. */
export interface ReadyOperation {
  readonly kind: Kind;
  readonly field: GraphQLField<unknown, unknown>;
  /** The name of the operation in its document. */
  readonly name: string;
  /** The first sentence of the field's description. */
  readonly about: string;
}

/**
 * Lists an operation for every root field of the schema. They follow from the schema alone, so a new entity type has its
 * operations as soon as the server has the type.
 *
 * @example
 * const follow = readyOperations(schema).find(({ name }) => name === "CustomerChanged");
 */
export function readyOperations(schema: GraphQLSchema): ReadyOperation[] {
  const queries = schema.getQueryType()?.getFields() ?? {};
  const of = (kind: Kind, fields: Record<string, GraphQLField<unknown, unknown>>, nameOf = capitalized): ReadyOperation[] =>
    Object.values(fields).map((field) => ({ kind, field, name: nameOf(field.name), about: firstSentence(field.description ?? "") }));
  return [
    ...of("query", queries),
    ...of("mutation", schema.getMutationType()?.getFields() ?? {}),
    // A document may not have two operations of one name, and people copy operations into one document.
    ...of("subscription", schema.getSubscriptionType()?.getFields() ?? {}, (name) => capitalized(name) + (name in queries ? "Live" : "")),
  ];
}

/**
 * Returns the document of an operation: what the field is for, all its arguments as variables, and a selection that shows
 * what can be asked for without being long.
 *
 * @example
 * documentOf(schema, follow); // "# Changes of customers…\nsubscription CustomerChanged($id: ID, …) { … }"
 */
export function documentOf(schema: GraphQLSchema, { kind, name, field }: ReadyOperation): string {
  const variables = field.args.map((arg) => `$${arg.name}: ${String(arg.type)}`);
  const given = field.args.map((arg) => `${arg.name}: $${arg.name}`);
  const head = `${kind} ${name}${listed(variables, "  ")} {`;
  const body = `  ${field.name}${listed(given, "    ", "  ")}${indented(selectionOf(schema, field.type))}`;
  return `${comment(field.description ?? "")}${head}\n${body}\n}`;
}

/**
 * Returns the operations that have all the words in their names or descriptions, those with the words in their names first.
 *
 * @example
 * matching(readyOperations(schema), "room")[0]; // leaveRoom, before operations whose descriptions have the word
 */
export function matching(operations: readonly ReadyOperation[], wanted: string): ReadyOperation[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const hasAll = (text: string) => words.every((word) => text.toLowerCase().includes(word));
  const named = operations.filter(({ field }) => hasAll(field.name));
  return [...named, ...operations.filter((one) => !named.includes(one) && hasAll(`${one.field.name} ${one.about}`))];
}

/** Returns the arguments that an operation has, for the values of its variables. */
export function argumentsOf({ field }: ReadyOperation): readonly GraphQLArgument[] {
  return field.args;
}

function listed(items: string[], indent: string, end = ""): string {
  if (items.length === 0) return "";
  const line = `(${items.join(", ")})`;
  return line.length <= 50 ? line : `(\n${items.map((item) => indent + item).join("\n")}\n${end})`;
}

function indented(selection: string): string {
  return selection && ` ${selection.replaceAll("\n", "\n  ")}`;
}

function comment(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length > 62) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.map((line) => `# ${line}\n`).join("");
}

function firstSentence(text: string): string {
  return /^[^]*?\.(?=\s|$)/.exec(text)?.[0].replace(/\s+/g, " ") ?? text;
}

function capitalized(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

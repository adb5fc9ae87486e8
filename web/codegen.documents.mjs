import { Kind, print, stripIgnoredCharacters, visit } from "graphql";

const typeName = { query: "Query", mutation: "Mutation", subscription: "Subscription" };

/** Writes each operation as one short text, with the fragments that it uses, and with the types of its answer and variables. `documentFrom` is the module of the type `Document`. */
export function plugin(_schema, files, { documentFrom = "../operation.js" }) {
  const definitions = files.flatMap((file) => file.document.definitions);
  const fragments = new Map(definitions.filter((each) => each.kind === Kind.FRAGMENT_DEFINITION).map((each) => [each.name.value, each]));
  const lines = definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION).map((operation) => {
    const parts = [operation, ...used(operation, fragments)];
    const type = `${operation.name.value}${typeName[operation.operation]}`;
    const text = JSON.stringify(stripIgnoredCharacters(parts.map(print).join("\n")));
    return `export const ${operation.name.value}Document = ${text} as Document<${type}, ${type}Variables>;`;
  });
  return { prepend: [`import type { Document } from "${documentFrom}";`], content: lines.join("\n\n") };
}

function used(definition, fragments, found = new Set()) {
  visit(definition, {
    FragmentSpread({ name }) {
      const fragment = fragments.get(name.value);
      if (found.has(fragment)) return;
      found.add(fragment);
      used(fragment, fragments, found);
    },
  });
  return found;
}

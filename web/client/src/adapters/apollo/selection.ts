import type { DocumentNode } from "@apollo/client";

/** Returns a query that selects all that an object has. */
export function selecting(data: object): DocumentNode {
  return { kind: "Document", definitions: [{ kind: "OperationDefinition", operation: "query", selectionSet: selectionOf(data) }] } as unknown as DocumentNode;
}

function selectionOf(value: object): object {
  const selections = Object.entries(value).map(([field, part]) => {
    const [example] = [part as unknown].flat();
    return { kind: "Field", name: { kind: "Name", value: field }, selectionSet: example instanceof Object ? selectionOf(example) : undefined };
  });
  return { kind: "SelectionSet", selections };
}

import { graphql as graphqlExtensions, updateSchema } from "cm6-graphql";
import type { GraphQLSchema } from "graphql";
import { useEffect } from "react";
import { editing } from "./setup";
import { useEditor, type Kept } from "./useEditor";

interface Props {
  readonly id: string;
  readonly label: string;
  readonly text: string;
  readonly schema: GraphQLSchema | undefined;
  readonly kept: Kept;
  onChange(text: string): void;
  /** Called for the name of a type that a person wants to read about. */
  onDocs(type: string, field?: string): void;
}

/** The editor of an operation. With a schema it completes, marks mistakes, and opens the documentation. */
export function OperationEditor({ id, label, text, schema, kept, onChange, onDocs }: Props) {
  const extensions = () => [
    editing(label),
    graphqlExtensions(schema, {
      onShowInDocs: (field, type, parentType) => onDocs(parentType ?? type ?? "", field),
    }),
  ];
  const { parent, view } = useEditor({ id, text, extensions, kept, onChange });
  useEffect(() => {
    if (view) updateSchema(view, schema);
  }, [view, schema]);
  return <div className="editor" ref={parent} />;
}

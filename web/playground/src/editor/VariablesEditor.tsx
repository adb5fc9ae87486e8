import type { GraphQLSchema } from "graphql";
import { useRef } from "react";
import { editing } from "./setup";
import { useEditor, type Kept } from "./useEditor";
import { variables } from "./variableCompletion";
import { variableTypes, type VariableTypes } from "./variableTypes";

interface Props {
  readonly id: string;
  readonly label: string;
  readonly text: string;
  readonly query: string;
  readonly operation: string;
  readonly schema: GraphQLSchema | undefined;
  readonly kept: Kept;
  onChange(text: string): void;
}

/** The editor of variables. It completes keys, enum values and booleans by the operation beside it. */
export function VariablesEditor({ id, label, text, query, operation, schema, kept, onChange }: Props) {
  const types = useRef<VariableTypes>(undefined);
  // While the operation does not parse, its last variables still count.
  if (schema) types.current = variableTypes(schema, query, operation) ?? types.current;
  const { parent } = useEditor({ id, text, extensions: () => [editing(label), variables(() => types.current)], kept, onChange });
  return <div className="editor" ref={parent} />;
}

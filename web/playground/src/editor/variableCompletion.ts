import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { json, jsonLanguage } from "@codemirror/lang-json";
import { syntaxTree } from "@codemirror/language";
import { linter, type Diagnostic } from "@codemirror/lint";
import type { EditorState, Extension } from "@codemirror/state";
import type { SyntaxNode } from "@lezer/common";
import { keysAt, valuesAt, type Suggestion, type VariableTypes } from "./variableTypes";

/** Returns JSON with completion and checks by the variables of an operation. */
export function variables(types: () => VariableTypes | undefined): Extension {
  return [
    json(),
    jsonLanguage.data.of({ autocomplete: (context: CompletionContext) => complete(context, types()) }),
    linter(({ state }) => check(state, types()), { delay: 300 }),
  ];
}

function complete(context: CompletionContext, types: VariableTypes | undefined): CompletionResult | null {
  const word = context.matchBefore(/"?[\w]*"?/);
  if (!types || !word || (word.from === word.to && !context.explicit)) return null;
  const node = syntaxTree(context.state).resolveInner(context.pos, -1);
  const property = closest(node, ["Property"]);
  const inValue =
    property && context.state.sliceDoc(property.from, context.pos).includes(":") && closest(node, ["Object", "Property"]) === property;
  const path = pathOf(context.state, node);
  const options = inValue ? valuesAt(types, path).map(asValue) : keysAt(types, objectPath(path, node)).map(asKey);
  return options.length > 0 ? { from: word.from, to: quoteEnd(context, word.to), options, filter: true } : null;
}

/** The editor closes quotes by itself; what is completed replaces the closing one too. */
function quoteEnd({ state }: CompletionContext, to: number): number {
  return state.sliceDoc(to, to + 1) === '"' ? to + 1 : to;
}

function asKey({ label, detail, info }: Suggestion): Completion {
  return { label: `"${label}"`, apply: `"${label}": `, detail, info, type: "property" };
}

function asValue({ label, detail, info }: Suggestion): Completion {
  return { label, detail, info, type: "enum" };
}

function closest(node: SyntaxNode | null, names: readonly string[]): SyntaxNode | null {
  for (let at = node; at; at = at.parent) if (names.includes(at.name)) return at;
  return null;
}

/** The names of the properties around a place, from the outside. */
function pathOf(state: EditorState, node: SyntaxNode): string[] {
  const path: string[] = [];
  for (let at: SyntaxNode | null = node; at; at = at.parent) {
    if (at.name === "Property") path.unshift(nameOf(state, at));
  }
  return path;
}

/** The path of the object in which a key is typed: without that key itself. */
function objectPath(path: string[], node: SyntaxNode): string[] {
  return closest(node, ["Object", "Property"])?.name === "Property" ? path.slice(0, -1) : path;
}

function nameOf(state: EditorState, property: SyntaxNode): string {
  const name = property.getChild("PropertyName");
  return name ? state.sliceDoc(name.from, name.to).replaceAll('"', "") : "";
}

/** Marks what is not JSON, and variables that the operation does not declare. */
function check(state: EditorState, types: VariableTypes | undefined): Diagnostic[] {
  const found: Diagnostic[] = [];
  if (state.doc.toString().trim() === "") return found;
  syntaxTree(state).iterate({
    enter({ node }) {
      if (node.type.isError)
        found.push({ from: node.from, to: Math.min(node.to + 1, state.doc.length), severity: "error", message: "This is not JSON." });
      if (node.name !== "PropertyName" || !types) return;
      const [last, ...outer] = pathOf(state, node).reverse();
      const known = keysAt(types, outer.reverse());
      if (known.some(({ label }) => label === last) || (known.length === 0 && outer.length > 0)) return;
      found.push({
        from: node.from,
        to: node.to,
        severity: "warning",
        message: `There is no ${outer.length > 0 ? "field" : "variable"} ${last}.`,
      });
    },
  });
  return found;
}

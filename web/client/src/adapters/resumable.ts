import { shapeOf, token } from "../store/shape.js";

/** A subscription that resumes: its `$after` is the cursor of the last event, which it selects. */
export interface Resumable {
  readonly query: string;
  /** Returns the variables of the document, and the cursor to begin after if they name one. */
  prepare(variables: Readonly<Record<string, unknown>>): { readonly variables: Readonly<Record<string, unknown>>; readonly after?: string | undefined };
}

/** The subscriptions that show a state, which comes anew with each beginning. */
const states = /^(presences?|session|inboxChanged)$/;

/**
 * Gives a subscription `after: $after` and `cursor`. A subscription to a state, or one that begins with the present state
 * (`initial`), stays as it is: it begins anew. So does one whose root field is in a fragment.
 */
export function resumable(document: string): Resumable {
  const tokens = [...document.matchAll(token)].filter(([text]) => text[0] !== "#");
  const texts = tokens.map(([text]) => text);
  const root = [...shapeOf(document).values()][0]?.[0];
  const keyword = texts.indexOf("subscription");
  const selections = find(texts, keyword, "{");
  const field = selections + (texts[selections + 2] === ":" ? 3 : 1);
  const initial = argument(texts, field, "initial");
  if (keyword < 0 || !root || root.field !== texts[field] || states.test(root.field) || (initial && texts[initial] !== "false")) {
    return { query: document, prepare: (variables) => ({ variables }) };
  }
  const after = argument(texts, field, "after");
  const name = texts[after] === "$" ? texts[after + 1] : undefined;
  const literal = name || !after ? undefined : (JSON.parse(texts[after] as string) as string | null);
  const list = texts[field + 1] === "(" ? field + 1 : field;
  const [parameters, events] = [find(texts, keyword, "("), find(texts, field, "{")];
  if (name) texts.forEach((text, at) => texts[at - 1] === "$" && text === name && (texts[at] = "after"));
  else {
    if (parameters < selections) texts[parameters] += "$after: Cursor, ";
    else texts[/^\w/.test(texts[keyword + 1] as string) ? keyword + 1 : keyword] += " ($after: Cursor)";
    if (after) texts[after] = "$after";
    else texts[list] += list > field ? "after: $after, " : "(after: $after)";
  }
  if (root.under.get("cursor")?.[0]?.field !== "cursor") texts[events] += " cursor";
  return {
    query: tokens.reduceRight((query, { 0: text, index }, at) => query.slice(0, index) + texts[at] + query.slice(index + text.length), document),
    prepare: ({ [name ?? "after"]: given, ...variables }) => ({ variables, after: (given ?? literal ?? undefined) as string | undefined }),
  };
}

/** The place of the next token with a text, outside of parentheses. */
function find(texts: readonly string[], from: number, wanted: string): number {
  let at = from;
  for (let depth = 0; at < texts.length && (depth || texts[at] !== wanted); at++) depth += texts[at] === "(" ? 1 : texts[at] === ")" ? -1 : 0;
  return at;
}

/** The place of the value of an argument of a field; 0 if there is none. */
function argument(texts: readonly string[], field: number, name: string): number {
  let depth = 0;
  for (let at = field + 1; at < texts.length; at++) {
    const text = texts[at] as string;
    if ("([{".includes(text)) depth++;
    else if (")]}".includes(text)) depth--;
    if (!depth) break;
    if (depth === 1 && text === name && texts[at + 1] === ":") return at + 2;
  }
  return 0;
}

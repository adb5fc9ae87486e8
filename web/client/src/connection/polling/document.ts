/** A field of a selection, with its arguments and its own selection as text. */
export interface Field {
  readonly alias: string;
  readonly name: string;
  readonly args: ReadonlyMap<string, string>;
  /** Without its braces; empty for a field without one. */
  readonly selection: string;
}

/** A subscription taken apart, so that a query with the same parts can ask for the same. */
export interface Subscribed {
  readonly root: Field;
  /** A query or mutation of this body, with those variables and fragments of the subscription that the body uses. */
  operation(kind: "query" | "mutation", body: string, further?: string): string;
}

const TOKENS = /"""(?:\\"""|[^])*?"""|"(?:\\.|[^"\\\n])*"|#[^\n]*|\.\.\.|[$@]?[_A-Za-z]\w*|-?\d[\d.eE+-]*|[{}()[\]:=!|&]/g;
const CLOSING: Readonly<Record<string, string>> = { "{": "}", "(": ")", "[": "]" };

/** Takes the text of a subscription apart; undefined if its root is not a single plain field. */
export function parseSubscription(text: string): Subscribed | undefined {
  const tokens = (text.match(TOKENS) ?? []).filter((token) => !token.startsWith("#"));
  let at = tokens.indexOf("subscription") + 1;
  if (at === 0) return undefined;
  while (at < tokens.length && tokens[at] !== "(" && tokens[at] !== "{") at++;
  let variables: string[] = [];
  if (tokens[at] === "(") {
    const end = after(tokens, at);
    variables = tokens.slice(at + 1, end - 1);
    at = end;
  }
  while (at < tokens.length && tokens[at] !== "{") at = tokens[at] === "(" ? after(tokens, at) : at + 1;
  const end = after(tokens, at);
  const [root, ...others] = fieldsOf(tokens.slice(at + 1, end - 1));
  if (!root || others.length > 0) return undefined;
  const declared = declarations(variables);
  const fragments = fragmentsOf([...tokens.slice(0, tokens.indexOf("subscription")), ...tokens.slice(end)]);
  return {
    root,
    operation(kind, body, further = "") {
      const whole = body + reachable(body, fragments);
      const used = declared.filter(([name]) => uses(whole, name) && !further.includes(`${name}:`)).map(([, text]) => text);
      const head = [further, ...used].filter(Boolean).join(" ");
      return `${kind}${head && `(${head})`}{${body}}${reachable(body, fragments)}`;
    },
  };
}

/** The fields of a selection. Fragments in it are passed over. */
export function fieldsOf(selection: string | readonly string[]): Field[] {
  const tokens = typeof selection === "string" ? (selection.match(TOKENS) ?? []) : selection;
  const fields: Field[] = [];
  for (let at = 0; at < tokens.length; ) {
    if (tokens[at] === "...") {
      at = afterSpread(tokens, at);
      continue;
    }
    const [field, end] = fieldAt(tokens, at);
    fields.push(field);
    at = end;
  }
  return fields;
}

function fieldAt(tokens: readonly string[], start: number): [Field, number] {
  let at = start;
  const alias = tokens[at++] ?? "";
  const name = tokens[at] === ":" ? (tokens[at + 1] ?? "") : alias;
  if (tokens[at] === ":") at += 2;
  let args = new Map<string, string>();
  if (tokens[at] === "(") {
    const end = after(tokens, at);
    args = argumentsOf(tokens.slice(at + 1, end - 1));
    at = end;
  }
  at = afterDirectives(tokens, at);
  if (tokens[at] !== "{") return [{ alias, name, args, selection: "" }, at];
  const end = after(tokens, at);
  return [{ alias, name, args, selection: tokens.slice(at + 1, end - 1).join(" ") }, end];
}

function argumentsOf(tokens: readonly string[]): Map<string, string> {
  const args = new Map<string, string>();
  for (let at = 0; at < tokens.length; ) {
    const end = tokens[at + 2] && CLOSING[tokens[at + 2] ?? ""] ? after(tokens, at + 2) : at + 3;
    args.set(tokens[at] ?? "", tokens.slice(at + 2, end).join(" "));
    at = end;
  }
  return args;
}

/** The index behind the bracket that closes the one at `start`. */
function after(tokens: readonly string[], start: number): number {
  let depth = 0;
  for (let at = start; at < tokens.length; at++) {
    const token = tokens[at] ?? "";
    if (CLOSING[token]) depth++;
    if (token === "}" || token === ")" || token === "]") depth--;
    if (depth === 0) return at + 1;
  }
  return tokens.length;
}

function afterDirectives(tokens: readonly string[], start: number): number {
  let at = start;
  while (tokens[at]?.startsWith("@")) {
    at++;
    if (tokens[at] === "(") at = after(tokens, at);
  }
  return at;
}

function afterSpread(tokens: readonly string[], start: number): number {
  let at = start + 1;
  if (tokens[at] === "on") at += 2;
  else if (tokens[at] !== "{" && !tokens[at]?.startsWith("@")) return afterDirectives(tokens, at + 1);
  at = afterDirectives(tokens, at);
  return after(tokens, at);
}

/** The declarations of variables, by name. */
function declarations(tokens: readonly string[]): [name: string, text: string][] {
  const starts = tokens.flatMap((token, at) => (token.startsWith("$") && tokens[at + 1] === ":" ? [at] : []));
  return starts.map((start, n) => [tokens[start] ?? "", tokens.slice(start, starts[n + 1]).join(" ")]);
}

/** The fragments of a document, by name. */
function fragmentsOf(tokens: readonly string[]): ReadonlyMap<string, string> {
  const fragments = new Map<string, string>();
  for (let at = tokens.indexOf("fragment"); at >= 0 && at < tokens.length; ) {
    const end = after(tokens, tokens.indexOf("{", at));
    fragments.set(tokens[at + 1] ?? "", tokens.slice(at, end).join(" "));
    at = end;
  }
  return fragments;
}

/** The fragments that a text uses, and those that these use. */
function reachable(text: string, fragments: ReadonlyMap<string, string>): string {
  const found = new Set<string>();
  const look = (body: string) => {
    for (const [, name = ""] of body.matchAll(/\.\.\.\s*([_A-Za-z]\w*)/g)) {
      const fragment = fragments.get(name);
      if (fragment === undefined || found.has(fragment)) continue;
      found.add(fragment);
      look(fragment);
    }
  };
  look(text);
  return [...found].map((fragment) => ` ${fragment}`).join("");
}

function uses(text: string, variable: string): boolean {
  return new RegExp(`\\${variable}\\b`).test(text);
}

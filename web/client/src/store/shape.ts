/** A field that an answer has under a key, with its own selections. */
export interface Selected {
  readonly field: string;
  /** The type of the fragment that selects it, if it is in one. */
  readonly on: string | undefined;
  readonly under: Shape;
}

/** The fields that a document selects, by the keys of the answer. One key may be several fields, of different types. */
export type Shape = ReadonlyMap<string, readonly Selected[]>;

type Draft = Map<string, Selected[]>;

export const token = /"""[\s\S]*?"""|"(?:\\.|[^"\\])*"|#[^\n]*|\.{3}|[_A-Za-z]\w*|[{}()[\]:@$!=|&]|-?\d[\w.+-]*/g;

/** Returns what a document in GraphQL selects. Answers name fields by alias, and guarding them needs the fields. */
export function shapeOf(document: string): Shape {
  const tokens = (document.match(token) ?? []).filter((each) => !each.startsWith("#"));
  return new Reader(tokens, fragmentsOf(tokens)).operation();
}

/** Returns the field that an answer has under a key. */
export function fieldAt(shape: Shape | undefined, key: string, typename: unknown): Selected | undefined {
  const all = shape?.get(key);
  return all?.find((each) => each.on === typename) ?? all?.[0];
}

/** Where the selections of each fragment begin. */
function fragmentsOf(tokens: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  tokens.forEach((each, at) => {
    if (each === "fragment" && tokens[at + 2] === "on" && tokens[at - 1] !== "...") found.set(tokens[at + 1] ?? "", at + 3);
  });
  return found;
}

class Reader {
  private at = 0;
  private readonly inside = new Set<string>();

  constructor(
    private readonly tokens: readonly string[],
    private readonly fragments: ReadonlyMap<string, number>,
  ) {}

  operation(): Shape {
    const into: Draft = new Map();
    while (this.at < this.tokens.length) {
      const fragment = this.tokens[this.at] === "fragment";
      this.skipTo("{");
      this.selections(fragment ? new Map() : into, undefined);
    }
    return into;
  }

  /** Reads the selections between an opening brace and its closing one. */
  private selections(into: Draft, on: string | undefined): void {
    this.at++;
    while (this.at < this.tokens.length && this.tokens[this.at] !== "}") {
      if (this.tokens[this.at] === "...") this.spread(into, on);
      else this.field(into, on);
    }
    this.at++;
  }

  private field(into: Draft, on: string | undefined): void {
    const key = this.tokens[this.at++] as string;
    const aliased = this.tokens[this.at] === ":";
    const field = aliased ? (this.tokens[this.at + 1] as string) : key;
    if (aliased) this.at += 2;
    this.skipArguments();
    const all = into.get(key) ?? [];
    let mine = all.find((each) => each.on === on && each.field === field);
    if (!mine) into.set(key, [...all, (mine = { field, on, under: new Map() })]);
    if (this.tokens[this.at] === "{") this.selections(mine.under as Draft, undefined);
  }

  private spread(into: Draft, on: string | undefined): void {
    const next = this.tokens[++this.at] as string;
    if (next === "on" || next === "{" || next === "@") {
      const type = next === "on" ? (this.tokens[this.at + 1] as string) : on;
      if (next === "on") this.at += 2;
      this.skipArguments();
      return this.selections(into, type);
    }
    this.at++;
    this.skipArguments();
    const start = this.fragments.get(next);
    if (start === undefined || this.inside.has(next)) return;
    const back = this.at;
    this.at = start;
    const type = this.tokens[start];
    this.inside.add(next);
    this.skipTo("{");
    this.selections(into, type);
    this.inside.delete(next);
    this.at = back;
  }

  /** Skips arguments and directives, with their lists and objects. */
  private skipArguments(): void {
    for (;;) {
      if (this.tokens[this.at] === "@") this.at += 2;
      else if (this.tokens[this.at] !== "(") return;
      if (this.tokens[this.at] === "(") this.skipBracket();
    }
  }

  private skipBracket(): void {
    let depth = 0;
    do {
      const now = this.tokens[this.at++];
      if (now === "(") depth++;
      else if (now === ")") depth--;
    } while (depth > 0 && this.at < this.tokens.length);
  }

  /** Skips to the selections of a definition: defaults of variables may have braces of their own. */
  private skipTo(brace: string): void {
    while (this.at < this.tokens.length && this.tokens[this.at] !== brace) {
      if (this.tokens[this.at] === "(") this.skipBracket();
      else this.at++;
    }
  }
}

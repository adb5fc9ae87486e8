import { Kind, getOperationAST, parse, type DocumentNode, type GraphQLSchema, type OperationDefinitionNode } from "graphql";
import { conflictIds } from "../conflicts/conflictIds";
import { post, type Request } from "../server/http";
import type { Socket } from "../server/socket";
import { errorsInWords } from "../server/words";
import { chosenOperation, type Tab } from "../tabs/tab";
import { value, type Value } from "../value";
import { follow } from "./follow";
import { begun, goesOn, type Run } from "./run";

/** The parts of a side of the page that a run needs. */
export interface Means {
  readonly socket: Socket;
  readonly schema: Value<GraphQLSchema | undefined>;
  endpoint(): string;
  token(): string;
  /** Fetches a new token after a refusal, and reports whether there is one. */
  renew(): Promise<boolean>;
  /** Called with the words for a refused token, and with an empty text when one is accepted. */
  refusal(refused: boolean): string;
}

/** The runs of one side: the newest of each tab. They go on while other tabs are open. */
export interface Runs {
  of(tabId: string): Value<Run | undefined>;
  /** Runs the chosen operation of a tab. A run of the same tab ends. */
  start(tab: Tab): void;
  stop(tabId: string): void;
  /** Ends the run of a tab that is gone, and forgets it. */
  forget(tabId: string): void;
}

export function createRuns(means: Means): Runs {
  const values = new Map<string, Value<Run | undefined>>();
  const ends = new Map<string, () => void>();
  const of = (id: string) => {
    const known = values.get(id) ?? value<Run | undefined>(undefined);
    values.set(id, known);
    return known;
  };
  const stop = (id: string) => {
    ends.get(id)?.();
    ends.delete(id);
    const run = of(id).get();
    if (run && goesOn(run)) of(id).set({ ...run, state: "stopped" });
  };
  return {
    of,
    stop,
    start(tab) {
      stop(tab.id);
      const run = of(tab.id);
      const operation = chosenOperation(tab) ?? { name: "", kind: "query" };
      run.set(begun(operation));
      const variables = readVariables(tab.variables);
      if (typeof variables === "string") return run.set(failed(begun(operation), variables));
      const request = { query: tab.query, operationName: operation.name || null, variables };
      ends.set(tab.id, send(means, request, run));
    },
    forget(id) {
      stop(id);
      values.delete(id);
    },
  };
}

/** Returns the variables, or in words why there are none. */
function readVariables(text: string): Record<string, unknown> | string {
  if (!text.trim()) return {};
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as Record<string, unknown>;
    return 'The variables must be an object, as in {"id": "…"}.';
  } catch (error) {
    return `The variables are not JSON: ${(error as Error).message}.`;
  }
}

/** Sends a request on the way that its operation needs, and returns how to end it. */
function send(means: Means, request: Request, run: Value<Run | undefined>): () => void {
  const parsed = operationOf(request);
  // refreshSession is about a connection, and requests have none.
  const overSocket = parsed && (parsed.operation.operation === "subscription" || isAboutConnection(parsed.operation));
  return overSocket ? follow(means, request, parsed, run) : ask(means, request, run);
}

/** A parsed request. */
export interface Parsed {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

/** Undefined for a text that can't be parsed: it goes to the server all the same, whose error names the mistake. */
function operationOf({ query, operationName }: Request): Parsed | undefined {
  try {
    const document = parse(query);
    const operation = getOperationAST(document, operationName) ?? getOperationAST(document);
    return operation ? { document, operation } : undefined;
  } catch {
    return undefined;
  }
}

function isAboutConnection({ selectionSet }: OperationDefinitionNode): boolean {
  return selectionSet.selections.some((selection) => selection.kind === Kind.FIELD && selection.name.value === "refreshSession");
}

function ask(means: Means, request: Request, run: Value<Run | undefined>): () => void {
  const aborting = new AbortController();
  const began = performance.now();
  const sent = () => post(means.endpoint(), means.token(), request, aborting.signal);
  const answered = async () => {
    let answer = await sent();
    if (answer.refused && (await means.renew())) answer = await sent();
    const words = answer.status === 0 ? "" : means.refusal(answer.refused);
    const { result } = answer;
    run.set({
      ...run.get()!,
      state: "done",
      took: Math.round(performance.now() - began),
      answer: JSON.stringify(result, null, 2),
      errors: words ? [{ message: words, code: "UNAUTHENTICATED", advice: "" }] : errorsInWords(result.errors),
      conflicts: conflictIds(result),
    });
  };
  void answered().catch((error: Error) => {
    if (!aborting.signal.aborted) run.set(failed(run.get()!, error.message));
  });
  return () => aborting.abort();
}

function failed(run: Run, message: string): Run {
  return { ...run, state: "done", errors: [{ message, code: "", advice: "" }] };
}

import { makeErrorResult, makeResult, stringifyDocument, type Exchange, type Operation, type OperationResult } from "@urql/core";
import { filter, make, merge, mergeMap, pipe, share, takeUntil, type Source as Stream } from "wonka";
import type { TandemError } from "../../errors.js";
import type { Result } from "../../operation.js";
import type { Source } from "../source.js";

/** Learns the versions at which the server showed entities in the answer to a query. */
type Answered = (key: number, shown: ReadonlyMap<string, number>) => void;

/** The exchange that runs operations: the last one, in place of `fetchExchange`. */
export function connection(source: Source, answered: Answered): Exchange {
  return ({ forward }) => (operations$) => {
    const shared$ = share(operations$);
    const results$ = pipe(
      shared$,
      filter(({ kind }) => kind !== "teardown"),
      mergeMap((operation) => pipe(run(source, operation, answered), takeUntil(pipe(shared$, filter((other) => replaces(other, operation)))))),
    );
    return merge([results$, pipe(shared$, filter(({ kind }) => kind === "teardown"), forward)]);
  };
}

/** Whether an operation ends an earlier one: it tears it down, or runs the same again. */
function replaces(other: Operation, earlier: Operation): boolean {
  return other.key === earlier.key && other !== earlier && earlier.kind !== "mutation";
}

function run(source: Source, operation: Operation, answered: Answered): Stream<OperationResult> {
  return operation.kind === "subscription" ? follow(source, operation) : ask(source, operation, answered);
}

function ask(source: Source, operation: Operation, answered: Answered): Stream<OperationResult> {
  return make(({ next, complete }) => {
    const ending = new AbortController();
    source.ask(requestOf(operation), operation.kind === "query", ending.signal)
      .then((result) => {
        if (result.shown && operation.kind === "query" && !ending.signal.aborted) answered(operation.key, result.shown);
        return resultOf(operation, result);
      }, (error: Error) => makeErrorResult(operation, error))
      .then((result) => {
        if (ending.signal.aborted) return;
        next(result);
        complete();
      });
    return () => ending.abort();
  });
}

function follow(source: Source, operation: Operation): Stream<OperationResult> {
  return make(({ next, complete }) => source.follow(requestOf(operation), {
    next: (result) => next(resultOf(operation, result)),
    ended: (reason) => {
      next({ ...endOf(operation, reason), hasNext: false });
      complete();
    },
  }));
}

function endOf(operation: Operation, reason: TandemError): OperationResult {
  const { errors } = reason;
  return errors.length > 0 ? resultOf(operation, { errors }) : makeErrorResult(operation, reason);
}

function resultOf(operation: Operation, { data = null, errors, extensions }: Result<unknown>): OperationResult {
  return makeResult(operation, { data, ...(errors && { errors: [...errors] }), ...(extensions && { extensions }) } as Parameters<typeof makeResult>[1]);
}

function requestOf({ query, variables, extensions }: Operation) {
  return { query: stringifyDocument(query), variables: variables as Record<string, unknown>, ...(extensions && { extensions }) };
}

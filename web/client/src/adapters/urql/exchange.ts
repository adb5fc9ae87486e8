import { composeExchanges, formatDocument, makeOperation, stringifyDocument, type Exchange, type Operation, type OperationResult } from "@urql/core";
import { makeSubject, map, merge, pipe, tap } from "wonka";
import type { Tandem } from "../../tandem.js";
import { Source } from "../source.js";
import { connection } from "./connection.js";
import { Views } from "./views.js";

/**
 * The exchanges that work between the components and the connection.
 *
 * @example
 * ```ts
 * const options: TandemExchangeOptions = { exchanges: [cacheExchange({ schema })] };
 * ```
 */
export interface TandemExchangeOptions {
  /** A cache, and whatever else sees operations before they are sent. `fetchExchange`, `subscriptionExchange` and `retryExchange` are not needed. */
  readonly exchanges?: readonly Exchange[];
}

/**
 * Connects an urql client to a server: queries and mutations by requests, subscriptions by the connection, which resumes
 * them. Results have the newest known state of every entity that is selected with `id` and `version`, with the edits that
 * wait, and come again when that changes, whatever cache is in between.
 *
 * @example
 * ```ts
 * const client = new Client({ url: "/graphql", exchanges: [tandemExchange(tandem, { exchanges: [cacheExchange] })] });
 * ```
 */
export function tandemExchange(tandem: Tandem, { exchanges = [] }: TandemExchangeOptions = {}): Exchange {
  return ({ client, forward, dispatchDebug }) => {
    const again = (operation: Operation) => client.reexecuteOperation(makeOperation("query", operation, { ...operation.context, requestPolicy: "network-only" }));
    const source = new Source(tandem, (concerns) => views.operations().filter(({ query }) => concerns(stringifyDocument(query))).forEach(again));
    const { source: changed$, next } = makeSubject<OperationResult>();
    const views = new Views(tandem.entities, next, again);
    const inner = composeExchanges([...exchanges, connection(source, (key, shown) => views.answered(key, shown))])({ client, forward, dispatchDebug });
    return (operations$) => {
      const results$ = pipe(
        operations$,
        tap((operation) => operation.kind === "teardown" && views.end(operation.key)),
        map(withTypenames),
        inner,
        map((result) => views.show(result)),
      );
      return merge([results$, changed$]);
    };
  };
}

function withTypenames(operation: Operation): Operation {
  if (operation.kind === "teardown") return operation;
  const formatted = makeOperation(operation.kind, operation);
  formatted.query = formatDocument(operation.query) as Operation["query"];
  return formatted;
}

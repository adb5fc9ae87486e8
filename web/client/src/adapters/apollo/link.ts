import { ApolloLink, type ApolloClient } from "@apollo/client";
import { print } from "@apollo/client/utilities";
import { Observable } from "rxjs";
import type { TandemError } from "../../errors.js";
import type { Tandem } from "../../tandem.js";
import { Source } from "../source.js";
import { Keeper } from "./keeper.js";

/**
 * Connects an Apollo client to a server, as its last link: queries and mutations by requests, subscriptions by the
 * connection, which resumes them. The client's cache follows the newest known state of every entity that is selected with
 * `id` and `version`, and shows the edits that wait. `RetryLink`, `HttpLink` and `GraphQLWsLink` are not needed.
 *
 * @example
 * ```ts
 * const client = new ApolloClient({ link: tandemLink(tandem), cache: new InMemoryCache({ possibleTypes }) });
 * ```
 */
export function tandemLink(tandem: Tandem): ApolloLink {
  const keepers = new Map<ApolloClient, Keeper>();
  const keeperOf = (client: ApolloClient): Keeper => {
    const keeper = keepers.get(client) ?? new Keeper(tandem.entities, client.cache);
    keepers.set(client, keeper);
    return keeper;
  };
  const source = new Source(tandem, (concerns) => {
    for (const client of keepers.keys()) client.refetchQueries({ include: "active", onQueryUpdated: ({ query }) => concerns(print(query)) }).catch(() => undefined);
  });
  return new ApolloLink((operation) => {
    const keeper = keeperOf(operation.client);
    return (operation.operationType as string) === "subscription" ? follow(source, operation) : ask(source, operation, keeper);
  });
}

function ask(source: Source, operation: ApolloLink.Operation, keeper: Keeper): Observable<ApolloLink.Result> {
  return new Observable((observer) => {
    const ending = new AbortController();
    source.ask<Record<string, unknown>>(requestOf(operation), (operation.operationType as string) === "query", ending.signal).then(
      ({ shown, ...result }) => {
        if (shown) keeper.answered(shown);
        observer.next(result as ApolloLink.Result);
        observer.complete();
      },
      (error: unknown) => observer.error(error), // nobody hears it after the end
    );
    return () => ending.abort();
  });
}

function follow(source: Source, operation: ApolloLink.Operation): Observable<ApolloLink.Result> {
  return new Observable((observer) => source.follow<Record<string, unknown>>(requestOf(operation), {
    next: (result) => observer.next(result as ApolloLink.Result),
    ended: (reason: TandemError) => {
      if (reason.errors.length === 0) return observer.error(reason);
      observer.next({ errors: reason.errors } as ApolloLink.Result);
      observer.complete();
    },
  }));
}

function requestOf({ query, variables, operationName, extensions }: ApolloLink.Operation) {
  return { query: print(query), variables, operationName, extensions };
}

import type { QueryClient } from "@tanstack/query-core";
import { failureOf, TandemError } from "../../errors.js";
import type { Document, Result } from "../../operation.js";
import type { Tandem } from "../../tandem.js";
import { Source } from "../source.js";
import { Kept, prefix } from "./kept.js";

/**
 * The options of a query for `useQuery`, `fetchQuery` and whatever else takes some. It is never stale by its age: it
 * follows what the client knows, and is read again when that may be incomplete.
 *
 * @example
 * ```ts
 * const options: QueryOptions<CustomerQuery> = live.query(CustomerDocument, { id });
 * ```
 */
export interface QueryOptions<Data> {
  readonly queryKey: readonly unknown[];
  readonly queryFn: (context: { readonly signal: AbortSignal }) => Promise<Data>;
  readonly structuralSharing: (before: unknown, after: unknown) => unknown;
  readonly staleTime: number;
  readonly refetchOnWindowFocus: false;
  readonly refetchOnReconnect: false;
  readonly retry: (failures: number, error: Error) => boolean;
  readonly retryDelay: (failures: number, error: Error) => number;
}

/**
 * A server for TanStack Query.
 *
 * @example
 * ```ts
 * const { data } = useQuery(live.query(CustomerDocument, { id }));
 * const { mutate } = useMutation(live.mutation(RenameDocument));
 * useEffect(() => live.follow(CustomerChangedDocument, { id }), [id]);
 * ```
 */
export interface TandemQuery {
  /** Returns the options of a query. Its data has the newest known state of every entity with `id` and `version`, with the edits that wait. */
  query<Data, Variables>(document: Document<Data, Variables>, variables: Variables): QueryOptions<Data>;
  /** Returns the options of a mutation. */
  mutation<Data, Variables>(document: Document<Data, Variables>): { readonly mutationFn: (variables: Variables) => Promise<Data> };
  /** Follows a subscription until the returned function is called. Its events change the data of all queries that have their entities. */
  follow<Data, Variables>(document: Document<Data, Variables>, variables: Variables, sink?: {
    next?(data: Data): void;
    /** The server ended it for good. */
    ended?(reason: TandemError): void;
  }): () => void;
}

const RETRIES = 3;

/**
 * Connects a QueryClient to a server: queries and mutations by requests, subscriptions by the connection, which resumes them.
 *
 * @example
 * ```ts
 * const live = tandemQuery(tandem, queryClient);
 * const { customer } = await queryClient.fetchQuery(live.query(CustomerDocument, { id }));
 * ```
 */
export function tandemQuery(tandem: Tandem, client: QueryClient): TandemQuery {
  const source = new Source(tandem, (concerns) => void client.invalidateQueries({ queryKey: [prefix], predicate: ({ queryKey }) => concerns(queryKey[1] as string) }));
  const kept = new Kept(tandem.entities, client);
  return {
    query: <Data, Variables>(query: Document<Data, Variables>, variables: Variables) => ({
      queryKey: [prefix, query, variables],
      queryFn: async ({ signal }: { readonly signal: AbortSignal }) => dataOf<Data>(await source.ask({ query, variables: variables as object as Record<string, unknown> }, true, signal)),
      structuralSharing: (before: unknown, after: unknown) => kept.shown([prefix, query, variables], before, after),
      staleTime: Infinity,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      retry: (failures: number, error: Error) => failures < RETRIES && error instanceof TandemError && error.retryable,
      retryDelay: (failures: number, error: Error) => (error instanceof TandemError ? error.retryAfterMs : undefined) ?? 1_000 * 2 ** failures,
    }),
    mutation: <Data, Variables>(query: Document<Data, Variables>) => ({
      mutationFn: async (variables: Variables) => dataOf<Data>(await source.ask({ query, variables: variables as object as Record<string, unknown> }, false)),
    }),
    follow: <Data, Variables>(query: Document<Data, Variables>, variables: Variables, sink: { next?(data: Data): void; ended?(reason: TandemError): void } = {}) =>
      source.follow<Data>({ query, variables: variables as object as Record<string, unknown> }, {
        next: ({ data }) => sink.next?.(data as Data),
        ended: (reason) => sink.ended?.(reason),
      }),
  };
}

function dataOf<Data>(result: Result<unknown>): Data {
  const failure = failureOf(result);
  if (failure) throw failure;
  return (result.data ?? null) as Data;
}

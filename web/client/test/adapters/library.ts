import { ApolloClient, gql, InMemoryCache } from "@apollo/client";
import { QueryClient, QueryObserver } from "@tanstack/query-core";
import { Client, type Exchange } from "@urql/core";
import { pipe, subscribe } from "wonka";
import possibleTypes from "../../../../docs/possible-types.json" with { type: "json" };
import { tandemLink } from "../../src/adapters/apollo/index.js";
import { tandemQuery } from "../../src/adapters/query/index.js";
import { tandemExchange } from "../../src/adapters/urql/index.js";
import type { Tandem } from "../../src/tandem.js";

/** Takes the results of a query or the events of a subscription. */
export interface Listener {
  next(data: unknown): void;
  failed(error: Error): void;
  completed?(): void;
}

/** A library with its adapter, as a component uses it. */
export interface Library {
  watch(document: string, variables: Record<string, unknown>, listener: Listener): () => void;
  subscribe(document: string, variables: Record<string, unknown>, listener: Listener): () => void;
  /** Resolves to the data of the answer, and rejects with its errors. */
  mutate(document: string, variables: Record<string, unknown>): Promise<unknown>;
}

export function urql(tandem: Tandem, ...exchanges: Exchange[]): Library {
  const client = new Client({ url: "unused", exchanges: [tandemExchange(tandem, { exchanges })] });
  return {
    watch: (document, variables, { next, failed }) => pipe(client.query(document, variables), subscribe(({ data, error }) => {
      if (error) failed(error);
      if (data) next(data);
    })).unsubscribe,
    subscribe: (document, variables, { next, failed, completed }) => pipe(client.subscription(document, variables), subscribe(({ data, error, hasNext }) => {
      if (error) failed(error);
      if (data) next(data);
      if (!hasNext) completed?.();
    })).unsubscribe,
    mutate: async (document, variables) => {
      const { data, error } = await client.mutation(document, variables).toPromise();
      if (error) throw error;
      return data as unknown;
    },
  };
}

export function apollo(tandem: Tandem): Library {
  const client = new ApolloClient({ link: tandemLink(tandem), cache: new InMemoryCache({ possibleTypes }) });
  return {
    watch: (document, variables, { next, failed }) => {
      const watching = client.watchQuery({ query: gql(document), variables }).subscribe(({ data, dataState, error }) => {
        if (error) failed(error as Error);
        if (dataState === "complete") next(data);
      });
      return () => watching.unsubscribe();
    },
    subscribe: (document, variables, { next, failed, completed }) => {
      const following = client.subscribe({ query: gql(document), variables }).subscribe({
        next: ({ data, error }) => {
          if (error) failed(error as Error);
          if (data) next(data);
        },
        complete: () => completed?.(),
      });
      return () => following.unsubscribe();
    },
    mutate: async (document, variables) => (await client.mutate({ mutation: gql(document), variables })).data as unknown,
  };
}

export function query(tandem: Tandem): Library {
  const client = new QueryClient();
  const live = tandemQuery(tandem, client);
  return {
    watch: (document, variables, { next, failed }) => {
      const observer = new QueryObserver(client, live.query(document, variables));
      return observer.subscribe(({ data, error }) => {
        if (error) failed(error);
        if (data) next(data);
      });
    },
    subscribe: (document, variables, { next, failed, completed }) => live.follow(document, variables, {
      next,
      ended: (reason) => {
        failed(reason);
        completed?.();
      },
    }),
    mutate: (document, variables) => live.mutation(document).mutationFn(variables),
  };
}

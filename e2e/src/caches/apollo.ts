import * as four from "@apollo/client";
import * as three from "apollo-client-3/core/index.js";
import { parse } from "graphql";
import { counting, possibleTypes, Shown, texts, type Cached, type OpenCache, type Operation } from "./cache.ts";

const document = (operation: Operation) => parse(texts[operation.name]);

/** The parts of Apollo Client that the tests use, which versions 3 and 4 have alike. */
interface Apollo {
  watchQuery(options: object): { subscribe(next: (result: { data?: any }) => void): { unsubscribe(): void } };
  query(options: object): Promise<{ data?: any }>;
  mutate(options: object): Promise<{ data?: any }>;
  stop(): void;
}

function cached(client: Apollo, sent: () => number): Cached {
  const watching: { unsubscribe(): void }[] = [];
  return {
    watch(operation) {
      const shown = new Shown();
      const next = ({ data }: { data?: any }) => data && Object.keys(data).length > 0 && shown.show(data);
      watching.push(client.watchQuery({ query: document(operation), variables: operation.variables }).subscribe(next));
      return shown;
    },
    query: async (operation) =>
      (await client.query({ query: document(operation), variables: operation.variables, fetchPolicy: "network-only" })).data,
    mutate: async (operation) => (await client.mutate({ mutation: document(operation), variables: operation.variables })).data,
    sent,
    close() {
      for (const watch of watching) watch.unsubscribe();
      client.stop();
    },
  };
}

export const apollo4: OpenCache = (server, token) => {
  const { fetch, sent } = counting();
  const link = new four.HttpLink({ uri: server.http, fetch, headers: { authorization: `Bearer ${token}` } });
  return cached(new four.ApolloClient({ link, cache: new four.InMemoryCache({ possibleTypes }) }) as unknown as Apollo, sent);
};

export const apollo3: OpenCache = (server, token) => {
  const { fetch, sent } = counting();
  const link = new three.HttpLink({ uri: server.http, fetch, headers: { authorization: `Bearer ${token}` } });
  return cached(new three.ApolloClient({ link, cache: new three.InMemoryCache({ possibleTypes }) }) as unknown as Apollo, sent);
};

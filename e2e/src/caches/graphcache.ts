import { Client, fetchExchange } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { pipe, subscribe } from "wonka";
import { counting, possibleTypes, Shown, texts, type OpenCache } from "./cache.ts";

/** urql with graphcache, which is urql's normalized cache. */
export const graphcache: OpenCache = (server, token) => {
  const { fetch, sent } = counting();
  const client = new Client({
    url: server.http,
    fetch,
    fetchOptions: { headers: { authorization: `Bearer ${token}` } },
    exchanges: [cacheExchange({ possibleTypes }), fetchExchange],
  });
  const watching: { unsubscribe(): void }[] = [];
  const answer = async (running: { toPromise(): Promise<{ data?: any; error?: Error | undefined }> }) => {
    const { data, error } = await running.toPromise();
    if (error) throw error;
    return data;
  };
  return {
    watch({ name, variables }) {
      const shown = new Shown();
      watching.push(pipe(client.query(texts[name], variables), subscribe(({ data }) => data && shown.show(data))));
      return shown;
    },
    query: ({ name, variables }) => answer(client.query(texts[name], variables, { requestPolicy: "network-only" })),
    mutate: ({ name, variables }) => answer(client.mutation(texts[name], variables)),
    sent,
    close: () => watching.forEach((watch) => watch.unsubscribe()),
  };
};

// urql.ts
import { Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { resumingClient } from "./resuming";
import schema from "./schema.json";
import { http, token, ws } from "./tandem";

export const socket = resumingClient({ url: ws, connectionParams: async () => ({ authorization: `Bearer ${await token()}` }) });
export const client = new Client({
  url: http,
  fetch: async (url, init) => {
    const headers = new Headers(init?.headers);
    headers.set("authorization", `Bearer ${await token()}`);
    return fetch(url, { ...init, headers });
  },
  exchanges: [cacheExchange({ schema }), fetchExchange, subscriptionExchange({
    forwardSubscription: ({ query = "", variables = {} }) => ({
      subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables }, sink) }),
    }),
  })],
});

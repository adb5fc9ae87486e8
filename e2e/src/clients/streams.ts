import { ApolloClient, HttpLink, InMemoryCache, gql as parse } from "@apollo/client";
import { Client as UrqlClient, fetchExchange } from "@urql/core";
import { EventSource } from "eventsource";
import { createClient } from "graphql-sse";
import { onEnd, pipe, subscribe } from "wonka";
import type { Address } from "../client.ts";
import { asFault } from "../errors.ts";
import { Ended, Queue } from "../queue.ts";

/** The data of each event of a subscription. It fails with Refused, Interrupted or Ended. */
export interface Followed<Data> {
  readonly events: Queue<Data>;
  stop(): void;
}

interface Result {
  data?: unknown;
  errors?: readonly { message: string }[] | undefined;
}

type Follow = <Data>(address: Address, token: string, query: string, variables: object) => Followed<Data>;

/** The clients that subscribe over plain HTTP, as their documentation sets them up. None of them comes back by itself. */
export const streaming: Readonly<Record<string, Follow>> = {
  "graphql-sse": (address, token, query, variables) => overSSE(address.http, false, token, query, variables),
  "graphql-sse with a single connection": (address, token, query, variables) =>
    overSSE(`${address.http}/stream`, true, token, query, variables),
  "Apollo Client": followApollo,
  urql: followUrql,
  EventSource: followEventSource,
};

function overSSE<Data>(url: string, singleConnection: boolean, token: string, query: string, variables: object): Followed<Data> {
  const events = new Queue<Data>();
  const client = createClient({ url, singleConnection, headers: () => bearer(token), retryAttempts: 0 });
  client.subscribe<Data>(
    { query, variables: variables as Record<string, unknown> },
    {
      next: (result) => take(events, result as Result),
      error: (error) => events.fail(asFault(error)),
      complete: () => events.fail(new Ended()),
    },
  );
  return { events, stop: () => client.dispose() };
}

function followApollo<Data>(address: Address, token: string, query: string, variables: object): Followed<Data> {
  const events = new Queue<Data>();
  const link = new HttpLink({ uri: address.http, headers: bearer(token) });
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  const running = client.subscribe({ query: parse(query), variables, fetchPolicy: "no-cache" }).subscribe({
    next: ({ data, error }) => (error ? events.fail(asFault(error)) : events.push(data as Data)),
    error: (error: unknown) => events.fail(asFault(error)),
    complete: () => events.fail(new Ended()),
  });
  const stop = () => {
    running.unsubscribe();
    client.stop();
  };
  return { events, stop };
}

/** A client of urql without a socket. Its queries accept streams too, and must not get one. */
export function urqlOverHTTP(address: Address, token: string): UrqlClient {
  return new UrqlClient({
    url: address.http,
    preferGetMethod: false,
    fetchOptions: { headers: bearer(token) },
    exchanges: [fetchExchange],
    fetchSubscriptions: true,
  });
}

function followUrql<Data>(address: Address, token: string, query: string, variables: object): Followed<Data> {
  const events = new Queue<Data>();
  const running = pipe(
    urqlOverHTTP(address, token).subscription(query, variables),
    onEnd(() => events.fail(new Ended())),
    subscribe(({ data, error, hasNext }) => {
      if (error) events.fail(asFault(error));
      else if (hasNext) events.push(data as Data);
    }),
  );
  return { events, stop: () => running.unsubscribe() };
}

function followEventSource<Data>(address: Address, token: string, query: string, variables: object): Followed<Data> {
  const { source, events } = eventSource<Data>(address, token, query, variables);
  source.addEventListener("error", () => events.fail(asFault(new Error("the connection was lost"))));
  return { events, stop: () => source.close() };
}

/** An EventSource, which comes back by itself; the header of the token is what Node's can send, and a browser's can't. */
export function eventSource<Data>(address: Address, token: string, query: string, variables: object, extensions: object = {}) {
  const events = new Queue<Data>();
  const url = new URL(address.http);
  url.search = new URLSearchParams({
    query,
    variables: JSON.stringify(variables),
    extensions: JSON.stringify(extensions),
  }).toString();
  const source = new EventSource(url, {
    fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, ...bearer(token) } }),
  });
  source.addEventListener("next", ({ data }) => take(events, JSON.parse(data as string) as Result));
  source.addEventListener("complete", () => {
    source.close();
    events.fail(new Ended());
  });
  return { source, events };
}

function take<Data>(events: Queue<Data>, { data, errors }: Result): void {
  if (errors) events.fail(asFault(errors));
  else events.push(data as Data);
}

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

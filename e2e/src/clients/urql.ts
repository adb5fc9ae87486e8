import { Client as UrqlClient, fetchExchange, subscriptionExchange, type AnyVariables } from "@urql/core";
import { OperationTypeNode, type DocumentNode } from "graphql";
import { onEnd, pipe, subscribe } from "wonka";
import type { Address, Client, Document } from "../client.ts";
import { asFault } from "../errors.ts";
import { Ended } from "../queue.ts";
import { Socket } from "../socket.ts";
import { Stream } from "./stream.ts";

/** urql as its documentation sets it up, without a cache: fetch (short queries by GET), and graphql-ws for subscriptions. */
export function urql(address: Address, token: string | undefined): Client {
  const socket = new Socket(address.ws, token);
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const client = new UrqlClient({
    url: address.http,
    fetchOptions: { headers },
    exchanges: [
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = "", variables = {} }) => ({
          subscribe: (sink) => {
            const payload = { query, variables: variables as Record<string, unknown> };
            const unsubscribe = socket.client.subscribe(payload, sink as Parameters<typeof socket.client.subscribe>[1]);
            return { unsubscribe };
          },
        }),
      }),
    ],
  });

  async function request<Result, Variables extends object>(document: Document<Result, Variables>, given: Variables) {
    const variables = given as AnyVariables;
    const { data, error } = await (isMutation(document)
      ? client.mutation(document as DocumentNode, variables)
      : client.query(document as DocumentNode, variables)
    ).toPromise();
    if (error) throw asFault(error);
    return data as Result;
  }

  function follow<Event, Variables extends object>(document: Document<Event, Variables>, variables: Variables) {
    const stream = new Stream<Event>();
    const running = pipe(
      client.subscription(document as DocumentNode, variables as AnyVariables),
      onEnd(() => stream.fail(new Ended())),
      subscribe(({ data, error, hasNext }) => {
        if (error) stream.fail(asFault(error));
        // At the end of a subscription urql gives its last result again, to say that there is none after it.
        else if (hasNext) stream.pushData(data);
      }),
    );
    stream.onStop(() => running.unsubscribe());
    return stream;
  }

  const close = () => socket.close();
  return { kind: "urql", request, follow, closings: socket.closings, acknowledged: socket.acknowledged, drop: () => socket.drop(), close };
}

function isMutation(document: DocumentNode): boolean {
  return document.definitions.some(
    (definition) => definition.kind === "OperationDefinition" && definition.operation === OperationTypeNode.MUTATION,
  );
}

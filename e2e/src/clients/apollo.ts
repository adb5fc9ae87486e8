import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, type OperationVariables } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { getMainDefinition } from "@apollo/client/utilities";
import { OperationTypeNode, type DocumentNode } from "graphql";
import type { Address, Client, Document } from "../client.ts";
import { asFault } from "../errors.ts";
import { Ended } from "../queue.ts";
import { Socket } from "../socket.ts";
import { Stream } from "./stream.ts";

/** Apollo Client as its documentation sets it up: HTTP for queries and mutations, graphql-ws for subscriptions. */
export function apolloClient(address: Address, token: string | undefined, socket: Socket): ApolloClient {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return new ApolloClient({
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(socket.client),
      new HttpLink({ uri: address.http, headers }),
    ),
    cache: new InMemoryCache(),
  });
}

// The tests compare what the server said at different times. The cache has one copy of each entity, so it would
// show the newest for all of them. The test of the cache is in test/apollo-cache.test.ts.
const asAnswered = { fetchPolicy: "no-cache" } as const;

export function apollo(address: Address, token: string | undefined): Client {
  const socket = new Socket(address.ws, token);
  const client = apolloClient(address, token, socket);

  async function request<Result, Variables extends object>(document: Document<Result, Variables>, given: Variables) {
    const variables = given as OperationVariables;
    const answered = isMutation(document)
      ? client.mutate({ mutation: document as DocumentNode, variables, ...asAnswered })
      : client.query({ query: document as DocumentNode, variables, ...asAnswered });
    const { data } = await answered.catch((error: unknown) => {
      throw asFault(error);
    });
    return data as Result;
  }

  function follow<Event, Variables extends object>(document: Document<Event, Variables>, variables: Variables) {
    const stream = new Stream<Event>();
    const running = client
      .subscribe({ query: document as DocumentNode, variables: variables as OperationVariables, ...asAnswered })
      .subscribe({
        next: ({ data, error }) => (error ? stream.fail(asFault(error)) : stream.pushData(data)),
        error: (error: unknown) => stream.fail(asFault(error)),
        complete: () => stream.fail(new Ended()),
      });
    stream.onStop(() => running.unsubscribe());
    return stream;
  }

  async function close(): Promise<void> {
    client.stop();
    await socket.close();
  }

  return { kind: "Apollo Client", request, follow, closings: socket.closings, acknowledged: socket.acknowledged, drop: () => socket.drop(), close };
}

function isMutation(document: DocumentNode): boolean {
  const definition = getMainDefinition(document);
  return definition.kind === "OperationDefinition" && definition.operation === OperationTypeNode.MUTATION;
}

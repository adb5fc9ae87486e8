import { print, type DocumentNode } from "graphql";
import type { FormattedExecutionResult } from "graphql-ws";
import type { Address, Client, Document } from "../client.ts";
import { asFault, Refused, type GraphQLFault } from "../errors.ts";
import { Ended } from "../queue.ts";
import { Socket } from "../socket.ts";
import { Stream } from "./stream.ts";

/** graphql-ws by itself: queries and mutations go over the socket too. */
export function graphqlWs(address: Address, token: string | undefined): Client {
  const socket = new Socket(address.ws, token, { stays: true });
  return {
    kind: "graphql-ws",
    async request<Result, Variables extends object>(document: Document<Result, Variables>, variables: Variables) {
      const answers = socket.client.iterate(payload(document, variables));
      try {
        for await (const answer of answers) return dataOf(answer) as Result;
      } catch (error) {
        throw asFault(error);
      }
      throw new Error("the server completed the operation without an answer");
    },
    follow<Event, Variables extends object>(document: Document<Event, Variables>, variables: Variables) {
      const stream = new Stream<Event>();
      stream.onStop(
        socket.client.subscribe(payload(document, variables), {
          next: (result) => {
            try {
              stream.pushData(dataOf(result));
            } catch (error) {
              stream.fail(asFault(error));
            }
          },
          error: (error) => stream.fail(asFault(error)),
          complete: () => stream.fail(new Ended()),
        }),
      );
      return stream;
    },
    closings: socket.closings, acknowledged: socket.acknowledged,
    drop: () => socket.drop(),
    close: () => socket.close(),
  };
}

function payload(document: DocumentNode, variables: object) {
  return { query: print(document), variables: variables as Record<string, unknown> };
}

function dataOf(result: FormattedExecutionResult<Record<string, unknown>, unknown>): unknown {
  if (result.errors) throw new Refused(result.errors as readonly GraphQLFault[]);
  return result.data;
}

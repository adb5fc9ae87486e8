// apollo.ts
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from "@apollo/client";
import { SetContextLink } from "@apollo/client/link/context";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { OperationTypeNode } from "graphql";
import possibleTypes from "./possible-types.json";
import { resumingClient } from "./resuming";
import { http, token, ws } from "./tandem";

const headers = async () => ({ authorization: `Bearer ${await token()}` });
const requests = new SetContextLink(async () => ({ headers: await headers() })).concat(new HttpLink({ uri: http }));
export const socket = resumingClient({ url: ws, connectionParams: headers });
export const client = new ApolloClient({
  link: ApolloLink.split(({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION, new GraphQLWsLink(socket), requests),
  cache: new InMemoryCache({ possibleTypes }),
});

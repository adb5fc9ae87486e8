import type { Address, Client, Kind } from "./client.ts";
import { apollo } from "./clients/apollo.ts";
import { graphqlWs } from "./clients/graphqlws.ts";
import { urql } from "./clients/urql.ts";

/** Connects with a token, or with none. */
export function connect(kind: Kind, address: Address, token: string | undefined): Client {
  switch (kind) {
    case "graphql-ws":
      return graphqlWs(address, token);
    case "Apollo Client":
      return apollo(address, token);
    case "urql":
      return urql(address, token);
  }
}

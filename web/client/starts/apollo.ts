import { ApolloClient, gql, InMemoryCache } from "@apollo/client";
import { createTandem } from "@tandem/client";
import { tandemLink } from "@tandem/client/apollo";
import possibleTypes from "@tandem/client/possible-types.json" with { type: "json" };
import { token, url } from "./session.js";

export const tandem = createTandem({ url, token });
export const client = new ApolloClient({ link: tandemLink(tandem), cache: new InMemoryCache({ possibleTypes }) });

const customers = gql`query { customers(first: 20) { nodes { id version name } } }`;
const changes = gql`subscription { customerChanged { version fromVersion kind entityId changes { field } customer { id version name } } }`;
client.watchQuery<{ customers: { nodes: object[] } }>({ query: customers }).subscribe(({ data }) => console.log(data?.customers?.nodes));
client.subscribe({ query: changes }).subscribe(({ error }) => error && console.error(error));

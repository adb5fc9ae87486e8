import { createTandem } from "@tandem/client";
import { tandemExchange } from "@tandem/client/urql";
import { cacheExchange, Client } from "@urql/core";
import { token, url } from "./session.js";

export const tandem = createTandem({ url, token });
export const client = new Client({ url, exchanges: [tandemExchange(tandem, { exchanges: [cacheExchange] })] });

const customers = "query { customers(first: 20) { nodes { id version name } } }";
const changes = "subscription { customerChanged { version fromVersion kind entityId changes { field } customer { id version name } } }";
client.query(customers, {}).subscribe(({ data }) => console.log(data?.customers.nodes));
client.subscription(changes, {}).subscribe(({ error }) => error && console.error(error));

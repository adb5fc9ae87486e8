import { createTandem, type Document } from "@tandem/client";
import { tandemQuery } from "@tandem/client/query";
import { QueryClient, QueryObserver } from "@tanstack/query-core";
import { token, url } from "./session.js";

export const tandem = createTandem({ url, token });
export const queryClient = new QueryClient();
export const live = tandemQuery(tandem, queryClient);

const customers = "query { customers(first: 20) { nodes { id version name } } }" as Document<{ customers: { nodes: object[] } }>;
const changes = "subscription { customerChanged { version fromVersion kind entityId changes { field } customer { id version name } } }";
new QueryObserver(queryClient, live.query(customers, {})).subscribe(({ data }) => console.log(data?.customers.nodes));
live.follow(changes, {}, { ended: (reason) => console.error(reason) });

import { cacheExchange } from "@urql/core";
import { cacheExchange as graphcache } from "@urql/exchange-graphcache";
import { buildSchema, introspectionFromSchema } from "graphql";
import { readFileSync } from "node:fs";
import type { Tandem } from "../../src/tandem.js";
import { apollo, query, urql, type Library } from "./library.js";

const schema = introspectionFromSchema(buildSchema(readFileSync(new URL("../../../../schema.graphqls", import.meta.url), "utf8")), { descriptions: false });

/** Each library, with each cache that people use with it. */
export const libraries: Record<string, (tandem: Tandem) => Library> = {
  "Apollo Client": apollo,
  "TanStack Query": query,
  "urql without a cache": (tandem) => urql(tandem),
  "urql with its document cache": (tandem) => urql(tandem, cacheExchange),
  "urql with graphcache": (tandem) => urql(tandem, graphcache({ schema, keys: { FieldConflict: () => null, Customer: ({ id }) => (id as string | undefined) ?? null } })),
};

import assert from "node:assert/strict";
import { after, before, describe, test, type TestContext } from "node:test";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { generate } from "@graphql-codegen/cli";
import { addTypenameSelectionDocumentTransform } from "@graphql-codegen/client-preset";
import { Client as UrqlClient, fetchExchange } from "@urql/core";
import { print, type DocumentNode } from "graphql";
import { createClient as createSse } from "graphql-sse";
import { WebSocket } from "ws";
import { atEnd } from "../src/cleanup.ts";
import { Server, temporaryFolder } from "../src/server.ts";
import { Socket } from "../src/socket.ts";
import { organization, token } from "../src/token.ts";

// Apollo Client's link for sockets asks for the browser's, which Node 20 does not have.
globalThis.WebSocket ??= WebSocket as unknown as typeof globalThis.WebSocket;

/** A document as the client preset makes it: with the id that it has in the list. */
type Listed = DocumentNode & { readonly __meta__: { readonly hash: string } };

const source = `
import { graphql } from "./made/gql";
export const Me = graphql(\`query Me { viewer { user { ...Person } role } }\`);
export const Person = graphql(\`fragment Person on User { id name }\`);
`;

/** Has GraphQL Code Generator write a list of documents, and what an application imports. */
async function generated(folder: string): Promise<{ list: string; me: Listed }> {
  await mkdir(join(folder, "made"), { recursive: true });
  await writeFile(join(folder, "source.ts"), source);
  await writeFile(join(folder, "package.json"), '{"type": "module"}');
  await generate(
    {
      schema: fileURLToPath(new URL("../../schema.graphqls", import.meta.url)),
      documents: [join(folder, "source.ts")],
      generates: {
        [`${join(folder, "made")}/`]: {
          preset: "client",
          presetConfig: { persistedDocuments: true },
          // The setting that the preset's documentation recommends to users of Apollo Client.
          documentTransforms: [addTypenameSelectionDocumentTransform],
        },
      },
      silent: true,
    },
    true,
  );
  const made = (await import(pathToFileURL(join(folder, "made/graphql.ts")).href)) as { MeDocument: Listed };
  return { list: join(folder, "made/persisted-documents.json"), me: made.MeDocument };
}

describe("persisted documents of GraphQL Code Generator's client preset", () => {
  let server: Server;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let me: Listed;
  const headers = { authorization: `Bearer ${token(organization()("Ada"))}` };

  before(async () => {
    folder = await temporaryFolder();
    const made = await generated(folder.path);
    me = made.me;
    assert.ok(me.__meta__.hash);
    server = await Server.start({ DATABASE_URL: `sqlite:${join(folder.path, "tandem.db")}`, PERSISTED_DOCUMENTS: made.list });
  });
  after(async () => {
    await server.stop();
    await folder.remove();
  });

  function socket(t: TestContext): Socket {
    const opened = new Socket(server.ws, headers.authorization.slice("Bearer ".length));
    atEnd(t, () => opened.close());
    return opened;
  }

  async function apollo(link: ApolloLink): Promise<unknown> {
    const client = new ApolloClient({ link, cache: new InMemoryCache() });
    const { data } = await client.query<{ viewer: { user: { name: string } } }>({ query: me });
    client.stop();
    return data?.viewer.user.name;
  }

  const generateHash = () => me.__meta__.hash;
  /** The code that the documentation of the preset recommends to an application. */
  const named = () =>
    new ApolloLink((operation, forward) => {
      operation.extensions = { ...operation.extensions, persistedQuery: { version: 1, sha256Hash: me.__meta__.hash } };
      return forward(operation);
    });

  const links: Record<string, (t: TestContext) => Promise<unknown>> = {
    "Apollo Client over HTTP, as a text": () => apollo(new HttpLink({ uri: () => server.http, headers })),
    "Apollo Client over HTTP, by its name": () =>
      apollo(new PersistedQueryLink({ generateHash }).concat(new HttpLink({ uri: () => server.http, headers }))),
    "Apollo Client's link for sockets, which sends the text": (t) => apollo(new GraphQLWsLink(socket(t).client)),
    "Apollo Client's link for sockets, with the name beside the text": (t) => apollo(named().concat(new GraphQLWsLink(socket(t).client))),
    urql: async () => {
      const client = new UrqlClient({ url: server.http, fetchOptions: { headers }, exchanges: [fetchExchange] });
      const { data, error } = await client.query(me, {}).toPromise();
      if (error) throw error;
      return (data as { viewer: { user: { name: string } } }).viewer.user.name;
    },
    "graphql-ws": async (t) => {
      for await (const { data } of socket(t).client.iterate<{ viewer: { user: { name: string } } }>({ query: print(me) })) {
        return data?.viewer.user.name;
      }
      return undefined;
    },
    "graphql-sse": async () => {
      const client = createSse({ url: server.http, headers });
      for await (const { data } of client.iterate<{ viewer: { user: { name: string } } }>({ query: print(me) })) {
        return data?.viewer.user.name;
      }
      return undefined;
    },
    "an id alone": async () => {
      const body = JSON.stringify({ documentId: me.__meta__.hash });
      const answer = await fetch(server.http, { method: "POST", headers: { ...headers, "content-type": "application/json" }, body });
      return ((await answer.json()) as { data: { viewer: { user: { name: string } } } }).data.viewer.user.name;
    },
  };
  for (const [name, ask] of Object.entries(links)) {
    test(name, async (t) => assert.equal(await ask(t), "Ada"));
  }
});

import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import relay, { type ConcreteRequest, type GraphQLResponse } from "relay-runtime";
import { counting, Shown, texts, type OpenCache, type OperationName } from "./cache.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Has Relay's compiler make of the operations what its runtime runs, in a folder. */
export async function compile(folder: string): Promise<Record<OperationName, ConcreteRequest>> {
  const source = join(folder, "source");
  await mkdir(source, { recursive: true });
  const schema = await readFile(join(root, "schema.graphqls"), "utf8");
  await writeFile(join(folder, "schema.graphql"), schema);
  // The compiler wants each operation to be named after the file that it is in.
  const operations = Object.values(texts).map((text) => `graphql\`${text}\`;`);
  await writeFile(join(source, "Cache.js"), operations.join("\n"));
  const config = { src: "source", schema: "schema.graphql", language: "javascript", artifactDirectory: "made", eagerEsModules: false };
  await mkdir(join(folder, "made"), { recursive: true });
  await writeFile(join(folder, "relay.config.json"), JSON.stringify(config));
  await writeFile(join(folder, "package.json"), "{}");
  const compiler = join(root, "e2e/node_modules/relay-compiler/cli.js");
  await promisify(execFile)(process.execPath, [compiler, "relay.config.json"], { cwd: folder });
  const load = createRequire(join(folder, "made", "x.cjs"));
  const named = Object.keys(texts).map((name) => [name, load(`./${name}.graphql.js`) as ConcreteRequest]);
  return Object.fromEntries(named) as Record<OperationName, ConcreteRequest>;
}

/** Relay, with its store as it comes. */
export function relayWith(compiled: Record<OperationName, ConcreteRequest>): OpenCache {
  return (server, token) => {
    const { fetch, sent } = counting();
    const network = relay.Network.create(async (request, variables) => {
      const answer = await fetch(server.http, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
        body: JSON.stringify({ query: request.text, variables }),
      });
      return (await answer.json()) as GraphQLResponse;
    });
    const environment = new relay.Environment({ network, store: new relay.Store(new relay.RecordSource()) });
    const ends: (() => void)[] = [];
    return {
      watch({ name, variables }) {
        const shown = new Shown();
        const operation = relay.createOperationDescriptor(compiled[name], variables);
        ends.push(environment.retain(operation).dispose);
        const show = (snapshot: { data?: unknown; isMissingData: boolean }) => !snapshot.isMissingData && snapshot.data && shown.show(snapshot.data);
        ends.push(environment.subscribe(environment.lookup(operation.fragment), show).dispose);
        relay.fetchQuery(environment, compiled[name], variables).subscribe({
          next: () => show(environment.lookup(operation.fragment)),
          error: (error: Error) => shown.fail(error),
        });
        return shown;
      },
      query: ({ name, variables }) => relay.fetchQuery(environment, compiled[name], variables).toPromise() as Promise<any>,
      mutate: ({ name, variables }) =>
        new Promise((resolve, reject) => {
          const onCompleted = (data: unknown, errors: unknown) => (errors ? reject(new Error(JSON.stringify(errors))) : resolve(data));
          relay.commitMutation(environment, { mutation: compiled[name], variables, onCompleted, onError: reject });
        }),
      sent,
      close: () => ends.forEach((end) => end()),
    };
  };
}

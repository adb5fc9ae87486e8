import { execFile } from "node:child_process";
import { copyFile, cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

const e2e = fileURLToPath(new URL("..", import.meta.url));
const root = join(e2e, "..");

/** The addresses of a server, and the token of a person: what a reader of the docs puts into tandem.ts. */
export interface Tandem {
  readonly http: string;
  readonly ws: string;
  readonly token: string;
}

/** A folder with the set-ups of docs/protocol.md, as a reader would have it. */
export interface Setups {
  readonly path: string;
  load(name: string): Promise<any>;
  remove(): Promise<void>;
}

/** Copies the set-ups into a folder below e2e, where they find the packages, and generates the files that they need. */
export async function setups({ http, ws, token }: Tandem): Promise<Setups> {
  const path = await mkdtemp(join(e2e, "setups-"));
  await cp(join(e2e, "setups"), path, { recursive: true });
  await writeFile(
    join(path, "tandem.ts"),
    `export const http = ${JSON.stringify(http)};\nexport const ws = ${JSON.stringify(ws)};\nexport const token = async () => ${JSON.stringify(token)};\n`,
  );
  await copyFile(join(root, "docs/possible-types.json"), join(path, "possible-types.json"));
  await copyFile(join(root, "schema.graphqls"), join(path, "schema.graphqls"));
  // As bundlers have it, and strict; exactOptionalPropertyTypes is not part of that, and the types of urql and graphql-ws differ by it.
  const compilerOptions = { module: "ESNext", moduleResolution: "Bundler", resolveJsonModule: true, exactOptionalPropertyTypes: false };
  await writeFile(join(path, "tsconfig.json"), JSON.stringify({ extends: "../tsconfig.json", compilerOptions, include: ["*.ts"] }));
  await promisify(execFile)(process.execPath, ["--import", "tsx", "schema-json.ts"], { cwd: path });
  return {
    path,
    load: (name) => import(pathToFileURL(join(path, name)).href),
    remove: () => rm(path, { recursive: true }),
  };
}

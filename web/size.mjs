// Prints the size of each entry point, minified and compressed, and fails when one is larger than its budget. Parts that
// are loaded later, by import(), do not count.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { join } from "node:path";
import { build } from "esbuild";

const peers = ["@apollo/client", "@apollo/client/*", "@urql/core", "wonka", "@tanstack/query-core", "rxjs", "graphql", "react", "react/*", "react-dom", "@tandem/client", "@tandem/client/*"];
const budgets = {
  "client/src/index.ts": 25_000,
  "client/src/adapters/apollo/index.ts": 3_000,
  "client/src/adapters/query/index.ts": 3_000,
  "client/src/adapters/urql/index.ts": 3_000,
  "client/src/manager/index.ts": 3_000,
  "client/src/push/index.ts": 3_000,
  "client/src/testing/index.ts": 3_000,
  "react/src/index.ts": 25_000,
};

/** An application that has an adapter has the core already, so only an adapter's own code counts. */
const core = {
  name: "core",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir, importer }) => {
      const own = join(resolveDir, path);
      return importer.includes("/src/adapters/") && !own.includes("/src/adapters/") ? { path, external: true } : undefined;
    });
  },
};

let failed = false;
for (const [entry, budget] of Object.entries(budgets)) {
  const { outputFiles, metafile } = await build({
    entryPoints: [entry], bundle: true, minify: true, format: "esm", target: "es2022", write: false, external: peers,
    plugins: [core], splitting: true, outdir: "out", metafile: true,
  });
  const [first] = Object.entries(metafile.outputs).find(([, output]) => output.entryPoint === entry);
  const size = loadedWith(first, metafile, outputFiles).reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).length, 0);
  console.log(`${entry}: ${size} bytes of ${budget}`);
  failed ||= size > budget;
}
const [page, most] = ["demo/dist/index.html", 200_000];
const load = firstLoad(page);
console.log(`${page}, with all that it loads first: ${load} bytes of ${most}`);
failed ||= load > most;
if (failed) throw new Error("An entry point is larger than its budget.");

/** Returns the files that a browser loads for an output: itself, and those that it imports from the start. */
function loadedWith(first, { outputs }, files, seen = new Set()) {
  if (seen.has(first)) return [];
  seen.add(first);
  const now = outputs[first].imports.filter(({ kind, external }) => kind === "import-statement" && !external);
  return [files.find(({ path }) => path.endsWith(first)), ...now.flatMap(({ path }) => loadedWith(path, { outputs }, files, seen))];
}

/** Returns what a browser loads before the first page of the demo can be used: the files that the page names, and the fonts. */
function firstLoad(page) {
  const named = [...readFileSync(page, "utf8").matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(([, file]) => file);
  const fonts = readdirSync("demo/dist/assets").filter((file) => file.endsWith(".woff2")).map((file) => `assets/${file}`);
  const sizes = [page, ...[...named, ...fonts].map((file) => `demo/dist/${file}`)].map((file) => gzipSync(readFileSync(file), { level: 9 }).length);
  return sizes.reduce((sum, size) => sum + size, 0);
}

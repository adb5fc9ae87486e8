// Bundles the page into dist/: index.html, one script, one style sheet, and the licenses of what is built in.
// The result is committed and embedded in the Go program; the same sources and lock file give the same bytes.
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { build } from "esbuild";
import { licenseText } from "./licenses.mjs";

async function bundle() {
  return build({
    entryPoints: { playground: "src/main.tsx" },
    outdir: "dist",
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    jsx: "automatic",
    legalComments: "none",
    loader: { ".graphql": "text", ".woff2": "file" },
    assetNames: "[name]",
    publicPath: "/playground",
    define: { "process.env.NODE_ENV": '"production"' },
    metafile: true,
  });
}

// The address of a file carries the hash of its bytes, so that a browser never runs an old script on a new page,
// however the server lets it cache.
async function stamped(html, name) {
  const hash = createHash("sha256")
    .update(await readFile(`dist/${name}`))
    .digest("hex")
    .slice(0, 12);
  return html.replace(`/playground/${name}`, `/playground/${name}?v=${hash}`);
}

await rm("dist", { recursive: true, force: true });
await mkdir("dist");
const { metafile } = await bundle();
let html = await readFile("src/index.html", "utf8");
for (const name of ["playground.js", "playground.css"]) html = await stamped(html, name);
await writeFile("dist/index.html", html);
await writeFile("dist/licenses.txt", await licenseText(metafile));
for (const [file, { bytes }] of Object.entries(metafile.outputs)) console.log(`${file} ${Math.round(bytes / 1024)} kB`);

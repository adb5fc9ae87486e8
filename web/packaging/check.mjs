// Packs the packages as npm publishes them, and checks the packed files: that every entry point resolves, with its types.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packages } from "./packages.mjs";

const folder = mkdtempSync(join(tmpdir(), "tandem-packed-"));
try {
  for (const name of packages) {
    const [{ filename }] = JSON.parse(execFileSync("npm", ["pack", "--silent", "--json", "--pack-destination", folder], { cwd: name, encoding: "utf8" }));
    const packed = join(folder, filename);
    run("publint", ["run", packed, "--strict"]);
    run("attw", [packed, "--profile", "esm-only", "--exclude-entrypoints", "styles.css"]);
  }
} finally {
  rmSync(folder, { recursive: true });
}

function run(tool, args) {
  try {
    execFileSync(join("node_modules", ".bin", tool), args, { encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    throw new Error(`${tool} found faults:\n${error.stdout}${error.stderr}`);
  }
}

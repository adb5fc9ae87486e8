import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Builds the program once for a run, unless TANDEM_BIN names one. Workers find it in TANDEM_BIN. */
export default async function setup(): Promise<() => Promise<void>> {
  if (process.env["TANDEM_BIN"]) return async () => {};
  const folder = await mkdtemp(join(tmpdir(), "tandem-web-"));
  const program = join(folder, "tandem");
  const root = fileURLToPath(new URL("../..", import.meta.url));
  await promisify(execFile)("go", ["build", "-o", program, "."], { cwd: root });
  process.env["TANDEM_BIN"] = program;
  return () => rm(folder, { recursive: true, force: true });
}

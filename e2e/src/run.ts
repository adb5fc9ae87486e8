import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { services } from "./services.ts";
import { build, temporaryFolder } from "./server.ts";

/** Runs the tests, or the files that are named, against one build of the server. */
async function run(named: string[]): Promise<number> {
  services();
  const files = named.length > 0 ? named : await testFiles();
  const folder = await temporaryFolder();
  try {
    const program = process.env["TANDEM_BIN"] ?? (await build(folder.path));
    // Several files at once, since they mostly wait; no test measures how long something takes.
    const options = ["--import", "tsx", "--test", "--test-reporter=spec", "--test-concurrency=4", "--test-timeout=240000"];
    const tests = spawn(process.execPath, [...options, ...files], {
      env: { ...process.env, TANDEM_BIN: program },
      stdio: "inherit",
    });
    const [status] = (await once(tests, "exit")) as [number | null];
    return status ?? 1;
  } finally {
    await folder.remove();
  }
}

async function testFiles(): Promise<string[]> {
  const folder = fileURLToPath(new URL("../test", import.meta.url));
  const names = await readdir(folder);
  return names.filter((name) => name.endsWith(".test.ts")).sort().map((name) => join(folder, name));
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  console.error(`e2e: ${(error as Error).message}`);
  process.exitCode = 1;
}

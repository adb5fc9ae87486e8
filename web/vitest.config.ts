import { fileURLToPath } from "node:url";
import { configDefaults, defineConfig } from "vitest/config";
import { LongestFirst } from "./testing/longestFirst.js";
import { PATIENCE } from "./testing/until.js";

const inBrowsers = "*/test/browser/**/*.test.{ts,tsx}";

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  // The packages as they are now, not as they were built last.
  resolve: {
    alias: [
      { find: /^@tandem\/client$/, replacement: source("client/src/index.ts") },
      { find: /^@tandem\/client\/(manager|push|testing|server)$/, replacement: source("client/src/$1/index.ts") },
      { find: "@tandem/client/possible-types.json", replacement: source("../docs/possible-types.json") },
      { find: /^@tandem\/client\/(\w+)$/, replacement: source("client/src/adapters/$1/index.ts") },
    ],
  },
  test: {
    globalSetup: "testing/build.ts",
    // Only a failing test takes this long: the machine may be slow.
    testTimeout: 2 * PATIENCE,
    hookTimeout: 2 * PATIENCE,
    expect: { poll: { timeout: PATIENCE } },
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    projects: [
      { extends: true, test: { name: "packages", include: ["*/test/**/*.test.{ts,tsx}"], exclude: [...configDefaults.exclude, inBrowsers, "examples/**"] } },
      { extends: true, test: { name: "examples", include: ["examples/test/**/*.test.ts"], testTimeout: 300_000, hookTimeout: 180_000 } },
      {
        extends: true,
        test: {
          name: "browsers", include: [inBrowsers], testTimeout: 6 * PATIENCE, hookTimeout: 6 * PATIENCE,
          // The files of a worker share their browsers. Many tests wait for the network, so more of them run than there are processors.
          isolate: false, environment: source("testing/browsers/environment.ts"), maxWorkers: 3, sequence: { groupOrder: 1 },
          // A browser that a busy machine starves may fail once. The report names each test that passed only the second time.
          retry: 1,
        },
      },
    ],
  },
});

import type { Environment } from "vitest/runtime";
import { endShared } from "./shared.js";

/** The environment of the test files that share browsers: Node, with browsers that end when a worker has no more files. */
export default {
  name: "browsers",
  viteEnvironment: "ssr",
  setup: () => ({ teardown: endShared }),
} satisfies Environment;

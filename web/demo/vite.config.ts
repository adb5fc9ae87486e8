import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { licenses } from "./licenses.js";

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// The same sources and lock file give the same bytes: names have a hash of the content, and nothing has a date.
export default defineConfig({
  plugins: [licenses()],
  resolve: {
    alias: [
      { find: "@tandem/client/manager", replacement: source("../client/src/manager/index.ts") },
      { find: "@tandem/client/push", replacement: source("../client/src/push/index.ts") },
      { find: "@tandem/client/testing", replacement: source("../client/src/testing/index.ts") },
      { find: /^@tandem\/client$/, replacement: source("../client/src/index.ts") },
      { find: "@tandem/react/styles.css", replacement: source("../react/src/styles.css") },
      { find: /^@tandem\/react$/, replacement: source("../react/src/index.ts") },
    ],
  },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    // One style sheet, so that a page that is opened later needs only its script.
    cssCodeSplit: false,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // "use client" is for servers that render; here is none.
    rolldownOptions: {
      input: [source("index.html"), source("src/push/sw.ts")],
      // The address of a service worker stays, so that a browser finds its next version.
      output: { entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "assets/[name]-[hash].js") },
      onLog: (level, log, handle) => log.code !== "MODULE_LEVEL_DIRECTIVE" && handle(level, log),
    },
  },
  // `npm run dev` serves the page itself, and asks the program for everything else.
  server: {
    proxy: {
      "/graphql": { target: "http://127.0.0.1:8080", ws: true, changeOrigin: true },
      "/demo": { target: "http://127.0.0.1:8080", changeOrigin: true },
    },
  },
});

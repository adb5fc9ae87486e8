import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

/** Writes licenses.txt beside the page: the license of each package that is built in. */
export function licenses(): Plugin {
  return {
    name: "licenses",
    generateBundle(_options, bundle) {
      const folders = new Set(["@fontsource-variable/inter"].map((name) => join(import.meta.dirname, "../node_modules", name)));
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== "chunk") continue;
        for (const id of chunk.moduleIds) addFolder(folders, id);
      }
      const texts = [...folders].map(textOf).sort();
      this.emitFile({ type: "asset", fileName: "licenses.txt", source: texts.join(`\n${"-".repeat(80)}\n\n`) });
    },
  };
}

/** Adds the folder of the package that a module belongs to. Modules of this repository have none. */
function addFolder(folders: Set<string>, module: string): void {
  const found = /^\0?(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(module)?.[1];
  if (found) folders.add(found);
}

function textOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, string>;
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  const text = file ? readFileSync(join(folder, file), "utf8").trim() : "The package has no file with the text.";
  return `${name} ${version}: ${license}\n\n${text}\n`;
}

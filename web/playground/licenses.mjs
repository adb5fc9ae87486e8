// The licenses of the packages that are built into the page ask to travel with it: this collects their texts.
import { readdir, readFile } from "node:fs/promises";

// packageFolders are the folders of the packages that gave at least one byte to the bundle.
function packageFolders(metafile) {
  const folders = new Set();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
      if (folder && bytesInOutput > 0) folders.add(folder);
    }
  }
  return [...folders].sort();
}

async function licenseOf(folder) {
  const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
  const file = (await readdir(folder)).find((entry) => /^licen[sc]e/i.test(entry));
  const text = file ? await readFile(`${folder}/${file}`, "utf8") : "The package carries no license text of its own.";
  return `${name} ${version} (${license})\n\n${text.replaceAll("\r", "").trim()}\n`;
}

export async function licenseText(metafile) {
  const texts = await Promise.all(packageFolders(metafile).map(licenseOf));
  return ["The playground is built from these packages.\n", ...texts].join(`\n${"─".repeat(80)}\n\n`);
}

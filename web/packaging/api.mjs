// Writes the public API of each entry point of the packages to api/*.api.md of its package, for reviews.
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Extractor, ExtractorConfig, ExtractorLogLevel } from "@microsoft/api-extractor";
import { packages } from "./packages.mjs";

for (const folder of packages) {
  const { name, exports } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  for (const [subpath, { types }] of Object.entries(exports)) {
    if (types) report(folder, subpath === "." ? name.split("/")[1] : subpath.slice(2), types);
  }
}

/** Writes one report. It lists the types that the API names and the entry point does not export. */
function report(folder, name, types) {
  const reportFolder = join(process.cwd(), folder, "api");
  if (!existsSync(reportFolder)) mkdirSync(reportFolder);
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: join(process.cwd(), folder),
      mainEntryPointFilePath: join(process.cwd(), folder, types),
      compiler: { tsconfigFilePath: join(process.cwd(), folder, "tsconfig.build.json") },
      apiReport: { enabled: true, reportFolder, reportFileName: name, reportTempFolder: join(tmpdir(), "tandem-api"), includeForgottenExports: false },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      newlineKind: "lf",
      messages: {
        extractorMessageReporting: {
          default: { logLevel: ExtractorLogLevel.Error },
          // Everything that is exported is public.
          "ae-missing-release-tag": { logLevel: ExtractorLogLevel.None },
          // The name of a property may say it all.
          "ae-undocumented": { logLevel: ExtractorLogLevel.None },
          "ae-unresolved-link": { logLevel: ExtractorLogLevel.None },
          "ae-forgotten-export": { logLevel: ExtractorLogLevel.Warning, addToApiReportFile: true },
        },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(process.cwd(), folder, "package.json"),
  });
  const { succeeded } = Extractor.invoke(config, { localBuild: true, showVerboseMessages: false });
  if (!succeeded) throw new Error(`The API of ${folder}, ${name}, has errors (see above).`);
}

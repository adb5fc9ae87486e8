import type { CodegenConfig } from "@graphql-codegen/cli";

// As on the wire: ids and cursors are text, and so are times; the kit makes dates of them where it shows them.
const scalars = { ID: "string", Cursor: "string", Date: "string", DateTime: "string", JSON: "unknown", SafeInt: "number" };
const shared = { scalars, strictScalars: true, enumsAsTypes: true, useTypeImports: true };

const typed = { ...shared, namingConvention: "keep" };

/** The types of the whole schema, and the documents of the kit and of the demo with the types of their answers. */
const config: CodegenConfig = {
  schema: "../schema.graphqls",
  generates: {
    "client/src/graphql/schema.ts": { plugins: ["typescript"], config: shared },
    "client/src/graphql/documents.ts": {
      documents: "client/src/graphql/documents/*.graphql",
      plugins: ["typescript-operations", "./codegen.documents.mjs"],
      config: typed,
    },
    "demo/src/documents/documents.ts": {
      documents: "demo/src/documents/*.graphql",
      plugins: ["typescript-operations", "./codegen.documents.mjs"],
      config: { ...typed, documentFrom: "@tandem/client" },
    },
  },
};

export default config;

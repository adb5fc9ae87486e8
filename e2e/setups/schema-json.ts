// schema-json.ts
import { readFileSync, writeFileSync } from "node:fs";
import { buildSchema, introspectionFromSchema } from "graphql";

const schema = buildSchema(readFileSync("schema.graphqls", "utf8"));
writeFileSync("schema.json", JSON.stringify(introspectionFromSchema(schema, { descriptions: false })));

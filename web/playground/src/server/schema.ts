import { buildClientSchema, getIntrospectionQuery, type GraphQLSchema, type IntrospectionQuery } from "graphql";
import type { Identity } from "../people/identity";
import type { Problems } from "../page/problems";
import { value, type Value } from "../value";
import { post, type Answer } from "./http";

/** The server's schema. Undefined until it is known; the page works without it, with less help. */
export interface SchemaSource {
  readonly schema: Value<GraphQLSchema | undefined>;
  /** Reads it as a person, unless it is known. */
  read(identity: Identity, problems: Problems): Promise<void>;
}

export function createSchemaSource(): SchemaSource {
  const schema = value<GraphQLSchema | undefined>(undefined);
  const source: SchemaSource = {
    schema,
    async read(identity, problems) {
      if (schema.get()) return;
      const query = getIntrospectionQuery({ specifiedByUrl: true, inputValueDeprecation: true });
      const answer = await post(identity.session.get().endpoint, identity.token(), { query, operationName: "IntrospectionQuery" });
      const { data } = answer.result;
      if (data) schema.set(buildClientSchema(data as unknown as IntrospectionQuery));
      // A refused token has its own notice, with a remedy.
      if (data || answer.refused) return problems.clear("schema");
      const action = { label: "Try again", run: () => void source.read(identity, problems) };
      problems.report({ topic: "schema", text: schemaProblem(answer), action });
    },
  };
  return source;
}

function schemaProblem({ status, result }: Answer): string {
  const message = result.errors?.[0]?.message ?? "";
  if (status === 0) return "The server cannot be reached, so its schema is unknown.";
  const without = "Operations still run; documentation, completion and checks while typing are missing.";
  if (/introspection/i.test(message)) return `Introspection is off on this server (INTROSPECTION turns it on). ${without}`;
  return `The schema could not be read: ${message || `status ${status}`}. ${without}`;
}

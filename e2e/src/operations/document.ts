import { parse } from "graphql";
import type { Document } from "../client.ts";

/** Parses an operation and says of what types its answer and its variables are. */
export function gql<Result, Variables extends object>(...texts: string[]): Document<Result, Variables> {
  return parse(texts.join("\n"));
}

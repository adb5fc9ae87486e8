import { parse } from "graphql";
import type { Document } from "../client.ts";

/** Parses an operation, and gives it the types of its answer and of its variables. */
export function gql<Result, Variables extends object>(...texts: string[]): Document<Result, Variables> {
  return parse(texts.join("\n"));
}

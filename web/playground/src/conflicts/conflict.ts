import type { Choice } from "../../../client/src/data/live";
import { resolutionOf } from "../../../client/src/data/resolution";
import type { SidePane } from "../page/sidePane";

/** A field that two people set to different values. */
export interface Clash {
  readonly field: string;
  readonly base: unknown;
  readonly local: unknown;
  readonly remote: unknown;
  readonly baseText: string | null;
  readonly localText: string | null;
  readonly remoteText: string | null;
  readonly remoteChangedBy: { readonly name: string } | null;
}

/** A conflict, as it is decided on. */
export interface OpenConflict {
  readonly __typename: string;
  readonly id: string;
  readonly message: string;
  readonly entityId: string;
  readonly resolvedAt: string | null;
  readonly detectedFor: { readonly id: string; readonly name: string } | null;
  readonly conflictedFields: readonly Clash[];
}

const fields = `__typename
  id
  message
  entityId
  resolvedAt
  detectedFor { id name }
  conflictedFields { field base local remote baseText localText remoteText remoteChangedBy { name } }`;

/** Reads a conflict as the person of a side; undefined if it is resolved, or not visible. */
export async function readConflict(pane: SidePane, id: string): Promise<OpenConflict | undefined> {
  const { data } = await pane.ask(`query ReadConflict($id: ID!) { node(id: $id) { ... on Conflict { ${fields} } } }`, { id });
  const conflict = data?.["node"] as OpenConflict | null | undefined;
  return conflict?.resolvedAt === null ? conflict : undefined;
}

/** Reads the open conflicts of the person of a side, the newest 20. */
export async function readOpenConflicts(pane: SidePane): Promise<readonly OpenConflict[]> {
  const { data, errors } = await pane.ask(`query OpenConflicts { conflicts(open: true, first: 20) { nodes { ${fields} } } }`, {});
  if (errors) throw new Error(errors[0]?.message);
  return (data?.["conflicts"] as { nodes: OpenConflict[] }).nodes;
}

/** The decisions of a person by field: a side, or a value that is neither's. */
export type Choices = Readonly<Record<string, Choice>>;

/** The outcome of a decision: it is applied, a newer change conflicts again, or the server refused it with these words. */
export type Outcome = { readonly kind: "applied" } | { readonly kind: "again" } | { readonly kind: "refused"; readonly words: string };

/** Resolves a conflict as the person of a side. */
export async function resolveConflict(pane: SidePane, conflict: OpenConflict, choices: Choices): Promise<Outcome> {
  const type = conflict.__typename.replace(/Conflict$/, "");
  const mutation = `mutation Resolve($input: Resolve${type}ConflictInput!) {
    resolve${type}Conflict(input: $input) { __typename ... on Problem { message } ... on InvalidInput { fields { message } } }
  }`;
  const input = { conflictId: conflict.id, ...resolutionOf(conflict.conflictedFields, choices), clientMutationId: crypto.randomUUID() };
  const { data, errors } = await pane.ask(mutation, { input });
  if (!data) return { kind: "refused", words: errors?.[0]?.message ?? "The server gave no answer." };
  const [result] = Object.values(data) as { __typename: string; message?: string; fields?: { message: string }[] }[];
  if (result?.__typename === `${type}Saved`) return { kind: "applied" };
  if (result?.__typename === conflict.__typename) return { kind: "again" };
  return { kind: "refused", words: [result?.message, ...(result?.fields ?? []).map(({ message }) => message)].filter(Boolean).join(" ") };
}

/**
 * Reads what a person typed as a value like those of the two sides: text stays text, everything else is JSON.
 *
 * @example
 * ownValue("12", { local: 10, remote: 11 }); // 12
 */
export function ownValue(typed: string, { local, remote }: Pick<Clash, "local" | "remote">): unknown {
  const isText = [local, remote].every((side) => side === null || typeof side === "string");
  if (isText) return typed === "" ? null : typed;
  try {
    return JSON.parse(typed) as unknown;
  } catch {
    return typed;
  }
}

/** Returns a value as a person reads it. */
export function shownValue(text: string | null, json: unknown): string {
  if (text) return text;
  if (json === null || json === "") return "empty";
  return typeof json === "string" ? json : JSON.stringify(json);
}

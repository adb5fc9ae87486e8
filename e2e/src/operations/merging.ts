import type { Client } from "../client.ts";
import { type CustomerPatch, mutationId } from "./customers.ts";
import { gql } from "./document.ts";

/** A stretch of a text in conflict: what is agreed, or three sides of a clash. */
export type TextPart =
  | { readonly __typename: "AgreedText"; readonly text: string }
  | { readonly __typename: "ClashingText"; readonly base: string; readonly local: string; readonly remote: string };

/** The answer to an edit: what was saved, or the fields in conflict. */
export interface Merged {
  readonly __typename: string;
  readonly customer?: { readonly version: number; readonly phone: string | null; readonly tags: readonly string[]; readonly notes: string | null };
  readonly id?: string;
  readonly conflictedFields?: readonly {
    readonly field: string;
    readonly base: unknown;
    readonly parts: readonly TextPart[] | null;
  }[];
}

const mergeMutation = gql<{ answer: Merged }, { input: object }>(
  `mutation Merge($input: UpdateCustomerInput!) {
    answer: updateCustomer(input: $input) {
      __typename
      ... on CustomerSaved { customer { version phone tags notes } }
      ... on CustomerConflict {
        id
        conflictedFields {
          field base
          parts { __typename ... on AgreedText { text } ... on ClashingText { base local remote } }
        }
      }
    }
  }`,
);

/** A form names bases beside its patch, and an offline queue what was made before. */
export interface Circumstances {
  readonly clientMutationId?: string;
  readonly bases?: readonly { readonly field: string; readonly version: number }[];
  readonly madeAfter?: readonly string[];
}

export async function merge(
  by: Client,
  seen: { readonly id: string; readonly version: number },
  patch: CustomerPatch,
  circumstances: Circumstances = {},
): Promise<Merged> {
  const input = { id: seen.id, baseVersion: seen.version, patch, clientMutationId: mutationId(), ...circumstances };
  return (await by.request(mergeMutation, { input })).answer;
}

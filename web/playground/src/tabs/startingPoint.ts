import type { Identity } from "../people/identity";
import { post } from "../server/http";

/** The state that the examples start from: edits need versions, a subscription a cursor, a resolution a conflict. */
export interface StartingPoint {
  readonly customer: { readonly name: string; readonly version: number; readonly cursor: string | null };
  readonly deal: { readonly version: number; readonly amountMinor: number };
  readonly conflictId: string;
}

const unknown: StartingPoint = {
  customer: { name: "Example", version: 1, cursor: null },
  deal: { version: 1, amountMinor: 0 },
  conflictId: "an id from Conflicts",
};

const query = `query StartingPoint($customerId: ID!, $dealId: ID!) {
  customer(id: $customerId) { name version cursor }
  deal(id: $dealId) { version amountMinor }
  conflicts(open: true, first: 20) { nodes { ... on CustomerConflict { id } } }
}`;

interface Answer {
  readonly customer: StartingPoint["customer"] | null;
  readonly deal: StartingPoint["deal"] | null;
  readonly conflicts: { readonly nodes: { readonly id?: string }[] };
}

/** Reads it once, when the example tabs are made. If the server is slow or refuses, the examples have placeholders. */
export async function readStartingPoint(identity: Identity): Promise<StartingPoint> {
  const { endpoint, examples } = identity.session.get();
  if (!examples.customerId) return unknown;
  const request = { query, variables: { customerId: examples.customerId, dealId: examples.dealId } };
  const answer = await post(endpoint, identity.token(), request, AbortSignal.timeout(2000)).catch(() => null);
  const { customer, deal, conflicts } = (answer?.result.data ?? {}) as Partial<Answer>;
  const conflictId = conflicts?.nodes.find(({ id }) => id)?.id;
  return {
    customer: customer ?? unknown.customer,
    deal: deal ?? unknown.deal,
    conflictId: conflictId ?? unknown.conflictId,
  };
}

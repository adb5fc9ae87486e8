import activity from "../examples/activity.graphql";
import change from "../examples/change.graphql";
import conflicts from "../examples/conflicts.graphql";
import deals from "../examples/deals.graphql";
import follow from "../examples/follow.graphql";
import presence from "../examples/presence.graphql";
import read from "../examples/read.graphql";
import type { Self } from "../page/sidePane";
import type { Examples } from "../people/session";
import type { StartingPoint } from "./startingPoint";
import type { Draft } from "./tab";

/** The tabs of a first visit. A tab has the name of its first operation; the texts are examples/*.graphql. */
export function exampleTabs(examples: Examples, { customer, deal, conflictId }: StartingPoint, { side, clientId }: Self): Draft[] {
  const customerId = examples.customerId || "the id of a customer";
  // Two people who run their examples as they are change one field of one version to two values, which is a conflict.
  const name = side === "as" ? `${customer.name} (renamed)` : `${customer.name} (renamed by the other person)`;
  const others = [examples.callId, examples.meetingId, examples.dealId].filter(Boolean);
  return [
    tab(read, { customerId, others }),
    tab(change, { input: { id: customerId, baseVersion: customer.version, patch: { name } } }),
    tab(conflicts, { input: { conflictId, resolution: "LOCAL", merged: null } }),
    tab(follow, { id: examples.customerId || null, after: customer.cursor }),
    tab(presence, { room: customerId, clientId, state: { status: "ONLINE", currentPage: "/playground", editingField: null } }),
    tab(deals, {
      filter: { stage: ["PROPOSAL", "NEGOTIATION", "WON"] },
      input: {
        id: examples.dealId || "the id of a deal",
        baseVersion: deal.version,
        patch: { amountMinor: deal.amountMinor + 100_000 },
      },
    }),
    tab(activity, { feed: examples.customerId ? { type: "CUSTOMER", entityId: customerId } : { type: "GLOBAL" } }),
  ];
}

function tab(query: string, variables: unknown): Draft {
  return { query: query.trimEnd(), variables: JSON.stringify(variables, null, 2) };
}

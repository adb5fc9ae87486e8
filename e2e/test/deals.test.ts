import assert from "node:assert/strict";
import { test } from "node:test";
import { kinds } from "../src/client.ts";
import { Interrupted } from "../src/errors.ts";
import { createDeal, followDeal, mergeDeal, updateDeal, type DealAnswer, type DealConflict, type DealSaved } from "../src/operations/deals.ts";
import { organization } from "../src/token.ts";
import { inEveryWorld } from "../src/world.ts";

function saved(answer: DealAnswer): DealSaved {
  assert.equal(answer.__typename, "DealSaved", JSON.stringify(answer));
  return answer as DealSaved;
}

inEveryWorld(({ connect }) => {
  for (const kind of kinds) {
    test(`${kind}: a deal is edited, conflicts, is followed and resumed`, async (t) => {
      const hire = organization();
      const [adaId, benId] = [hire("Ada"), hire("Ben")];
      const ada = connect(t, kind, adaId, 0);
      const ben = connect(t, kind, benId, 1);
      const { deal } = saved(await createDeal(ada, { title: "Softening plant", amountMinor: 4_860_000_000, currency: "EUR", expectedCloseDate: "2027-03-31" }));
      assert.deepEqual([deal.stage, deal.amountMinor, deal.expectedCloseDate], ["OPEN", 4_860_000_000, "2027-03-31"]);
      const atBen = followDeal(ben, deal.id, deal.cursor);

      // Two fields that have nothing to do with each other are merged.
      saved(await updateDeal(ada, deal, { amountMinor: 4_700_000_000 }));
      assert.equal(saved(await updateDeal(ben, deal, { stage: "PROPOSAL" })).merged, true);

      // An amount and its currency are one value.
      const conflict = (await updateDeal(ben, deal, { currency: "USD" })) as DealConflict;
      assert.equal(conflict.__typename, "DealConflict");
      assert.deepEqual(
        conflict.conflictedFields.map(({ field, base, local, remote }) => [field, base, local, remote]),
        [["amountMinor", 4_860_000_000, 4_860_000_000, 4_700_000_000], ["currency", "EUR", "USD", "EUR"]],
      );
      const resolved = saved(await mergeDeal(ada, conflict.id, { amountMinor: 5_100_000_000, currency: "USD" }));
      assert.deepEqual([resolved.deal.version, resolved.deal.amountMinor, resolved.deal.currency], [4, 5_100_000_000, "USD"]);

      const seen = await atBen.take(3);
      assert.deepEqual(seen.map((change) => [change.fromVersion, change.version, change.actor?.id]), [
        [1, 2, adaId.id], [2, 3, benId.id], [3, 4, adaId.id],
      ]);
      assert.deepEqual(seen[2]?.deal, resolved.deal);

      // Changes while Ben is away reach him on another instance, each once.
      ben.drop();
      assert.ok((await atBen.ended()) instanceof Interrupted);
      saved(await updateDeal(ada, resolved.deal, { stage: "WON" }));
      const back = connect(t, kind, benId, 0);
      const [missed] = await followDeal(back, deal.id, seen[2]?.cursor ?? "").take(1);
      assert.deepEqual([missed?.fromVersion, missed?.version, missed?.deal.stage], [4, 5, "WON"]);
    });
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { kinds } from "../src/client.ts";
import { applied, create, mutationId, update } from "../src/operations/customers.ts";
import { followList } from "../src/operations/lists.ts";
import { merge } from "../src/operations/merging.ts";
import { organization } from "../src/token.ts";
import { inEveryWorld } from "../src/world.ts";

/** Each of the clients edits what others edit at the same time, and follows a list with a filter. */
inEveryWorld(({ connect }) => {
  for (const kind of kinds) {
    test(`${kind}: tags and texts merge, and a clash within a text is shown alone`, async (t) => {
      const hire = organization();
      const [ada, ben] = [connect(t, kind, hire("Ada"), 0), connect(t, kind, hire("Ben"), 1)];
      const base = applied(await create(ada, { name: "Brewery", tags: ["beer"], notes: "Call on Monday.\nAsk for Kim.\n" })).customer;
      await merge(ada, base, { tags: ["beer", "new"], notes: "Call on Tuesday.\nAsk for Kim.\n" });
      const merged = await merge(ben, base, { tags: ["big"], notes: "Call on Monday.\nAsk for Jo.\n" });
      assert.deepEqual([merged.customer?.version, merged.customer?.tags, merged.customer?.notes], [3, ["new", "big"], "Call on Tuesday.\nAsk for Jo.\n"]);
      const conflict = await merge(ben, base, { notes: "Call on Friday.\nAsk for Kim.\n" });
      assert.deepEqual(conflict.conflictedFields?.map(({ parts }) => parts), [[
        { __typename: "AgreedText", text: "Call on " },
        { __typename: "ClashingText", base: "Monday", local: "Friday", remote: "Tuesday" },
        { __typename: "AgreedText", text: ".\nAsk for Jo.\n" },
      ]]);
    });

    test(`${kind}: a form names bases, and an offline queue what was made before`, async (t) => {
      const hire = organization();
      const [ada, ben] = [connect(t, kind, hire("Ada"), 0), connect(t, kind, hire("Ben"), 1)];
      const base = applied(await create(ada, { name: "Brewery", phone: "1" })).customer;
      applied(await update(ada, base, { phone: "2" }));
      const saved = await merge(ben, base, { phone: "3" }, { bases: [{ field: "phone", version: 2 }] });
      assert.equal(saved.customer?.phone, "3");
      const queue = [mutationId(), mutationId()] as const;
      const first = await merge(ada, base, { phone: "4" }, { clientMutationId: queue[0] });
      const second = await merge(ada, base, { phone: "5" }, { clientMutationId: queue[1], madeAfter: [queue[0]] });
      assert.deepEqual([first.__typename, second.__typename], ["CustomerConflict", "CustomerConflict"]);
      assert.equal(second.id, first.id);
    });

    test(`${kind}: a list with a filter is kept by its subscription`, async (t) => {
      const hire = organization();
      const [ada, ben] = [connect(t, kind, hire("Ada"), 0), connect(t, kind, hire("Ben"), 1)];
      const kept = applied(await create(ada, { name: "Kept", status: "LEAD" })).customer;
      const other = applied(await create(ada, { name: "Other", status: "ACTIVE" })).customer;
      const filter = { status: ["LEAD"], ids: [other.id, kept.id] };
      const events = followList(ben, filter);
      const there = await events.next("what is there");
      assert.deepEqual([there.kind, there.transition, there.customer?.name], ["CURRENT", "ENTERED", "Kept"]);
      const entering = applied(await update(ada, other, { status: "LEAD" })).customer;
      const entered = await events.next("ENTERED");
      assert.deepEqual([entered.transition, entered.entityId], ["ENTERED", other.id]);
      applied(await update(ada, kept, { name: "Kept on" }));
      assert.equal((await events.next("STAYED")).transition, "STAYED");
      applied(await update(ada, entering, { status: "CHURNED" }));
      const left = await events.next("LEFT");
      assert.deepEqual([left.kind, left.transition, left.customer?.name], ["UPDATED", "LEFT", "Other"]);
      const again = followList(connect(t, kind, hire("Cem"), 0), filter, entered.cursor);
      assert.deepEqual((await again.take(2, "resumed")).map(({ transition }) => transition), ["STAYED", "LEFT"]);
    });
  }
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { atEnd } from "../src/cleanup.ts";
import { Interrupted } from "../src/errors.ts";
import { asOf, readLog } from "../src/operations/changes.ts";
import { customersToImport, importCustomers } from "../src/operations/lists.ts";
import { organization } from "../src/token.ts";
import { connectUntilEnd, pair } from "../src/world.ts";

test("an import through instances that are killed creates each customer once, in order", async (t) => {
  const world = await pair();
  atEnd(t, () => world.close());
  const ada = organization()("Ada");
  const clients = world.instances.map((instance) => connectUntilEnd(t, "urql", instance, ada));
  const start = await asOf(clients[0]!);
  let interruptions = 0;

  /** Sends a batch to one instance after the other until it is answered. */
  const send = async (inputs: readonly object[], turn: number) => {
    for (; ; turn++) {
      try {
        return await importCustomers(clients[turn % 2]!, inputs);
      } catch (error) {
        if (!(error instanceof Interrupted)) throw error;
        interruptions++;
        await pause(20); // before the next try
      }
    }
  };

  const names: string[] = [];
  for (let batch = 0; batch < 8; batch++) {
    const of = Array.from({ length: 100 }, (_, n) => `Customer ${batch}-${n}`);
    names.push(...of);
    const victim = world.instances[batch % 2]!;
    const answered = send(customersToImport(...of), batch);
    await pause(batch * 10); // so that the instance dies in different places of a batch
    await victim.kill();
    const answers = await answered;
    assert.deepEqual(answers.map(({ __typename, customer }) => [__typename, customer?.name]), of.map((name) => ["CustomerSaved", name]));
    await victim.start();
  }
  const log = await readLog(clients[0]!, start);
  assert.deepEqual(log.map(({ customer }) => customer?.name), names);
  assert.ok(interruptions > 0, "no instance was killed while it answered");
});

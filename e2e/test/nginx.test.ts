import assert from "node:assert/strict";
import { test } from "node:test";
import { atEnd } from "../src/cleanup.ts";
import { connect } from "../src/connect.ts";
import { startNginx } from "../src/nginx.ts";
import { asOf, followCustomers } from "../src/operations/changes.ts";
import { applied, create } from "../src/operations/customers.ts";
import { services } from "../src/services.ts";
import { organization, token } from "../src/token.ts";
import { until } from "../src/until.ts";
import { pair } from "../src/world.ts";

services();

test("a rolling restart behind nginx fails no query", async (t) => {
  const world = await pair();
  atEnd(t, () => world.close());
  const nginx = await startNginx(world.instances);
  atEnd(t, () => nginx.close());
  const authorization = `Bearer ${token(organization()("Ada"))}`;

  let answered = 0;
  let stopping = false;
  const ask = async () => {
    while (!stopping) {
      const headers = { Accept: "application/json", "X-Requested-With": "test", authorization };
      const answer = await fetch(`${nginx.http}?query=${encodeURIComponent("{ viewer { role } }")}`, { headers });
      assert.equal(await answer.text(), '{"data":{"viewer":{"role":"MEMBER"}}}');
      answered++;
    }
  };
  const asking = Promise.all([ask(), ask(), ask(), ask()]).finally(() => (stopping = true));
  const answers = () => {
    const wanted = answered + 100;
    return until("answers through nginx", () => stopping || answered >= wanted);
  };
  for (const instance of world.instances) {
    await answers();
    await instance.stop();
    await answers();
    await instance.start();
  }
  await answers();
  stopping = true;
  await asking;
});

test("subscriptions pass through nginx", async (t) => {
  const world = await pair();
  atEnd(t, () => world.close());
  const nginx = await startNginx(world.instances);
  atEnd(t, () => nginx.close());
  const ada = connect("graphql-ws", nginx, token(organization()("Ada")));
  atEnd(t, () => ada.close());
  const changes = followCustomers(ada, { after: await asOf(ada) });
  const saved = applied(await create(ada, { name: "Acme" }));
  assert.deepEqual((await changes.next()).customer, saved.customer);
});

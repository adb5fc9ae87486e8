import { expect, test } from "vitest";
import { Colleague } from "../../testing/colleague.js";
import { clientOf } from "../../testing/crm.js";
import { Server } from "../../testing/server.js";
import { until } from "../../testing/until.js";
import { Meter } from "../src/lab/meter.js";

test("the meter forgets changes that were compared long ago, and still counts none as lost or doubled", async () => {
  const server = await Server.start();
  const ada = { id: "ada", org: "acme", role: "MEMBER", name: "Ada" } as const;
  const tandem = clientOf(server.url, ada);
  const meter = new Meter(tandem);
  try {
    const edit = await new Colleague(server, ada).many();
    await until("the first events", () => meter.get().cursor !== "");
    for (let round = 0; round < 15; round++) await edit();
    await until("all events", () => meter.get().received >= 1_500);
    await meter.compare();
    expect(meter.get()).toMatchObject({ lost: 0, doubled: 0 });
    expect(meter.get().compared).toBeGreaterThanOrEqual(1_500);
    expect(meter["seen"].size).toBeLessThanOrEqual(1_000);
  } finally {
    meter.end();
    tandem.close();
    await server.remove();
  }
});

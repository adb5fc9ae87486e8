import { expect, test } from "vitest";
import { engines, launch } from "../../../../testing/browsers/index.js";
import { Crew } from "./crew.js";

test.each(engines.filter((engine) => engine !== "Chromium"))(
  "in %s, three tabs have one socket, another one takes over when the leader is closed, and a second person has a connection of their own",
  async (engine) => {
    const [crew, browser] = await Promise.all([Crew.gather(), launch(engine)]);
    try {
      const profile = await browser.profile();
      const tabs = [];
      for (let count = 0; count < 3; count++) tabs.push(await crew.open(profile));
      await crew.sockets(1);
      await crew.create();
      for (const tab of tabs) await crew.sees(tab);

      const { leader, others } = await crew.leader(tabs);
      await leader.close();
      await crew.create();
      for (const tab of others) await crew.sees(tab);
      await crew.leader(others);
      await crew.sockets(1);

      const second = await crew.open(profile, crew.colleague("Ben"));
      await crew.create();
      await crew.sees(second);
      await crew.sockets(2);
      expect(await second.run(() => globalThis.shared.leads)).toBe(true);
    } finally {
      await browser.close();
      await crew.close();
    }
  },
);

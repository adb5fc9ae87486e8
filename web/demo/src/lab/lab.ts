import { createTandem, State, type ReadableState, type Tandem, type TandemData } from "@tandem/client";
import { createFaults, type Faults } from "@tandem/client/testing";
import { tokensOf, type DemoPerson } from "../session/people.js";
import { Meter } from "./meter.js";
import { Timeline } from "./timeline.js";

/** The network of one client, which can be made bad, and what was measured there. */
export interface Lab {
  readonly person: DemoPerson;
  readonly tandem: Tandem & TandemData;
  readonly faults: Faults;
  readonly meter: Meter;
  readonly timeline: Timeline;
  /** How often the server refused the token, and a fresh one was read. */
  readonly renewals: ReadableState<number>;
  end(): void;
}

/** Makes a client with a network that can be made bad. It shares its connection with no other tab, so that nobody else has the faults. */
export function createLab(person: DemoPerson): Lab {
  const faults = createFaults();
  const renewals = new State(0);
  const token = tokensOf(person.id);
  const source = (fresh: boolean) => {
    if (fresh) renewals.set(renewals.get() + 1);
    return token(fresh);
  };
  const tandem = createTandem({
    url: "/graphql", token: faults.token(source), fetch: faults.fetch, WebSocket: faults.WebSocket, share: false,
  });
  const meter = new Meter(tandem);
  const timeline = new Timeline(tandem, meter);
  return {
    person, tandem, faults, meter, timeline, renewals,
    end: () => {
      timeline.end();
      meter.end();
    },
  };
}

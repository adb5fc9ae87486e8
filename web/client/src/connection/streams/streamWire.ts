import type { Operation } from "../../operation.js";
import type { Opening, Platform, Sink, Wire, WireEvents } from "../wire.js";
import { DistinctStreams } from "./distinct.js";
import { SingleStream } from "./single.js";

/** How many single streams of a client had requests that reached other instances. */
const strays = new WeakMap<Platform, number>();

/** The number of them from which on the balancer is taken for one that spreads requests. */
const STRAYS = 2;

/**
 * A wire over event streams: one for all operations, or one for each where the balancer spreads the requests of a client over
 * instances and the protocol allows for many streams. Where it does not, the wire ends, and polling follows.
 */
export class StreamWire implements Wire {
  readonly transport = "sse";
  private isOpen = false;
  private wire: Wire;

  constructor(private readonly opening: Opening, private readonly events: WireEvents) {
    this.wire = this.begin();
  }

  subscribe(operation: Operation, sink: Sink): () => void {
    return this.wire.subscribe(operation, sink);
  }

  ask(): void {
    this.wire.ask();
  }

  close(code: number): void {
    this.wire.close(code);
  }

  private begin(): Wire {
    const { opening, events } = this;
    const count = strays.get(opening.platform) ?? 0;
    if (count >= STRAYS && isMultiplexed(opening.url)) return new DistinctStreams(opening, events);
    return new SingleStream(opening, {
      ...events,
      opened: (asOf, ms) => {
        this.isOpen = true;
        events.opened(asOf, ms);
      },
      astray: (end) => {
        strays.set(opening.platform, count + 1);
        if (this.isOpen || !isMultiplexed(opening.url)) return events.closed(end);
        this.wire = this.begin();
      },
    });
  }
}

/** Whether the requests of the page to a server share one connection. Only the origin of the page tells, or one that allows for it. */
function isMultiplexed(url: string): boolean {
  const entries = performance.getEntriesByType("resource") as Partial<PerformanceResourceTiming>[];
  const protocol = entries.findLast(({ name, nextHopProtocol }) => nextHopProtocol && name?.startsWith(url))?.nextHopProtocol;
  const [page] = performance.getEntriesByType("navigation") as Partial<PerformanceResourceTiming>[];
  const known = protocol ?? (page?.name && new URL(page.name).origin === new URL(url).origin ? page.nextHopProtocol : undefined);
  return known === "h2" || known === "h3";
}

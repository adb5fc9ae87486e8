import type { Tandem, TandemData, Viewer } from "@tandem/client";

/** The number of values that are kept of a person. The one that was changed longest ago goes first. */
const most = 20;

/** The length of the longest value that is written down, as JSON. A longer one stays in the page. */
const longest = 100_000;

type Client = Pick<Tandem & TandemData, "viewer" | "status">;
type Values = Readonly<Record<string, unknown>>;

/**
 * The texts and other values that a person writes outside of forms, by name. They are stored for that person until the
 * browser's tab is closed or the person signs out. Values from before the server has named the person are theirs, unless they
 * have to sign in first: then it may be another person.
 */
class Unsaved {
  private values: Values = {};
  /** Where the values of the person are written down. */
  private place: string | undefined;
  private readonly listeners = new Set<() => void>();
  private readonly ends: (() => void)[] = [];

  constructor(private readonly client: Client) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    const { viewer, status } = this.client;
    if (this.listeners.size === 0) this.ends.push(viewer.subscribe(() => this.tell()), status.subscribe(() => this.tell()));
    this.listeners.add(listener);
    this.look();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) for (const end of this.ends.splice(0)) end();
    };
  };

  get(name: string): unknown {
    this.look();
    return this.values[name];
  }

  change(name: string, to: (now: unknown) => unknown): void {
    this.look();
    const { [name]: now, ...others } = this.values;
    const next = to(now);
    this.values = Object.fromEntries([...Object.entries(others), ...(next === undefined ? [] : [[name, next]])].slice(-most));
    this.keep();
    this.tell();
  }

  /** Takes the values of the person who is present now, and forgets those of one who has signed out. */
  private look(): void {
    const viewer = this.client.viewer.get();
    const { state } = this.client.status.get();
    const place = viewer && placeOf(viewer);
    const isOver = place === undefined && (state === "unauthorized" || state === "closed");
    if (isOver || (this.place !== undefined && place !== this.place)) this.values = {};
    if (place === this.place) return;
    if (place === undefined) this.keep();
    this.place = place;
    if (place !== undefined) this.values = { ...read(place), ...this.values };
    this.keep();
  }

  private keep(): void {
    if (this.place !== undefined) write(this.place, Object.entries(this.values).filter(([, value]) => JSON.stringify(value).length <= longest));
  }

  private tell(): void {
    this.look();
    for (const listener of [...this.listeners]) listener();
  }
}

function placeOf({ organizationId, user }: Viewer): string {
  return `tandem-demo-unsaved:${organizationId}:${user.id}`;
}

function read(place: string): Values {
  try {
    return JSON.parse(sessionStorage.getItem(place) ?? "{}") as Values;
  } catch {
    return {};
  }
}

function write(place: string, values: readonly (readonly [string, unknown])[]): void {
  try {
    if (values.length === 0) sessionStorage.removeItem(place);
    else sessionStorage.setItem(place, JSON.stringify(Object.fromEntries(values)));
  } catch {
    // Storage is full or forbidden: then the values are in the page only.
  }
}

const ofClients = new WeakMap<Client, Unsaved>();

/** Returns what the person of a client writes outside of forms. */
export function unsavedOf(client: Client): Unsaved {
  const unsaved = ofClients.get(client) ?? new Unsaved(client);
  ofClients.set(client, unsaved);
  return unsaved;
}

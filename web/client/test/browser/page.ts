import { createTandem, type ConnectionState, type LiveEntity, type Outcome, type Tandem, type TandemData, type Transport } from "../../src/index.js";

/** A state of the connection, as the page saw it. */
export interface Seen {
  readonly state: ConnectionState;
  readonly transport: Transport;
  readonly lost: boolean;
}

const CHANGES = "subscription ($after: Cursor) { customerChanged(after: $after) { cursor version entityId } }";
const PRESENCE = `subscription ($room: ID!, $clientId: ID!) {
  presence(room: $room, clientId: $clientId) { snapshot { id } joined { id } left totalCount }
}`;

/** An application with one person that follows the customers, and notes what it sees. */
class Page {
  readonly tandem: Tandem & TandemData;
  /** All changes that came, as `id:version`, in the order in which they came. */
  readonly events: string[] = [];
  readonly states: Seen[] = [];
  /** The phones that were shown of each customer, in order. */
  readonly phones: Record<string, unknown[]> = {};
  readonly outcomes: Outcome[] = [];
  /** Why subscriptions ended, and errors that nothing caught. */
  readonly failures: string[] = [];
  /** How often a token was asked for: with `true` where the server had refused the last one. */
  readonly asked: boolean[] = [];
  /** Where the page keeps what outlives a reload, unless it is told to keep nothing. */
  private readonly store: Storage | undefined;
  /** How long nothing had come, in milliseconds, whenever a connection was given up. */
  readonly silences: number[] = [];
  /** The status of the list and the number of its items, whenever it changed. */
  readonly listed: (readonly [string, number])[] = [];
  private lastAt = 0;
  resyncs = 0;
  unauthorized = 0;

  constructor(person: string, options: URLSearchParams) {
    this.store = options.has("forgetful") ? undefined : sessionStorage;
    const transports = options.get("transports")?.split(",") as Transport[] | undefined;
    this.tandem = createTandem({
      url: "/graphql",
      token: (fresh) => this.token(person, fresh),
      onUnauthorized: () => this.unauthorized++,
      ...(transports ? { transports } : {}),
    });
    window.addEventListener("error", ({ message }) => this.failures.push(message));
    window.addEventListener("unhandledrejection", ({ reason }) => this.failures.push(String(reason)));
    this.note();
    this.tandem.status.subscribe(() => this.note());
    const cursor = this.store?.getItem("cursor");
    if (cursor) this.continue(cursor);
  }

  /** Follows the customers from a position on, also over reloads. */
  follow(cursor: string): void {
    this.continue(cursor);
  }

  /** Enters a room, and notes how many people are in it. */
  enter(room: string, clientId: string): number[] {
    const counts: number[] = [];
    this.tandem.link.follow<{ presence: { totalCount: number } }>({
      query: PRESENCE,
      variables: { room, clientId },
      next: ({ presence }) => void counts.push(presence.totalCount),
      ended: (reason) => void this.failures.push(String(reason)),
    });
    return counts;
  }

  /** How often it was connected. */
  get connections(): number {
    return this.states.filter(({ state }, at) => state === "connected" && this.states[at - 1]?.state !== "connected").length;
  }

  /** Shows a customer, and notes the phone whenever another one is shown. */
  show(id: string): void {
    const entity = this.customer(id);
    const shown: unknown[] = (this.phones[id] = []);
    const look = () => {
      const phone = entity.get().data?.["phone"];
      if (entity.get().data && shown.at(-1) !== phone) shown.push(phone);
    };
    entity.subscribe(look);
    look();
  }

  /** Shows the list of customers, and notes how it changes. */
  list(): void {
    const list = this.tandem.list({ type: "Customer" });
    list.subscribe(() => void this.listed.push([list.get().status, list.get().items.length]));
  }

  /** Keeps an edit. Its outcome is noted when it has one. */
  async edit(id: string, patch: Readonly<Record<string, unknown>>): Promise<void> {
    const { settled } = await this.customer(id).save(patch);
    void settled.then((outcome) => this.outcomes.push(outcome));
  }

  customer(id: string): LiveEntity {
    return this.tandem.entity("Customer", id);
  }

  get status(): Seen | undefined {
    return this.states.at(-1);
  }

  private note(): void {
    const { state, transport, lost } = this.tandem.status.get();
    if (this.status?.state === "connected" && state !== "connected") this.silences.push(performance.now() - this.lastAt);
    this.states.push({ state, transport, lost });
  }

  /** Follows on from a cursor. The cursor and the events are stored, so that they outlive a reload, as in an application. */
  private continue(cursor: string): void {
    for (let event; (event = this.store?.getItem(`event ${this.events.length}`)); ) this.events.push(event);
    this.store?.setItem("cursor", cursor);
    this.tandem.link.follow<{ customerChanged: { cursor: string; version: number; entityId: string } }>({
      query: CHANGES,
      after: cursor,
      next: ({ customerChanged: change }) => {
        const event = `${change.entityId}:${change.version}`;
        this.lastAt = performance.now();
        this.store?.setItem(`event ${this.events.length}`, event);
        this.store?.setItem("cursor", change.cursor);
        this.events.push(event);
      },
      resync: () => void this.resyncs++,
      ended: (reason) => void this.failures.push(String(reason)),
    });
  }

  private async token(person: string, fresh: boolean): Promise<string> {
    this.asked.push(fresh);
    const response = await fetch(`/token/${person}`);
    if (!response.ok) throw new Error(`no token: ${response.status}`);
    return response.text();
  }
}

declare global {
  /** The page under test. Tests in Node call it through `Tab.run`. */
  var page: Page;
}

globalThis.page = new Page(location.pathname.split("/").at(-1) ?? "", new URLSearchParams(location.search));

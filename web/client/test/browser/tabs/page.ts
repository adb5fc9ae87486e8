import { createTandem, type Tandem, type TandemData } from "../../../src/index.js";

const CHANGES = "subscription ($after: Cursor) { customerChanged(after: $after) { cursor version entityId } }";
const PRESENCE = "subscription ($room: ID!, $clientId: ID) { presence(room: $room, clientId: $clientId) { totalCount } }";

/** An application in a tab: it follows the customers, and notes what comes. */
class Page {
  readonly events: string[] = [];
  readonly failures: string[] = [];
  /** The numbers of people in the room, as they changed. */
  readonly counts: number[] = [];
  unauthorized = 0;
  /** Whether its tokens are no longer valid. */
  signedOut = false;
  readonly tandem: Tandem & TandemData;

  constructor(person: string) {
    this.tandem = createTandem({
      url: "/graphql",
      token: async () => (this.signedOut ? "none" : (await fetch(`/token/${person}`)).text()),
      onUnauthorized: () => void this.unauthorized++,
    });
    window.addEventListener("error", ({ message }) => this.failures.push(message));
    window.addEventListener("unhandledrejection", ({ reason }) => this.failures.push(String(reason)));
  }

  follow(after: string): void {
    this.tandem.link.follow<{ customerChanged: { version: number; entityId: string } }>({
      query: CHANGES, after,
      next: ({ customerChanged: { entityId, version } }) => void this.events.push(`${entityId}:${version}`),
      ended: (reason) => void this.failures.push(String(reason)),
    });
  }

  /** Enters a room, or watches it without an id. */
  enter(room: string, clientId: string | null): void {
    this.tandem.link.follow<{ presence: { totalCount: number } }>({
      query: PRESENCE, variables: { room, clientId },
      next: ({ presence }) => void this.counts.push(presence.totalCount),
      ended: (reason) => void this.failures.push(String(reason)),
    });
  }

  /** Changes a customer, as a form does. */
  async edit(id: string, patch: Record<string, unknown>): Promise<void> {
    await this.tandem.entity("Customer", id).save(patch);
  }

  /** Returns the names of what the browser keeps of a person. */
  async kept(person: string): Promise<string[]> {
    const databases = await indexedDB.databases();
    return [...Object.keys(localStorage), ...databases.map(({ name = "" }) => name)].filter((name) => name.includes(person));
  }

  get state(): string {
    return this.tandem.status.get().state;
  }

  get leads(): boolean {
    return this.tandem.leading.get();
  }
}

declare global {
  /** The page under test. Tests call it through `Tab.run`. */
  var shared: Page;
}

globalThis.shared = new Page(location.pathname.split("/").at(-1) ?? "");

import { createTandem, type Tandem, type TandemData } from "@tandem/client";
import type { Lab } from "../lab/lab.js";
import { rememberedPerson, rememberPerson } from "./chosen.js";
import { isPane, keepLab, wantsLab } from "./panes.js";
import { readPeople, tokensOf, type DemoPerson } from "./people.js";

/** The state of the sign-in of this page. */
export type Session =
  | { readonly status: "loading" }
  | { readonly status: "failed"; readonly reason: string }
  | { readonly status: "unknown"; readonly people: readonly DemoPerson[]; readonly asked: string }
  | { readonly status: "two"; readonly people: readonly DemoPerson[] }
  | SignedIn;

/** A person with their client. */
export interface SignedIn {
  readonly status: "in";
  /** Counts the clients of this page. */
  readonly turn: number;
  readonly people: readonly DemoPerson[];
  readonly person: DemoPerson;
  readonly tandem: Tandem & TandemData;
  /** The network of the client, where it can be made bad. */
  readonly lab: Lab | undefined;
}

declare global {
  interface Window {
    /** The network of a frame, for the panel below both frames. */
    tandemLab?: Lab | undefined;
  }
}

/** The session of this page, in the form of `useSyncExternalStore`. */
export class SessionStore {
  private session: Session = { status: "loading" };
  private turn = 0;
  private readonly listeners = new Set<() => void>();

  readonly get = (): Session => this.session;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  /** Reads the people of the demo, and signs in as the one that the address or the page names. */
  async begin(): Promise<void> {
    this.set({ status: "loading" });
    const id = rememberedPerson();
    try {
      const people = await readPeople();
      // Two people side by side sign in by themselves, each in their frame.
      if (location.pathname === "/beside" && !isPane()) return this.set({ status: "two", people });
      await this.enter(people, id ?? people[0]?.id ?? "");
    } catch (error) {
      this.set({ status: "failed", reason: error instanceof Error ? error.message : String(error) });
    }
  }

  /**
   * Goes on as another person. Edits of the previous person that wait on this device stay for their next sign-in. If code
   * that this needs can't be loaded now, the page stays as it is.
   */
  switchTo(id: string): void {
    const before = this.session;
    if (before.status !== "in" && before.status !== "unknown") return;
    this.enter(before.people, id).catch(() => undefined);
  }

  /** Opens or closes the panel of the network. The client is made anew: a network that can be made bad belongs to one tab alone. */
  openLab(open: boolean): void {
    keepLab(open);
    const { session } = this;
    if (session.status === "in") this.enter(session.people, session.person.id).catch(() => keepLab(!open));
  }

  /** Makes the client of a person, and closes the one before it once all is there that the new one needs. */
  private async enter(people: readonly DemoPerson[], id: string): Promise<void> {
    const turn = ++this.turn;
    const person = people.find((each) => each.id === id);
    const createLab = person && wantsLab() ? (await import("../lab/lab.js")).createLab : undefined;
    if (turn !== this.turn) return; // somebody else was chosen meanwhile
    this.leave();
    if (!person) return this.set({ status: "unknown", people, asked: id });
    rememberPerson(id);
    const lab = createLab?.(person);
    const tandem = lab?.tandem ?? createTandem({ url: "/graphql", token: tokensOf(id) });
    if (isPane()) window.tandemLab = lab;
    this.set({ status: "in", turn, people, person, tandem, lab });
  }

  private leave(): void {
    if (this.session.status !== "in") return;
    this.session.lab?.end();
    this.session.tandem.close();
  }

  private set(session: Session): void {
    this.session = session;
    for (const listener of [...this.listeners]) listener();
  }
}

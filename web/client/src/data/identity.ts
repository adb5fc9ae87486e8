import type { TokenSource } from "../connection/credentials.js";
import { request, type Link } from "../connection/link.js";
import { recall, remember } from "../connection/memory.js";
import { ViewerDocument } from "../graphql/documents.js";
import { aborted } from "../errors.js";
import { State } from "../state.js";
import { sameValue } from "../store/fields.js";
import type { Viewer } from "./live.js";
import { lower } from "./mapping.js";
import { atEnd, persist } from "./shared.js";

/** The time that the server has to say who the person is, until the one who was here last is assumed. */
const PATIENCE_MS = 2_000;

/** The time after the connection by which the server tells of each change of access. */
export const SESSION_BEGUN_MS = 1_000;

/** The person whom the credentials belong to. Without a connection, the one whom they belonged to last. */
export class Identity {
  readonly viewer = new State<Viewer | undefined>(undefined);
  /** Whether the server has named the person since the connection last began: only then it is sure whose edits it takes. */
  readonly confirmed = new State(false);
  private begun = false;
  /** The number of times that the server was asked, or that its answer became void. */
  private turn = 0;
  /** Where the person is stored. */
  private keptAs: string | undefined;

  constructor(
    private readonly link: Link,
    private readonly url: string,
    private readonly token: TokenSource | undefined,
    private readonly signal: AbortSignal,
  ) {}

  /** Asks the server, unless that has been done. */
  begin(): void {
    if (this.begun || this.signal.aborted) return;
    this.begun = true;
    atEnd(
      this.signal,
      this.link.onSession(() => void this.ask()),
      this.askAgain(this.identify()),
    );
  }

  /** Removes what is stored of the person. */
  async forget(): Promise<void> {
    this.viewer.set(undefined);
    remember(await this.key(), undefined);
  }

  private async identify(): Promise<void> {
    const key = await this.key();
    const last = recall<Viewer>(key);
    if (last) this.keptAs = key;
    const assume = () => last && !this.viewer.get() && !this.signal.aborted && this.viewer.set(last);
    const timer = setTimeout(assume, key === this.keyOf() ? PATIENCE_MS : 0);
    await this.ask(assume);
    clearTimeout(timer);
  }

  private async ask(failed?: () => void): Promise<void> {
    const turn = ++this.turn;
    let key: string | undefined;
    const read = async () => {
      key = await this.key();
      if (turn !== this.turn) throw aborted();
      return request(this.link, ViewerDocument, {}).catch((error: unknown) => {
        failed?.();
        throw error;
      });
    };
    const viewer = await persist(this.link, read, this.signal).then(
      (answer) => answer.viewer,
      () => undefined,
    );
    if (!viewer || turn !== this.turn) return;
    const { user, organization, role } = viewer;
    const named: Viewer = { user: { avatar: null, ...user }, organizationId: organization.id, role: lower(role) };
    if (!sameValue(named, this.viewer.get())) this.viewer.set(named);
    this.confirmed.set(true);
    // Unless somebody else has signed in meanwhile.
    if (key === (await this.key()) && turn === this.turn && !this.signal.aborted) remember((this.keptAs = key), named);
  }

  /**
   * With each connection after the first one it may be another person. With the first one, the role may be another: only
   * from then on the session tells of that.
   */
  private askAgain(first: Promise<void>): () => void {
    let before = this.link.status.get().state;
    let again = before === "connected";
    return this.link.status.subscribe(() => {
      const { state } = this.link.status.get();
      if (state === before) return;
      before = state;
      if (state === "draining") return; // the old connection still counts
      // The next person in front of the browser may be another one: nobody is assumed until the server names somebody.
      if (state === "unauthorized" && this.keptAs) remember(this.keptAs, undefined);
      if (again) {
        this.turn++;
        this.confirmed.set(false);
        if (state === "connected") void this.ask();
      } else if (state === "connected") {
        void first.then(() => setTimeout(() => void this.ask(), SESSION_BEGUN_MS));
      }
      again ||= state === "connected" || state === "unauthorized";
    });
  }

  /** Returns where the person of the present credentials is stored, so that people who share a browser are kept apart. */
  private async key(): Promise<string> {
    return this.keyOf(await this.token?.(false).then(subjectOf, () => undefined));
  }

  private keyOf(subject = ""): string {
    return `tandem:person:${this.url}:${subject}`;
  }
}

/** Returns the subject of a token, if it can be read. */
function subjectOf(token: string): string | undefined {
  try {
    const [, claims = ""] = token.split(".");
    return (JSON.parse(atob(claims.replace(/-/g, "+").replace(/_/g, "/"))) as { sub?: string }).sub;
  } catch {
    return undefined;
  }
}

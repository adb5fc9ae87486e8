import type { Problems } from "../page/problems";
import type { Identity } from "../people/identity";
import type { Value } from "../value";
import type { SocketState } from "./socket";
import { closingCode, closingInWords, tokenRefused } from "./words";

/** The code of graphql-ws for a connection that this page ended in order to reconnect. */
const reopened = 4499;

/** The reaction to the end of a connection: it renews a refused token once, and retries until the server answers. */
export class Retry {
  private refused = false;
  private immediately = false;
  private readonly gate = createGate();
  private hurry = () => {};

  constructor(
    private readonly identity: Identity,
    private readonly problems: Problems,
    private readonly state: Value<SocketState>,
  ) {}

  readonly connectionParams = async (): Promise<Record<string, string>> => {
    if (this.refused) await this.identity.renew();
    const token = this.identity.token();
    return token ? { authorization: `Bearer ${token}` } : {};
  };

  readonly connected = (): void => {
    this.refused = false;
    this.state.set("live");
    this.problems.clear("socket");
    this.problems.clear("token");
  };

  /** Reports whether there is another attempt. */
  readonly again = (closing: unknown): boolean => {
    const code = closingCode(closing);
    if (code === tokenRefused && (this.refused || !this.identity.person())) return false;
    this.refused ||= code === tokenRefused;
    this.immediately = code === tokenRefused || code === reopened;
    this.state.set(this.gate.isClosed() ? "cut" : "waiting");
    if (!this.immediately) this.problems.report({ topic: "socket", text: `${closingInWords(closing)} Retrying until it answers.` });
    return true;
  };

  readonly closed = (): void => {
    // A browser reports one failure twice, as an error and as a closing; the second must not undo the waiting.
    if (this.state.get() !== "waiting" && this.state.get() !== "cut") this.state.set("idle");
  };

  readonly wait = async (retries: number): Promise<void> => {
    const pause = this.immediately ? 0 : pauseOf(retries);
    this.immediately = false;
    await new Promise<void>((resolve) => {
      this.hurry = resolve;
      setTimeout(resolve, pause);
    });
    await this.gate.passed();
  };

  /** No attempt until atOnce. */
  hold(): void {
    this.gate.close();
  }

  /** A person requests a connection now, however long the pauses have become. */
  atOnce(): void {
    this.refused = false;
    this.immediately = true;
    this.hurry();
    this.gate.open();
  }
}

/** A gate that is open, unless somebody closes it. */
function createGate() {
  let open = () => {};
  let passing: Promise<void> | undefined;
  return {
    isClosed: () => passing !== undefined,
    close: () => void (passing ??= new Promise((resolve) => (open = resolve))),
    open() {
      open();
      passing = undefined;
    },
    passed: () => passing ?? Promise.resolve(),
  };
}

/** The pause before another attempt, in milliseconds: longer each time, and not the same for all windows. */
function pauseOf(retries: number): number {
  return Math.min(8000, 500 * 2 ** retries) * (0.75 + Math.random() / 2);
}

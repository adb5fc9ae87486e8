import { Unavailable } from "../errors.js";

/** Gives a token that has not expired; `fresh` if the server refused the last one. */
export type TokenSource = (fresh: boolean) => Promise<string>;

const TIMEOUT_MS = 15_000;

/** The person's credentials: tokens of the application, or the session cookie if it has none. */
export class Credentials {
  private asked: Promise<string | undefined> | undefined;
  private freshly: Promise<string | undefined> | undefined;

  /** `renew` renews the session cookie, which a page can't read. */
  constructor(private readonly source: TokenSource | undefined, private readonly renew?: () => Promise<unknown>) {}

  get hasTokens(): boolean {
    return this.source !== undefined;
  }

  /** Whether there is a way to get fresh ones. */
  get renewable(): boolean {
    return this.hasTokens || this.renew !== undefined;
  }

  /** A token; undefined means the session cookie. Requests at the same time share one call of the application. */
  async token(fresh: boolean): Promise<string | undefined> {
    if (!this.source && !(fresh && this.renew)) return undefined;
    if (fresh) return (this.freshly ??= this.call(true).finally(() => (this.freshly = undefined)));
    return (this.freshly ?? (this.asked ??= this.call(false).finally(() => (this.asked = undefined))));
  }

  /** The headers of a request. */
  async headers(fresh: boolean): Promise<Record<string, string>> {
    const token = await this.token(fresh);
    return token === undefined ? {} : { authorization: `Bearer ${token}` };
  }

  private async call(fresh: boolean): Promise<string | undefined> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, fail) => {
      timer = setTimeout(() => fail(new Error("it did not answer in time")), TIMEOUT_MS);
    });
    try {
      if (this.source) return withoutScheme(await Promise.race([this.source(fresh), late]));
      await Promise.race([this.renew?.(), late]);
      return undefined;
    } catch (cause) {
      throw new Unavailable("The application gave no credentials.", { cause });
    } finally {
      clearTimeout(timer);
    }
  }
}

function withoutScheme(token: string): string {
  return token.replace(/^Bearer /i, "");
}

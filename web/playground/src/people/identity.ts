import { value, type Value } from "../value";
import { fetchSession, type Person, type Session } from "./session";
import { remember, remembered } from "./windowStorage";

/** The identity of the requests: the id of a demo person, or one of these two. No demo person has an id that starts with a colon. */
export const ownToken = ":token";
export const nobody = ":nobody";

/** The side of the page: the address names the person of the first as `as`, and of the second as `beside`. */
export type Side = "as" | "beside";

export interface Identity {
  readonly who: Value<string>;
  readonly session: Value<Session>;
  person(): Person | undefined;
  /** The bearer token to send, or an empty string. */
  token(): string;
  choose(who: string): void;
  useToken(token: string): void;
  /**
   * Fetches the demo people again, and reports whether that gave another token: the demo signs with a new secret after
   * a restart, and an open page should continue.
   */
  renew(): Promise<boolean>;
}

export function createIdentity(session: Value<Session>, side: Side, preferred = ""): Identity {
  const who = value(firstChoice(session.get().people, side, preferred));
  let pasted = remembered(`token:${side}`);
  let renewing: Promise<boolean> | undefined;

  const person = () => session.get().people.find(({ id }) => id === who.get());
  const token = () => (who.get() === ownToken ? pasted : (person()?.token ?? ""));
  const choose = (next: string) => {
    keep(side, next);
    who.set(next);
  };
  keep(side, who.get());
  const renew = async () => {
    const old = token();
    const fresh = await fetchSession().catch(() => null);
    if (fresh) session.set(fresh);
    // The person may be gone from the new demo data; then the first one asks.
    if (!who.get().startsWith(":") && !person()) choose(session.get().people[0]?.id ?? ownToken);
    return token() !== old;
  };
  return {
    who,
    session,
    person,
    token,
    choose,
    useToken(text) {
      pasted = text.trim().replace(/^bearer\s+/i, "");
      remember(`token:${side}`, pasted);
      choose(ownToken);
    },
    renew: () => (renewing ??= renew().finally(() => (renewing = undefined))),
  };
}

/** The person named in the address comes first, then this window's last choice, then the preferred or first person. */
function firstChoice(people: Person[], side: Side, preferred: string): string {
  const asked = new URL(location.href).searchParams.get(side) ?? "";
  const known = (id: string) => people.some((person) => person.id === id);
  const last = remembered(`who:${side}`);
  if (known(asked)) return asked;
  if (known(last) || last === ownToken || (last === nobody && people.length > 0)) return last;
  return known(preferred) ? preferred : (people[0]?.id ?? ownToken);
}

/** Keeps the choice for this window, and in the address, so that a reload and a copied address have the same person. */
function keep(side: Side, who: string): void {
  remember(`who:${side}`, who);
  const address = new URL(location.href);
  if (who.startsWith(":")) address.searchParams.delete(side);
  else address.searchParams.set(side, who);
  history.replaceState(null, "", address);
}

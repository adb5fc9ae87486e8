import { createHmac, randomBytes } from "node:crypto";

/** The AUTH_SECRET of the servers under test. */
export const SECRET = "a secret of the tests of the packages and of nothing else";

/** A person as the identity provider of a company would describe them in a token. */
export interface Person {
  readonly id: string;
  readonly org: string;
  readonly role: "VIEWER" | "MEMBER" | "ADMIN";
  readonly name: string;
}

/** An organization of its own for a test: `const hire = organization(); const ada = hire("Ada")`. */
export function organization(): (name: string, role?: Person["role"]) => Person {
  const org = `org-${randomBytes(6).toString("hex")}`;
  return (name, role = "MEMBER") => ({ id: `${name.toLowerCase()}-${randomBytes(4).toString("hex")}`, org, role, name });
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");

/** The claims about a person, from now on. */
export function claimsOf({ id, org, role, name }: Person, secondsToLive: number): object {
  const now = Math.floor(Date.now() / 1000);
  return { sub: id, org, role, name, email: `${id}@example.com`, iat: now, exp: now + secondsToLive };
}

/** A token for a person. */
export function token(person: Person, secondsToLive = 3600): string {
  const signed = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claimsOf(person, secondsToLive))}`;
  return `${signed}.${createHmac("sha256", SECRET).update(signed).digest("base64url")}`;
}

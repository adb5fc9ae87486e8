import { createHmac, randomBytes } from "node:crypto";

/** The AUTH_SECRET of the servers under test. */
export const SECRET = "a secret of the end-to-end tests and of nothing else";

export type Role = "VIEWER" | "MEMBER" | "ADMIN";

/** A person as the identity provider of a company would describe them in a token. */
export interface Person {
  readonly id: string;
  readonly org: string;
  readonly role: Role;
  readonly name: string;
  readonly email: string;
}

/** A name that no other test uses, so that tests can share servers and not see each other. */
export function unique(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString("hex")}`;
}

/** An organization of its own for a test: `const hire = organization(); const ada = hire("Ada")`. */
export function organization(): (name: string, role?: Role) => Person {
  const org = unique("org");
  return (name, role = "MEMBER") => {
    const id = unique(name.toLowerCase());
    return { id, org, role, name, email: `${id}@example.com` };
  };
}

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");

/** How a token is made; what is not given is as it should be. */
interface Making {
  secret?: string;
  algorithm?: "HS256" | "none";
  secondsToLive?: number;
}

/** A token for a person. It is made by hand, so that a test can also make one that must not be accepted. */
export function token(person: Person, making: Making = {}): string {
  const { secret = SECRET, algorithm = "HS256", secondsToLive = 3600 } = making;
  const { id, org, role, name, email } = person;
  const now = Math.floor(Date.now() / 1000);
  const claims = { sub: id, org, role, name, email, iat: now, exp: now + secondsToLive };
  const signed = `${encode({ alg: algorithm, typ: "JWT" })}.${encode(claims)}`;
  if (algorithm === "none") return `${signed}.`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

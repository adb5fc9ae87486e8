import NextAuth, { type User } from "next-auth";
import Credentials from "next-auth/providers/credentials";

// In place of an identity provider: two people, and no passwords. Yours says who a person is, and in which organization.
const people: Record<string, User> = { ada: { id: "ada", name: "Ada Lindqvist" }, ben: { id: "ben", name: "Ben Okafor" } };

export const { handlers, auth, signIn } = NextAuth({
  trustHost: true,
  session: { strategy: "jwt" },
  providers: [Credentials({ credentials: { person: {} }, authorize: ({ person }) => people[String(person)] ?? null })],
  callbacks: {
    // The Tandem server reads the session cookie: `sub` is the person, and `org` the organization.
    jwt: ({ token, user }) => (user ? { ...token, sub: user.id, org: "example", role: "MEMBER" } : token),
  },
});

// Makes sessions.json with Auth.js itself: npm install @auth/core@0.41.3 beside a copy of this file, then
//   node sessions.mjs > sessions.json
import { encode } from "@auth/core/jwt";
import { SessionStore } from "./node_modules/@auth/core/lib/utils/cookie.js";
const secrets = ["dev-secret-0123456789abcdef0123456789", "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmE=", "ünïcode-secret-🔑"];
const names = ["authjs.session-token", "__Secure-authjs.session-token"];
const thirty = 30 * 365 * 24 * 3600;
const token = { sub: "ada", org: "acme", role: "MEMBER", name: "Ada Lindqvist", email: "ada@acme.example", picture: "https://acme.example/ada.png" };
const out = [];
for (const salt of names) for (const secret of secrets)
  out.push({ about: "made by @auth/core 0.41.3", name: salt, secret, cookies: [[salt, await encode({ token, secret, salt, maxAge: thirty })]] });
// several secrets: the first encrypts
out.push({ about: "made with an array of secrets", name: names[0], secret: secrets[1], cookies: [[names[0], await encode({ token, secret: [secrets[1], secrets[0]], salt: names[0], maxAge: thirty })]] });
// chunked
const big = await encode({ token: { ...token, groups: Array.from({ length: 500 }, (_, i) => `group-${i}`) }, secret: secrets[0], salt: names[1], maxAge: thirty });
const store = new SessionStore({ name: names[1], options: {} }, {}, { debug() {} });
const chunks = store.chunk(big, { expires: new Date() });
out.push({ about: "in parts", name: names[1], secret: secrets[0], cookies: chunks.map((c) => [c.name, c.value]) });
out.push({ about: "without an organization", name: names[0], secret: secrets[0], wrong: "organization", cookies: [[names[0], await encode({ token: { sub: "ada", name: "Ada" }, secret: secrets[0], salt: names[0], maxAge: thirty })]] });
out.push({ about: "expired", name: names[0], secret: secrets[0], wrong: "expired", cookies: [[names[0], await encode({ token, secret: secrets[0], salt: names[0], maxAge: -thirty })]] });
console.log(JSON.stringify(out, null, 1));

import { createCipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import WebSocket from "ws";
import type { TandemOptions } from "../client/src/tandem.js";
import { claimsOf, SECRET, type Person } from "./token.js";

const NAME = "authjs.session-token";
const encode = (part: Buffer | string): string => Buffer.from(part).toString("base64url");

/** The session cookie of a person, encrypted as Auth.js v5 does (A256CBC-HS512). */
export function sessionCookie(person: Person, secondsToLive: number): string {
  const key = Buffer.from(hkdfSync("sha256", SECRET, NAME, `Auth.js Generated Encryption Key (${NAME})`, 64));
  const header = encode(JSON.stringify({ alg: "dir", enc: "A256CBC-HS512" }));
  const iv = randomBytes(16);
  const cipher = createCipheriv("aes-256-cbc", key.subarray(32), iv);
  const text = Buffer.concat([cipher.update(JSON.stringify({ ...claimsOf(person, secondsToLive), jti: encode(iv) })), cipher.final()]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(header.length * 8));
  const tag = createHmac("sha512", key.subarray(0, 32)).update(header).update(iv).update(text).update(length).digest().subarray(0, 32);
  return `${NAME}=${header}..${encode(iv)}.${encode(text)}.${encode(tag)}`;
}

/** The parts of a browser that has the cookie of a site and sends it with every request to that site. */
export function browserWith(cookie: () => string, origin: string): Required<Pick<TandemOptions, "fetch" | "WebSocket">> {
  const headers = () => ({ Cookie: cookie(), Origin: origin });
  class Socket extends WebSocket {
    constructor(url: string, protocols: string) {
      super(url, protocols, { headers: headers() });
    }
  }
  return {
    fetch: (url, init) => fetch(url, { ...init, headers: { ...(init?.headers as Record<string, string>), ...headers() } }),
    WebSocket: Socket as unknown as typeof globalThis.WebSocket,
  };
}

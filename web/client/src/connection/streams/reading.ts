import { EventParser, type ServerEvent } from "./eventParser.js";

/** Reads the events of a response until it ends. `heard` is called with every part of it. Rejects when it breaks off. */
export async function readEvents(body: NonNullable<Response["body"]>, heard: () => void, take: (event: ServerEvent) => void): Promise<void> {
  const parser = new EventParser(take);
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    heard();
    parser.push(part.value);
  }
}

/** The header of a token; none for the session cookie. */
export function authorization(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

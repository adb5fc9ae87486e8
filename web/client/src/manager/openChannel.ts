import type { TandemError } from "../errors.js";
import type { TandemData } from "../data/live.js";
import type { Tandem } from "../tandem.js";
import { subjectOf } from "./channel.js";
import { feedsOf, type Feed, type LogEvent } from "./events.js";
import type { RealtimeMessage, SystemUpdate } from "./message.js";

type Send = (message: RealtimeMessage) => void;

/** Sends everything that happens on a channel from now on, until the returned function is called. */
export function openChannel(tandem: Tandem & TandemData, channel: string, send: Send): () => void {
  const subject = subjectOf(channel);
  const system = (payload: SystemUpdate) => send(unlogged("system", channel, payload));
  switch (subject.of) {
    case "connection":
      return tandem.status.subscribe(() => system({ kind: "status", status: tandem.status.get() }));
    case "session":
      return tandem.link.onSession((event) => system({ kind: "session", event }));
    case "room": {
      const room = tandem.room(subject.id);
      return room.subscribe(() => send(unlogged("presence_update", channel, room.get())));
    }
    default: {
      const ends = feedsOf(subject).map((feed) => follow(tandem, channel, feed, send));
      const end = tandem.link.onResync(() => system({ kind: "resync" }));
      return () => [...ends, end].forEach((each) => each());
    }
  }
}

/** The message about a failure on a channel. */
export function failure(channel: string, { code, message }: TandemError): RealtimeMessage {
  return unlogged("system", channel, { kind: "failed", code, text: message } satisfies SystemUpdate);
}

function follow({ link }: Tandem, channel: string, feed: Feed, send: Send): () => void {
  return link.follow<Readonly<Record<string, LogEvent>>>({
    query: feed.query,
    variables: feed.variables,
    next: (data) => {
      const event = Object.values(data)[0] as LogEvent;
      const { cursor, actor, timestamp } = event;
      send({ id: cursor, channel, timestamp: new Date(timestamp), userId: actor?.id, ...feed.message(event) });
    },
    ended: (reason) => send(failure(channel, reason)),
  });
}

function unlogged(type: RealtimeMessage["type"], channel: string, payload: unknown): RealtimeMessage {
  return { id: crypto.randomUUID(), type, channel, payload, timestamp: new Date() };
}

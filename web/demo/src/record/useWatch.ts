import { request } from "@tandem/client";
import { useAnnounce, useConnectionStatus, useTandem } from "@tandem/react";
import { useCallback, useEffect, useState } from "react";
import { MuteDocument, UnmuteDocument, UnwatchDocument, WatchDocument, WatchStateDocument, type WatchState } from "../documents/documents.js";
import { onPreferencesElsewhere, tellTabs } from "../preferences/news.js";
import { useDemo } from "../session/context.js";

type Execute = Parameters<typeof request>[0];

const acts = {
  watch: (link: Execute, id: string) => request(link, WatchDocument, { id }),
  unwatch: (link: Execute, id: string) => request(link, UnwatchDocument, { id }),
  mute: (link: Execute, id: string) => request(link, MuteDocument, { id, until: null }),
  muteHour: (link: Execute, id: string) => request(link, MuteDocument, { id, until: new Date(Date.now() + 3_600_000).toISOString() }),
  muteDay: (link: Execute, id: string) => request(link, MuteDocument, { id, until: tomorrow().toISOString() }),
  unmute: (link: Execute, id: string) => request(link, UnmuteDocument, { id }),
};

/** Returns 08:00 of the next day, by the clock of the device, as a snooze until tomorrow has it. */
function tomorrow(): Date {
  const now = new Date();
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1, 8);
}

/** An act that changes which changes of a record notify the person. */
export type WatchAct = keyof typeof acts;

/** Returns which changes of a record notify the person, undefined until it is known, and a function that changes it or announces why not. */
export function useWatch(id: string): readonly [WatchState | undefined, (act: WatchAct) => void] {
  const { link } = useTandem();
  const { state } = useConnectionStatus();
  const { id: person } = useDemo().person;
  const announce = useAnnounce();
  const [watch, setWatch] = useState<WatchState>();
  const read = useCallback(
    () => request(link, WatchStateDocument, { id }).then(({ node }) => setWatch(node && "viewerWatch" in node ? node.viewerWatch : undefined)).catch(() => setWatch(undefined)),
    [link, id],
  );
  useEffect(() => {
    if (state !== "connected") return;
    void read();
    return onPreferencesElsewhere(person, () => void read());
  }, [read, state, person]);
  const change = (act: WatchAct) => {
    const done: Promise<Readonly<Record<string, unknown>>> = acts[act](link, id);
    const answered = (answer: Readonly<Record<string, unknown>>) => {
      if (Object.values(answer).includes(false)) announce("You can no longer see this record.");
      else tellTabs(person);
    };
    void done.then(answered, (error: unknown) => announce(error instanceof Error ? error.message : String(error))).then(read);
  };
  return [watch, change];
}

import { request } from "@tandem/client";
import { useConnectionStatus, useTandem } from "@tandem/react";
import { useCallback, useEffect, useRef, useState } from "react";
import {
  PreferencesDocument, SetDefaultsDocument, SetPreferencesDocument, UnmuteDocument,
  type ChannelPreferenceInput, type DefaultFragment, type NotificationPreferencesInput, type PreferencesFragment, type PreferencesQuery,
} from "../documents/documents.js";
import { useDemo } from "../session/context.js";
import { onPreferencesElsewhere, tellTabs } from "./news.js";

/** The person's preferences, and how to change them. */
export interface LivePreferences {
  /** Undefined until the server has sent them. */
  readonly now: PreferencesFragment | undefined;
  /** The channels of people in the organization who did not choose. */
  readonly defaults: readonly DefaultFragment[];
  /** Why the last change was not stored, until the page has read what is. */
  readonly problem: string | undefined;
  /** Stores a change. The page shows it at once, and takes it back if the server refuses it. */
  save(change: NotificationPreferencesInput): void;
  /** Makes channels the defaults of the organization, for admins, and reports whether they are. */
  setDefaults(channels: readonly ChannelPreferenceInput[]): Promise<boolean>;
  unmute(id: string): void;
}

/** Returns the preferences of the person. They are read again after each time without a connection, and when they changed elsewhere. */
export function usePreferences(): LivePreferences {
  const { link } = useTandem();
  const { state } = useConnectionStatus();
  const { id: person } = useDemo().person;
  const [now, setNow] = useState<PreferencesFragment>();
  const [defaults, setKnownDefaults] = useState<readonly DefaultFragment[]>([]);
  const [problem, setProblem] = useState<string>();
  const changes = useRef({ last: Promise.resolve(true), waiting: 0 });
  /** The preferences that the server sent last. */
  const known = useRef<PreferencesFragment>(undefined);

  const read = useCallback(() => request(link, PreferencesDocument, {}), [link]);
  /** Shows what was read, unless it is older than a change that waits for its answer. */
  const show = useCallback(({ notificationPreferences, notificationDefaults }: PreferencesQuery) => {
    if (changes.current.waiting > 0) return;
    setNow((known.current = notificationPreferences));
    setKnownDefaults(notificationDefaults);
  }, []);
  useEffect(() => {
    let current = true;
    const refresh = () => void read().then((answer) => {
      if (!current) return;
      show(answer);
      setProblem(undefined);
    }, () => {});
    if (state !== "connected") return;
    const end = onPreferencesElsewhere(person, refresh);
    refresh();
    return () => {
      current = false;
      end();
    };
  }, [read, show, state, person]);

  /** Runs changes one after the other, and reports whether one is stored. The answer to the last one is shown, since it has all of them. */
  const run = useCallback((change: () => Promise<PreferencesFragment>) => {
    const { current } = changes;
    current.waiting++;
    current.last = current.last.then(change).then(
      (preferences) => {
        tellTabs(person);
        known.current = preferences;
        if (--current.waiting === 0) setNow(preferences);
        return true;
      },
      (error: unknown) => {
        if (--current.waiting === 0) setNow(known.current);
        setProblem(error instanceof Error ? error.message : String(error));
        void read().then(show, () => {});
        return false;
      },
    );
    setProblem(undefined);
    return current.last;
  }, [read, show, person]);

  const save = (input: NotificationPreferencesInput) => {
    setNow((before) => before && after(before, input));
    void run(() => request(link, SetPreferencesDocument, { input }).then((answer) => stored(answer.setNotificationPreferences)));
  };
  const setDefaults = async (channels: readonly ChannelPreferenceInput[]) => {
    const isStored = await run(() => request(link, SetDefaultsDocument, { channels: [...channels] }).then((answer) => stored(answer.setNotificationDefaults)));
    if (isStored) await read().then(show, () => {});
    return isStored;
  };
  const unmute = (id: string) => {
    setNow((before) => before && { ...before, muted: before.muted.filter((each) => each.id !== id) });
    void run(() => request(link, UnmuteDocument, { id }).then(read).then((answer) => answer.notificationPreferences));
  };
  return { now, defaults, problem, save, setDefaults, unmute };
}

type Answer =
  | { readonly __typename: "NotificationPreferencesSaved"; readonly preferences: PreferencesFragment }
  | { readonly __typename: "InvalidInput"; readonly message: string };

function stored(answer: Answer): PreferencesFragment {
  if (answer.__typename === "InvalidInput") throw new Error(answer.message);
  return answer.preferences;
}

/** Returns preferences as they will be after a change. Channels that become the default again stay until the server says what that is. */
function after(before: PreferencesFragment, { channels, quietHours, timeZone, digest }: NotificationPreferencesInput): PreferencesFragment {
  const chosen = new Map(channels?.map((each) => [each.kind, each.channels]));
  return {
    ...before,
    channels: before.channels.map((each) => {
      const list = chosen.get(each.kind);
      return list ? { ...each, channels: [...list], isDefault: false } : each;
    }),
    ...(quietHours === undefined ? {} : { quietHours }),
    timeZone: timeZone ?? before.timeZone,
    digest: digest ?? before.digest,
  };
}

import { request } from "@tandem/client";
import { useConnectionStatus, useTandem } from "@tandem/react";
import { useCallback, useEffect, useRef, useState } from "react";
import {
  ChannelsDocument, PreferencesDocument, SetDefaultsDocument, SetPreferencesDocument, SetPushContentDocument, UnmuteDocument,
  type ChannelPreferenceInput, type ChannelsQuery, type DefaultFragment, type NotificationChannel, type NotificationKind, type NotificationPreferencesInput,
  type PreferencesFragment,
} from "../documents/documents.js";
import { useDemo } from "../session/context.js";
import { onPreferencesElsewhere, tellTabs } from "./news.js";
import { placeOf, problemOf, Refusal, type Place, type Problem } from "./problems.js";

/** The person's preferences, and how to change them. */
export interface LivePreferences {
  /** Undefined until the server has sent them. */
  readonly now: PreferencesFragment | undefined;
  /** The channels of people in the organization who did not choose. */
  readonly defaults: readonly DefaultFragment[];
  /** Why the last change was not stored, until the page has read what is. */
  readonly problem: Problem | undefined;
  /** The place of the change that was stored last, until another one is made. */
  readonly changed: Place | undefined;
  /** Stores a change. The page shows it at once, and takes it back if the server refuses it. */
  save(change: NotificationPreferencesInput): void;
  /** Turns a channel of one kind on or off, like `save`. The other channels stay as they are stored, also where the page does not show that yet. */
  setChannel(kind: NotificationKind, channel: NotificationChannel, isOn: boolean): void;
  /** Makes channels the defaults of the organization, for admins. */
  setDefaults(channels: readonly ChannelPreferenceInput[]): void;
  /** Chooses for the organization whether pushes have content, for admins; null is what the server does. */
  setPushContent(isShown: boolean | null): void;
  unmute(id: string): void;
}

/** Returns the preferences of the person. They are read again after each time without a connection, and when they changed elsewhere. */
export function usePreferences(): LivePreferences {
  const { link } = useTandem();
  const { state } = useConnectionStatus();
  const { id: person } = useDemo().person;
  const [now, setNow] = useState<PreferencesFragment>();
  const [defaults, setKnownDefaults] = useState<readonly DefaultFragment[]>([]);
  const [problem, setProblem] = useState<Problem>();
  const [changed, setChanged] = useState<Place>();
  /** `turns` is the number of changes that were made and of those that were answered. */
  const changes = useRef({ last: Promise.resolve(true), waiting: 0, turns: 0 });
  /** The preferences that the server sent last. */
  const known = useRef<PreferencesFragment>(undefined);

  const read = useCallback(() => request(link, PreferencesDocument, {}), [link]);
  /** Reads what is stored, and reports whether it is shown. It may be older than a change that waits, or was made or answered meanwhile. */
  const refresh = useCallback(async (signal?: AbortSignal) => {
    const { turns } = changes.current;
    const { notificationPreferences, notificationDefaults } = await read();
    if (signal?.aborted || changes.current.waiting > 0 || changes.current.turns !== turns) return false;
    setNow((known.current = notificationPreferences));
    setKnownDefaults(notificationDefaults);
    return true;
  }, [read]);
  useEffect(() => {
    if (state !== "connected") return;
    const ending = new AbortController();
    const look = () => void refresh(ending.signal).then((isShown) => isShown && setProblem(undefined), () => {});
    const end = onPreferencesElsewhere(person, look);
    look();
    return () => {
      ending.abort();
      end();
    };
  }, [refresh, state, person]);

  /** Runs changes of places one after the other, and reports whether one is stored. The answer to the last one is shown, since it has all of them. */
  const run = useCallback((place: Place, change: () => Promise<PreferencesFragment>) => {
    const { current } = changes;
    current.waiting++;
    current.turns++;
    const settle = () => {
      current.turns++;
      if (--current.waiting === 0) setNow(known.current);
    };
    current.last = current.last.then(change).then(
      (preferences) => {
        tellTabs(person);
        known.current = preferences;
        settle();
        setChanged(place);
        return true;
      },
      (error: unknown) => {
        settle();
        setProblem(problemOf(place, error));
        void refresh().catch(() => {});
        return false;
      },
    );
    setProblem(undefined);
    setChanged(undefined);
    return current.last;
  }, [refresh, person]);

  const save = (input: NotificationPreferencesInput) => {
    setNow((before) => before && after(before, input));
    void run(placeOf(input), () => request(link, SetPreferencesDocument, { input }).then((answer) => stored(answer.setNotificationPreferences)));
  };
  const setChannel = (kind: NotificationKind, channel: NotificationChannel, isOn: boolean) => {
    const inputOf = (from: Stored) => ({ channels: [{ kind, channels: toggled(from, kind, channel, isOn) }] });
    setNow((before) => before && after(before, inputOf(before)));
    const change = () => request(link, ChannelsDocument, {}).then((answer) => request(link, SetPreferencesDocument, { input: inputOf(answer.notificationPreferences) }));
    void run(kind, () => change().then((answer) => stored(answer.setNotificationPreferences)));
  };
  const setDefaults = (channels: readonly ChannelPreferenceInput[]) => {
    const change = () => request(link, SetDefaultsDocument, { channels: [...channels] }).then((answer) => stored(answer.setNotificationDefaults));
    void run("defaults", change).then((isStored) => isStored && refresh()).catch(() => {});
  };
  const setPushContent = (isShown: boolean | null) => {
    setNow((before) => before && { ...before, pushContent: { isShown: isShown ?? before.pushContent.isShown, isChosen: isShown !== null } });
    void run("pushContent", () => request(link, SetPushContentDocument, { isShown }).then((answer) => stored(answer.setNotificationDefaults)));
  };
  const unmute = (id: string) => {
    setNow((before) => before && { ...before, mutes: before.mutes.filter(({ entity }) => entity.id !== id) });
    void run("muted", () => request(link, UnmuteDocument, { id }).then(read).then((answer) => answer.notificationPreferences));
  };
  return { now, defaults, problem, changed, save, setChannel, setDefaults, setPushContent, unmute };
}

/** The channels of a person, as far as a change of one needs them. */
type Stored = ChannelsQuery["notificationPreferences"];

/** Returns the channels of a kind with one of them turned on or off. */
function toggled({ channels }: Stored, kind: NotificationKind, channel: NotificationChannel, isOn: boolean): NotificationChannel[] {
  const others = channels.find((each) => each.kind === kind)?.channels.filter((each) => each !== channel) ?? [];
  return isOn ? [...others, channel] : others;
}

type Answer =
  | { readonly __typename: "NotificationPreferencesSaved"; readonly preferences: PreferencesFragment }
  | { readonly __typename: "InvalidInput"; readonly message: string };

function stored(answer: Answer): PreferencesFragment {
  if (answer.__typename === "InvalidInput") throw new Refusal(answer.message);
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
    isTimeZoneDefault: before.isTimeZoneDefault && !timeZone,
    digest: digest ?? before.digest,
  };
}

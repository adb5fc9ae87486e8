"use client";

import type { PresentPerson, RoomState } from "@tandem/client";
import { useEffect, useId, useRef } from "react";
import { useRoom } from "../live/usePresence.js";
import { useTandemContext } from "../provider/context.js";
import { useInvoker } from "../platform/useInvoker.js";
import { Avatar } from "./Avatar.js";

/** The props of {@link PresenceIndicator}. */
export interface PresenceIndicatorProps {
  readonly roomId: string;
  /** Whether one's own avatar is among them. */
  readonly showCurrentUser?: boolean | undefined;
  /** How many avatars are shown; a button opens the list of all. 5 unless given. */
  readonly maxVisible?: number | undefined;
  /** Where it is fixed in the window. Without it, it is where it stands. */
  readonly position?: "top-right" | "bottom-left" | "floating" | undefined;
  /** Called with a person who was chosen. With it, avatars are buttons. */
  readonly onSelect?: ((person: PresentPerson) => void) | undefined;
  readonly classNames?: { readonly root?: string; readonly list?: string; readonly person?: string; readonly more?: string } | undefined;
}

/**
 * Joins a room while mounted, shows the people in it, and announces those who join. Grey means that the connection is
 * away, so that this may be old.
 *
 * @example
 * ```tsx
 * <PresenceIndicator roomId={`customer:${id}`} maxVisible={4} onSelect={({ user }) => openProfile(user.id)} />
 * ```
 */
export function PresenceIndicator(props: PresenceIndicatorProps) {
  const { roomId, showCurrentUser = false, maxVisible = 5, position, onSelect, classNames } = props;
  const { announcer, messages } = useTandemContext();
  const [room, { users, stale }] = useRoom(roomId);
  useEffect(() => announcer.watch(roomId, room), [announcer, roomId, room]);
  const { shown, fits, state } = arrange({ users, stale, showCurrentUser, maxVisible });
  return (
    <div
      data-tandem="presence"
      data-state={state}
      data-position={position}
      className={classNames?.root}
      title={stale ? messages.mayBeOld() : undefined}
    >
      <ul aria-label={messages.peopleHere()} className={classNames?.list}>
        {shown.slice(0, fits).map((person) => (
          <li key={person.key} data-leaving={person.leaving || undefined} className={classNames?.person}>
            <PersonHere person={person} onSelect={onSelect} />
          </li>
        ))}
        {fits < shown.length && (
          <li className={classNames?.more}>
            <MorePeople people={shown} more={shown.length - fits} onSelect={onSelect} />
          </li>
        )}
      </ul>
      {state === "alone" && !showCurrentUser && <span data-tandem="alone">{messages.onlyYouHere()}</span>}
    </div>
  );
}

interface Arranged extends Pick<RoomState, "users" | "stale"> {
  readonly showCurrentUser: boolean;
  readonly maxVisible: number;
}

/** Returns the people that are shown, how many of them fit, and what that means for the style. */
function arrange({ users, stale, showCurrentUser, maxVisible }: Arranged) {
  const others = users.filter((each) => !each.isSelf);
  // The own avatar comes last: it says the least.
  const shown = [...others, ...users.filter((each) => each.isSelf && showCurrentUser)];
  const fits = shown.length <= maxVisible ? shown.length : Math.max(1, maxVisible - 1);
  const state = stale ? "stale" : users.length === 0 ? "empty" : others.length === 0 ? "alone" : fits < shown.length ? "overflow" : "some";
  return { shown, fits, state };
}

/** Returns the text for a person: the name, and what they do. */
function usePersonText({ user, isSelf, status, editingField }: PresentPerson): string {
  const { messages } = useTandemContext();
  const name = isSelf ? messages.you(user.name) : user.name || messages.somebody();
  const doing = editingField !== null && !isSelf ? messages.field(editingField) : status === "online" ? "" : messages.presence(status);
  return doing === "" ? name : `${name}, ${doing}`;
}

interface PersonHereProps {
  readonly person: PresentPerson;
  /** Whether the name is beside the avatar. */
  readonly named?: boolean;
  readonly onSelect: PresenceIndicatorProps["onSelect"];
}

function PersonHere({ person, named = false, onSelect }: PersonHereProps) {
  const text = usePersonText(person);
  const content = (
    <>
      <Avatar person={person.user} status={person.status} />
      <span data-tandem={named ? undefined : "hidden"}>{text}</span>
    </>
  );
  return onSelect ? (
    <button type="button" title={text} onClick={() => onSelect(person)}>
      {content}
    </button>
  ) : (
    <span title={text} data-tandem={named ? "row" : undefined}>{content}</span>
  );
}

interface MorePeopleProps {
  readonly people: readonly PresentPerson[];
  readonly more: number;
  readonly onSelect: PresenceIndicatorProps["onSelect"];
}

function MorePeople({ people, more, onSelect }: MorePeopleProps) {
  const { messages } = useTandemContext();
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useInvoker(button, list);
  return (
    <>
      <button ref={button} type="button" data-tandem="more" aria-label={messages.morePeople(more)}>
        +{more}
      </button>
      <div ref={list} popover="auto" data-tandem="popover" role="group" aria-labelledby={id}>
        <strong id={id}>{messages.peopleHere()}</strong>
        <ul>
          {people.map((person) => (
            <li key={person.key}>
              <PersonHere person={person} named onSelect={onSelect && ((chosen) => { list.current?.hidePopover(); onSelect(chosen); })} />
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}

"use client";

import type { NotificationItem } from "@tandem/client";
import { Avatar } from "../people/Avatar.js";
import { useTandemContext } from "../provider/context.js";
import { useMoment, useWhen } from "../values/when.js";
import { isReminder } from "./reminder.js";

interface NotificationRowProps {
  readonly item: NotificationItem;
  readonly onOpen: (item: NotificationItem) => void;
}

/** One notification, as a button that opens what it is about. */
export function NotificationRow({ item, onOpen }: NotificationRowProps) {
  const { messages } = useTandemContext();
  const when = useWhen();
  const moment = useMoment();
  const { at, snoozedUntil } = item;
  return (
    <button type="button" data-tandem="notification" data-state={item.read ? "read" : "unread"} onClick={() => onOpen(item)}>
      <Avatar person={item.actor} />
      <span data-tandem="notification-text">
        {!item.read && <span data-tandem="hidden">{messages.unread()}: </span>}
        <span data-tandem="notification-title" title={item.text}>{item.text}</span>{" "}
        {item.details && <span data-tandem="notification-details" title={item.details}>{item.details}</span>}{" "}
        <time dateTime={(snoozedUntil ?? at).toISOString()}>
          {isReminder(item) && `${messages.reminder()} · `}
          {snoozedUntil ? messages.snoozedUntil(moment(snoozedUntil)) : when(at)}
        </time>
      </span>
    </button>
  );
}

import type { NotificationItem } from "@tandem/client";
import { Avatar, SnoozeMenu, useMoment, type Snoozing } from "@tandem/react";
import { Mail, MailOpen } from "lucide-react";
import { Link } from "wouter";
import { ago, fullTime } from "../format/time.js";
import { pageOf } from "../live/entities.js";
import { useNow } from "../live/useNow.js";
import { KindSign } from "./kinds.js";

interface InboxLineProps {
  readonly item: NotificationItem;
  readonly snoozing: Snoozing;
}

/** One notification, which leads to its record, and the buttons that mark and snooze it. */
export function InboxLine({ item, snoozing }: InboxLineProps) {
  const moment = useMoment();
  const { snoozedUntil, entityType, entityId } = item;
  const content = (
    <>
      <span className="inbox-sign"><Avatar person={item.actor} /><KindSign type={item.type} /></span>
      <span className="inbox-text">
        <span className="inbox-clamped" title={item.text}>{item.text}</span>
        {item.details && <span className="inbox-details inbox-clamped" title={item.details}>{item.details}</span>}
        {snoozedUntil && <span className="inbox-details">Until <time dateTime={snoozedUntil.toISOString()}>{moment(snoozedUntil)}</time></span>}
      </span>
      {!snoozedUntil && <Age item={item} />}
    </>
  );
  const read = () => snoozing.read(item);
  const className = item.read ? "inbox-line" : "inbox-line unread";
  // Keys move through the lines that are in sight.
  const row = snoozedUntil ? undefined : true;
  return (
    <li className="inbox-item" data-notification={item.id}>
      {entityType && entityId ? (
        <Link href={pageOf(item)} data-row={row} className={className} onClick={read}>{content}</Link>
      ) : (
        <button type="button" data-row={row} className={className} onClick={read}>{content}</button>
      )}
      {!snoozedUntil && <ReadToggle item={item} snoozing={snoozing} />}
      <SnoozeMenu item={item} snoozing={snoozing} />
    </li>
  );
}

/** Marks a notification as unread, or as read without opening its record. */
function ReadToggle({ item, snoozing }: InboxLineProps) {
  const label = item.read ? "Mark as unread" : "Mark as read";
  return (
    <button type="button" className="button quiet icon" aria-label={`${label}: ${item.text}`} title={label} onClick={() => (item.read ? snoozing.wake(item) : snoozing.read(item))}>
      {item.read ? <Mail aria-hidden /> : <MailOpen aria-hidden />}
    </button>
  );
}

/** The age of the change, and whether it is unread because its snooze ended. */
function Age({ item: { read, at, cameAt } }: Pick<InboxLineProps, "item">) {
  const now = useNow();
  return <time className="faint number push" dateTime={at.toISOString()} title={fullTime(at)}>{!read && cameAt > at && "Reminder · "}{ago(at, now)}</time>;
}

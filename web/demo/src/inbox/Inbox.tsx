import { CheckCheck, Inbox as InboxIcon, SlidersHorizontal, TriangleAlert } from "lucide-react";
import type { NotificationItem } from "@tandem/client";
import { Avatar, useNotifications } from "@tandem/react";
import { Link } from "wouter";
import { useCommands } from "../keys/commands.js";
import { ago, fullTime } from "../format/time.js";
import { pathOf } from "../live/entities.js";
import { useAway } from "../live/useAway.js";
import { useNow } from "../live/useNow.js";
import { moveByArrows, moveInRows } from "../lists/rows.js";
import { TopBar } from "../shell/TopBar.js";
import { PushButton } from "../push/PushButton.js";
import { NotHere } from "../ui/NotHere.js";
import { Notice } from "../ui/Notice.js";
import { detailsOf, KindSign } from "./kinds.js";
import "../styles/inbox.css";

/** The notifications of the person: mentions, new responsibilities, and conflicts that wait for a decision. */
export default function Inbox() {
  const inbox = useNotifications();
  const away = useAway();
  const newest = inbox.items[0];
  const readAll = () => newest && void inbox.markRead({ upTo: newest.id });
  useCommands([
    { id: "read-all", label: "Mark all as read", group: "Inbox", keys: "r", run: readAll },
    { id: "next-row", label: "Next", group: "Lists", keys: "j", keysOnly: true, run: () => moveInRows(1) },
    { id: "previous-row", label: "Previous", group: "Lists", keys: "k", keysOnly: true, run: () => moveInRows(-1) },
  ]);
  return (
    <>
      <TopBar title="Inbox">
        <PushButton />
        <Link href="/inbox/preferences" className="button icon" aria-label="Notification preferences" title="Notification preferences"><SlidersHorizontal /></Link>
        <button type="button" className="button" disabled={inbox.unread === 0} aria-label="Mark all as read" onClick={readAll}><CheckCheck /> <span className="wide-only">Mark all as read</span></button>
      </TopBar>
      {inbox.status === "error" && <Notice icon={<TriangleAlert />} title="The inbox could not be loaded">{inbox.error?.message}</Notice>}
      {inbox.status === "loading" && away ? (
        <NotHere what="Notifications" />
      ) : inbox.status !== "error" && inbox.status !== "loading" && inbox.items.length === 0 ? (
        <Notice icon={<InboxIcon />} title="Nothing waits for you">Mentions and changes of what you own will be here.</Notice>
      ) : (
        <ul className="scroll inbox" onKeyDown={moveByArrows} aria-busy={inbox.status === "loading"}>
          {inbox.items.map((item) => <Line key={item.id} item={item} read={() => void inbox.markRead([item.id])} />)}
          {inbox.hasMore && <li><button type="button" className="button quiet" onClick={() => void inbox.loadMore()}>Show older</button></li>}
        </ul>
      )}
    </>
  );
}

function Line({ item, read }: { readonly item: NotificationItem; readonly read: () => void }) {
  const now = useNow();
  const content = (
    <>
      <span className="inbox-sign"><Avatar person={item.actor} /><KindSign type={item.type} /></span>
      <span className="inbox-text">{item.text}{item.details && <span className="inbox-details">{detailsOf(item)}</span>}</span>
      <time className="faint number push" dateTime={item.at.toISOString()} title={fullTime(item.at)}>{ago(item.at, now)}</time>
    </>
  );
  const className = item.read ? "inbox-line" : "inbox-line unread";
  return (
    <li>
      {item.entityType && item.entityId ? (
        <Link href={pathOf(item.entityType, item.entityId)} data-row className={className} onClick={read}>{content}</Link>
      ) : (
        <button type="button" data-row className={className} onClick={read}>{content}</button>
      )}
    </li>
  );
}

import { CheckCheck, Inbox as InboxIcon, SlidersHorizontal, TriangleAlert } from "lucide-react";
import type { NotificationItem } from "@tandem/client";
import { SnoozeNotice, useNotifications, useSnoozing } from "@tandem/react";
import { Link } from "wouter";
import { useCommands } from "../keys/commands.js";
import { useAway } from "../live/useAway.js";
import { moveByArrows, moveInRows } from "../lists/rows.js";
import { TopBar } from "../shell/TopBar.js";
import { PushButton, PushProblem, usePushOffer } from "../push/PushButton.js";
import { NotHere } from "../ui/NotHere.js";
import { Notice } from "../ui/Notice.js";
import { InboxLine } from "./InboxLine.js";
import { ReadNotice } from "./ReadNotice.js";
import { useReadAll } from "./useReadAll.js";
import "../styles/inbox.css";

/** The notifications of the person: mentions, new responsibilities, and conflicts that wait for a decision. */
export default function Inbox() {
  const inbox = useNotifications();
  const snoozing = useSnoozing(inbox);
  const { awake, snoozed } = snoozing;
  const away = useAway();
  const offer = usePushOffer();
  const reading = useReadAll(inbox, snoozing);
  const { readAll } = reading;
  useCommands([
    { id: "read-all", label: "Mark all as read", group: "Inbox", keys: "r", run: readAll },
    { id: "next-row", label: "Next", group: "Lists", keys: "j", keysOnly: true, run: () => moveInRows(1) },
    { id: "previous-row", label: "Previous", group: "Lists", keys: "k", keysOnly: true, run: () => moveInRows(-1) },
  ]);
  const line = (item: NotificationItem) => <InboxLine key={item.id} item={item} snoozing={snoozing} />;
  return (
    <>
      <TopBar title="Inbox" waiting={inbox.unread}>
        <PushButton offer={offer} />
        <Link href="/inbox/preferences" className="button icon" aria-label="Notification preferences" title="Notification preferences"><SlidersHorizontal /></Link>
        <button type="button" className="button" disabled={inbox.unread === 0} aria-label="Mark all as read" onClick={readAll}><CheckCheck /> <span className="wide-only">Mark all as read</span></button>
      </TopBar>
      {inbox.status === "error" && <Notice icon={<TriangleAlert />} title="The inbox could not be loaded">{inbox.error?.message}</Notice>}
      <PushProblem offer={offer} />
      <SnoozeNotice snoozing={snoozing} />
      {!snoozing.last && !snoozing.failed && <ReadNotice {...reading} />}
      {snoozed.length > 0 && (
        <details className="inbox-snoozed">
          <summary>Snoozed ({snoozed.length})</summary>
          <ul>{snoozed.map(line)}</ul>
        </details>
      )}
      {inbox.status === "loading" && away ? (
        <NotHere what="Notifications" />
      ) : inbox.status !== "error" && inbox.status !== "loading" && awake.length === 0 ? (
        <Notice icon={<InboxIcon />} title="Nothing waits for you">Mentions and changes of what you own will be here.</Notice>
      ) : (
        <ul className="scroll inbox" onKeyDown={moveByArrows} aria-busy={inbox.status === "loading"}>
          {awake.map(line)}
          {inbox.hasMore && <li><button type="button" className="button quiet" onClick={() => void inbox.loadMore()}>Show older</button></li>}
        </ul>
      )}
    </>
  );
}

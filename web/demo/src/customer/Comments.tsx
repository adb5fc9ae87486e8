import { MessageSquare } from "lucide-react";
import type { ActivityQuery } from "@tandem/client";
import { Avatar, useActivity } from "@tandem/react";
import type { Ref } from "react";
import { ago, fullTime } from "../format/time.js";
import { useAway } from "../live/useAway.js";
import { useMembers } from "../live/useMembers.js";
import { useNow } from "../live/useNow.js";
import { NotHere } from "../ui/NotHere.js";
import { Notice } from "../ui/Notice.js";
import { CommentText } from "./CommentText.js";
import { WriteComment } from "./WriteComment.js";

/** Returns the query of the comments on a customer. */
export function commentsOn(id: string): ActivityQuery {
  return { filter: { types: ["comment"], entityIds: [id] } };
}

interface CommentsProps {
  readonly id: string;
  /** Whether the customer was deleted, or is no longer shared with the person, so that nobody can comment here. */
  readonly isGone: boolean;
  readonly newestRef: Ref<HTMLDivElement>;
}

/** The comments on a customer, the newest first, with a place for one more. */
export function Comments({ id, isGone, newestRef }: CommentsProps) {
  const comments = useActivity(commentsOn(id));
  const away = useAway();
  const now = useNow();
  const people = useMembers().map(({ name }) => name);
  if (id.startsWith("new:")) return <Notice icon={<MessageSquare />} title="No comments yet">You can comment on this customer once the server has it.</Notice>;
  return (
    <>
      <WriteComment entityId={id} isGone={isGone} />
      {comments.status === "loading" && away && <NotHere what="Comments" />}
      {comments.status !== "loading" && comments.items.length === 0 && <Notice icon={<MessageSquare />} title="No comments yet">{isGone ? undefined : "Write @ to mention somebody, who is told at once."}</Notice>}
      {comments.status === "live" && <div ref={newestRef} className="newest" />}
      <ol className="feed" aria-label="Comments">
        {comments.items.map((item) => (
          <li key={item.id} className="deed">
            <Avatar person={item.actor} />
            <div>
              <b>{item.actor?.name ?? "Somebody"}</b>
              <div className="comment"><CommentText text={item.text ?? ""} people={people} /></div>
            </div>
            <time dateTime={item.at.toISOString()} title={fullTime(item.at)}>{ago(item.at, now)}</time>
          </li>
        ))}
      </ol>
      {comments.hasMore && <button type="button" className="button quiet" onClick={() => void comments.loadMore()}>Show older</button>}
    </>
  );
}

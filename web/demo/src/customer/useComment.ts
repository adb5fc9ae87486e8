import { request, type Person } from "@tandem/client";
import { useTandem } from "@tandem/react";
import { useState } from "react";
import { AddCommentDocument, type AddCommentMutation } from "../documents/documents.js";
import { useUnsaved } from "../unsaved/useUnsaved.js";

/** The length of the longest comment that the server takes, in characters. */
const most = 10_000;

/** From which length on the characters are counted for the person who writes. */
const near = 9_000;

const number = new Intl.NumberFormat("en");
const either = new Intl.ListFormat("en", { type: "disjunction" });

type RefusedComment = Extract<AddCommentMutation["addComment"], { readonly message: string }>;

/** A comment as it was sent, with the text from which it was made. */
interface SentComment {
  readonly written: string;
  readonly body: string;
  readonly mentionIds: string[];
  readonly clientMutationId: string;
}

/**
 * A comment that is not sent yet. Until it is answered, it is sent again as it was: the server adds it once, and
 * answers what it did with the first text.
 */
interface CommentDraft {
  readonly text: string;
  readonly unanswered?: SentComment | undefined;
}

function sentOf(written: string, members: readonly Person[]): SentComment {
  const mentionIds = members.filter(({ name }) => written.includes(`@${name}`)).map(({ id }) => id);
  return { written, body: written.trim(), mentionIds, clientMutationId: crypto.randomUUID() };
}

function lengthOf(text: string): number {
  return text.length < near ? text.length : [...text.trim()].length;
}

/** Returns why a comment was refused, in words of the page. The server names the field only, and not whom of several it means. */
function refusalOf(problem: RefusedComment, { mentionIds }: SentComment, members: readonly Person[]): string {
  if (problem.__typename !== "InvalidInput" || !problem.fields.some(({ field }) => field === "mentionIds")) return problem.message;
  const names = members.filter(({ id }) => mentionIds.includes(id)).map(({ name }) => name);
  return `${either.format(names)} can’t see this customer. Leave out the mention, or share it with them first.`;
}

/** The comment on an entity that is being written. It is kept for its person until it is sent, also while they are elsewhere. */
export function useComment(entityId: string, members: readonly Person[]) {
  const tandem = useTandem();
  const [{ text, unanswered } = { text: "" }, change] = useUnsaved<CommentDraft>(`comment:${entityId}`);
  const [problem, setProblem] = useState("");
  const [sending, setSending] = useState(false);
  const keep = (to: (now: CommentDraft) => CommentDraft) =>
    change((now = { text: "" }) => {
      const next = to(now);
      return next.text || next.unanswered ? next : undefined;
    });
  const write = (next: string) => {
    setProblem("");
    keep((now) => ({ ...now, text: next }));
  };
  const send = async () => {
    if (sending || text.trim() === "") return;
    const sent = unanswered ?? sentOf(text, members);
    const length = lengthOf(sent.body);
    if (length > most) return setProblem(`A comment has at most ${number.format(most)} characters; this has ${number.format(length)}.`);
    setSending(true);
    setProblem("");
    keep((now) => ({ ...now, unanswered: sent }));
    const { written, ...comment } = sent;
    try {
      const { addComment } = await request(tandem.link, AddCommentDocument, { input: { entityId, ...comment } });
      const refused = "message" in addComment ? refusalOf(addComment, sent, members) : undefined;
      // Text that was typed meanwhile is the next comment.
      keep((now) => ({ text: now.text === written && !refused ? "" : now.text }));
      if (refused) setProblem(refused);
      else if (written !== text) setProblem("Sent as it was at first. What you have written since is kept.");
    } catch (error) {
      setProblem(`Not sent: ${error instanceof Error ? error.message : String(error)} Your text is kept.`);
    }
    setSending(false);
  };
  const length = lengthOf(text);
  return { text, write, problem, sending, send, count: length < near ? undefined : `${number.format(length)} of ${number.format(most)} characters` };
}

import type { NotificationChannel, NotificationKind } from "../documents/documents.js";
import { locale } from "../format/time.js";

/** The channels, in the order of the columns. */
export const channels: readonly { readonly channel: NotificationChannel; readonly label: string }[] = [
  { channel: "IN_APP", label: "Inbox" },
  { channel: "PUSH", label: "Push" },
  { channel: "EMAIL", label: "E-mail" },
];

/** The name of each kind of notification, and when people get one. */
export const kinds: Readonly<Record<NotificationKind, { readonly label: string; readonly when: string }>> = {
  MENTION: { label: "Mentions", when: "Somebody mentions you in a comment" },
  ASSIGNMENT: { label: "Assignments", when: "You become an owner, or are invited to a meeting" },
  COMMENT: { label: "Comments", when: "On what you own, created or commented on" },
  CONFLICT: { label: "Conflicts", when: "Your edit and another one differ" },
  CONFLICT_RESOLVED: { label: "Resolved conflicts", when: "Somebody else resolves a conflict of yours" },
  ENTITY_DELETED: { label: "Deletions", when: "Something of yours is deleted" },
  ACCESS_CHANGED: { label: "Access", when: "Your role or your access changes" },
  WATCHED: { label: "Watched records", when: "Something you watch changes" },
};

const list = new Intl.ListFormat(locale);

/** Returns channels as words: "Inbox and push". */
export function channelWords(chosen: readonly NotificationChannel[]): string {
  const labels = channels.filter(({ channel }) => chosen.includes(channel)).map(({ label }, at) => (at === 0 ? label : label.toLowerCase()));
  return labels.length === 0 ? "None" : list.format(labels);
}

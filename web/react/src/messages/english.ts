import type { Messages } from "./messages.js";

const labels: Readonly<Record<string, string>> = {
  email: "E-mail", ownerId: "Owner", customerId: "Customer", attendeeIds: "Attendees", amountMinor: "Amount", durationSeconds: "Duration",
  startsAt: "Start", endsAt: "End", scheduledAt: "Scheduled for", startedAt: "Started", expectedCloseDate: "Expected close",
};

const acts: Readonly<Record<string, string>> = {
  create: "created", update: "changed", delete: "deleted", restore: "restored", view: "looked at", comment: "commented on",
};

/** Returns "one edit" or "3 edits". */
const count = (amount: number, one: string, many = `${one}s`): string => `${amount} ${amount === 1 ? one : many}`;

/** Makes words of a name in code: `expectedCloseDate` is "Expected close date", and `on_hold` is "On hold". */
function words(name: string): string {
  const spaced = name.replace(/_/g, " ").replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

const and = (names: readonly string[]): string => new Intl.ListFormat("en").format(names);

/** Names at most two people: "Ben and 2 others". */
const some = (names: readonly string[]): string => (names.length > 2 ? `${names[0]} and ${names.length - 1} others` : and(names));

/** The texts of the package in English. */
export const english: Messages = {
  field: (name) => labels[name] ?? words(name),
  term: words,
  empty: () => "Empty",
  somebody: () => "Somebody",
  unnamed: (type) => `a ${type === "" ? "record" : type.toLowerCase()}`,
  and,
  justNow: () => "just now",

  peopleHere: () => "People here",
  onlyYouHere: () => "Only you are here",
  you: (name) => `${name} (you)`,
  morePeople: (more) => `${more} more`,
  presence: (status) => ({ online: "here", away: "away", busy: "busy" })[status],
  mayBeOld: () => "This may be out of date",
  joined: (names) => `${some(names)} joined`,
  editing: (names) => (names.length === 1 ? `${names[0]} is typing` : `${some(names)} are typing`),

  connection: () => "Connection",
  offline: () => "Offline",
  catchingUp: () => "Catching up",
  slow: () => "Updates arrive late",
  sessionOver: () => "Your session has ended. Sign in again; your text is kept.",
  changesWaitInPage: (waiting) => `${count(waiting, "change waits", "changes wait")} in this page: keep it open`,
  changesWait: (waiting) => `${count(waiting, "change waits", "changes wait")} on this device`,

  notifications: (unread) => (unread > 0 ? `Notifications, ${unread > 999 ? "999+" : unread} unread` : "Notifications"),
  unread: () => "Unread",
  markAllRead: () => "Mark all as read",
  noNotifications: () => "Nothing new. Mentions and changes of what you own appear here.",
  pushHere: () => "Notify me on this device",
  noPushHere: () => "Stop notifying me here",
  pushWaits: () => "Waiting for your browser…",
  allowPush: () => "Your browser blocks notifications from this page. Allow them in its settings, then load the page again.",
  installForPush: () => "To be notified on this device, add this page to your Home Screen (Share, Add to Home Screen), and open it from there.",
  pushRefused: () => "Your browser can’t receive push notifications in a private window. Open the page in an ordinary one, or in another browser.",
  pushUnreachable: () => "Your browser can’t reach a push service: private windows have none, and its settings or the network may block it. Check them, or use another browser.",
  snooze: () => "Snooze",
  snoozeChoice: (choice) => ({ hour: "In an hour", tomorrow: "Tomorrow morning", nextWeek: "Next week" })[choice],
  snoozed: (number) => `Snoozed (${number})`,
  snoozedUntil: (time) => `Snoozed until ${time}`,
  unsnooze: () => "Unsnooze",
  reminder: () => "Reminder",
  undo: () => "Undo",
  whileAway: (missed) => `${missed} while you were away`,
  dismiss: () => "Dismiss",

  resolveConflict: () => "Resolve conflict",
  conflictTitle: (name) => `${name} changed this while you were typing`,
  conflictIntro: (fields, kept) => {
    const differ = fields === 1 ? "One field differs." : `${fields} fields differ.`;
    return kept.length === 0
      ? differ
      : `${differ} Your other ${kept.length === 1 ? "change" : "changes"} (${kept.join(", ")}) will be kept whatever you choose here.`;
  },
  was: (value) => `was ${value}`,
  yours: () => "Yours",
  theirs: () => "Theirs",
  custom: () => "Custom",
  ownValue: () => "Another value",
  allMine: () => "All mine",
  allTheirs: () => "All theirs",
  decideLater: () => "Decide later",
  apply: () => "Apply",
  chooseEach: (fields) => `Choose a side for ${and(fields)}`,
  movedOn: (name, fields, again) => `${name} has changed ${and(fields)} again.${again.length > 0 ? ` Choose again for ${and(again)}.` : ""}`,
  resolvedElsewhere: (name) => (name ? `${name} resolved this conflict` : "This conflict is resolved"),
  conflictAppeared: (name) => `${name} changed the same fields as you. Your edit waits for your decision.`,
  notResolved: () => "The server did not accept this:",
  partsDiffer: (parts) => (parts === 1 ? "one passage differs; the rest is merged" : `${parts} passages differ; the rest is merged`),

  activity: () => "Activity",
  noActivity: () => "Nothing has happened here yet.",
  newItems: (items) => `${items} new`,
  more: () => "Show more",
  loadingMore: () => "Loading more",
  did: (type, fields) => (type === "update" && fields.length > 0 ? `changed ${and(fields)} of` : (acts[type] ?? words(type).toLowerCase())),
  changedTo: () => "changed to",

  set: (name) => `${name} set`,
  takeTheirs: () => "Take theirs",
  keepMine: () => "Keep mine",
  mayNotEdit: () => "You can read this. Its owner or an admin can let you edit it.",
  readOnly: () => "You can read this, but you can’t change it now. Your text is kept.",
  readOnlyField: () => "You can’t change this field",
  deletedBy: (name, when) => `${name} deleted this ${when}. Your text is kept.`,
  restore: () => "Restore",
  accessLost: () => "You no longer have access to this.",
  draftFound: (fields) => `You left unsaved text here (${fields.join(", ")}).`,
  useDraft: () => "Use it",
  discardDraft: () => "Discard it",
  refused: () => "This was not saved:",
  yourText: () => "Your text",

  loading: () => "Loading",
  failed: () => "This could not be loaded.",
  didNotWork: () => "That did not work. Try again.",
  retry: () => "Try again",
};

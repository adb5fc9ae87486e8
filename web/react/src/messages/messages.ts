/** How a text is shown: by the words of an application, or by those in English that come with the package. */
type Text<Values extends unknown[] = []> = (...values: Values) => string;

/**
 * Every text that the components show or announce. The provider's `messages` replaces single ones.
 *
 * @example
 * ```tsx
 * const german: Partial<Messages> = {
 *   peopleHere: () => "Hier sind",
 *   field: (name) => ({ phone: "Telefon", ownerId: "Zuständig" })[name] ?? name,
 * };
 * <RealtimeProvider tandem={tandem} messages={german}>…</RealtimeProvider>
 * ```
 */
export interface Messages {
  /** The label of a field: `ownerId` is "Owner". */
  readonly field: Text<[name: string]>;
  /** A value of an enum: `on_hold` is "On hold". */
  readonly term: Text<[value: string]>;
  /** The words for a value that is empty. */
  readonly empty: Text;
  /** The words for a person without a name. */
  readonly somebody: Text;
  /** An entity without a name, of a type: "a customer". */
  readonly unnamed: Text<[type: string]>;
  /** Several names as one phrase. */
  readonly and: Text<[names: readonly string[]]>;
  /** A time less than a minute ago, by itself or in `deletedBy`. */
  readonly justNow: Text;

  readonly peopleHere: Text;
  readonly onlyYouHere: Text;
  readonly you: Text<[name: string]>;
  readonly morePeople: Text<[count: number]>;
  readonly presence: Text<[status: "online" | "away" | "busy"]>;
  readonly mayBeOld: Text;
  readonly joined: Text<[names: readonly string[]]>;
  readonly editing: Text<[names: readonly string[]]>;

  readonly connection: Text;
  readonly offline: Text;
  readonly catchingUp: Text;
  readonly slow: Text;
  readonly sessionOver: Text;
  readonly changesWait: Text<[count: number]>;
  /** Where the browser keeps nothing: they are lost with the page. */
  readonly changesWaitInPage: Text<[count: number]>;

  readonly notifications: Text<[unread: number]>;
  readonly unread: Text;
  readonly markAllRead: Text;
  readonly noNotifications: Text;
  readonly pushHere: Text;
  readonly noPushHere: Text;
  /** While the browser subscribes, which takes up to 20 s. */
  readonly pushWaits: Text;
  /** For a person who refused notifications. Only the settings of the browser change that. */
  readonly allowPush: Text;
  /** For a person on an iPhone or iPad who has not opened the page from the Home Screen. */
  readonly installForPush: Text;
  /** For a browser that does not let the page subscribe, as in a private window. */
  readonly pushRefused: Text;
  /** For a browser that can't subscribe, because it has no push service or can't reach it. */
  readonly pushUnreachable: Text;
  readonly snooze: Text;
  /** Tomorrow and on Monday it ends at 08:00. */
  readonly snoozeChoice: Text<[choice: "hour" | "tomorrow" | "nextWeek"]>;
  /** Above the notifications that are snoozed. */
  readonly snoozed: Text<[count: number]>;
  readonly snoozedUntil: Text<[time: string]>;
  readonly unsnooze: Text;
  readonly undo: Text;
  /** For a notification whose snooze has ended: before its age, and before its text where it is announced. */
  readonly reminder: Text;
  readonly whileAway: Text<[count: number]>;
  readonly dismiss: Text;

  readonly resolveConflict: Text;
  readonly conflictTitle: Text<[name: string]>;
  readonly conflictIntro: Text<[fields: number, kept: readonly string[]]>;
  readonly was: Text<[value: string]>;
  readonly yours: Text;
  readonly theirs: Text;
  readonly custom: Text;
  /** In place of a value that is neither side's, and the name of its control. */
  readonly ownValue: Text;
  readonly allMine: Text;
  readonly allTheirs: Text;
  readonly decideLater: Text;
  readonly apply: Text;
  readonly chooseEach: Text<[fields: readonly string[]]>;
  /** The other side has changed again. `again` are the fields whose choice no longer holds. */
  readonly movedOn: Text<[name: string, fields: readonly string[], again: readonly string[]]>;
  readonly resolvedElsewhere: Text<[name: string | undefined]>;
  readonly conflictAppeared: Text<[name: string]>;
  readonly notResolved: Text;
  /** The number of passages of a text that differ, beside the two sides of them. */
  readonly partsDiffer: Text<[count: number]>;

  readonly activity: Text;
  readonly noActivity: Text;
  readonly newItems: Text<[count: number]>;
  readonly more: Text;
  readonly loadingMore: Text;
  /** The deed of a person, before the name of the entity: "changed Phone of". */
  readonly did: Text<[type: string, fields: readonly string[]]>;
  readonly changedTo: Text;

  /** Before the value that another person has set. */
  readonly set: Text<[name: string]>;
  readonly takeTheirs: Text;
  readonly keepMine: Text;
  /** For a person who may read only, and has typed nothing. */
  readonly mayNotEdit: Text;
  /** For a person who lost the right to edit while they had unsaved text. */
  readonly readOnly: Text;
  readonly readOnlyField: Text;
  readonly deletedBy: Text<[name: string, when: string]>;
  readonly restore: Text;
  readonly accessLost: Text;
  readonly draftFound: Text<[fields: readonly string[]]>;
  readonly useDraft: Text;
  readonly discardDraft: Text;
  readonly refused: Text;
  readonly yourText: Text;

  readonly loading: Text;
  readonly failed: Text;
  /** After a click that had no effect. */
  readonly didNotWork: Text;
  readonly retry: Text;
}

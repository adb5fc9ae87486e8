export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /**
   * A position in an organization's log of changes. Opaque: keep it and send it back as `after`. Cursors of the log
   * (`changes`, `activity`, `*Changed`, `notification*`) are ordered and comparable across all of them. With text that the
   * server never returned as a cursor, the operation does not run: BAD_USER_INPUT.
   */
  Cursor: { input: string; output: string; }
  /** A calendar day without a time zone, as in ISO 8601: 2027-03-31. Years are from 0001 to 9999. */
  Date: { input: string; output: string; }
  /**
   * RFC 3339 in UTC, with milliseconds. An input may have any offset, a lower-case t or z, and any fraction of a second
   * after a point; digits beyond milliseconds are cut off. A leap second (:60) is the first moment of the next minute. With
   * anything else, or a year outside 1 to 9999, the operation does not run: GRAPHQL_VALIDATION_FAILED.
   */
  DateTime: { input: string; output: string; }
  /** Any JSON value. */
  JSON: { input: unknown; output: unknown; }
  /** An integer that a JSON number represents exactly: at most 9,007,199,254,740,991 (2^53 - 1) in either direction. */
  SafeInt: { input: number; output: number; }
};

/** The access of one person to one entity. */
export type Access = {
  __typename?: 'Access';
  /**
   * Whether this person may delete, restore and share it. True for its creator, its owner and admins, unless their role is
   * VIEWER.
   */
  canDelete: Scalars['Boolean']['output'];
  /** Whether this person may comment, and change the fields that are not in `readOnlyFields`. */
  canEdit: Scalars['Boolean']['output'];
  /** The id of this person's access to this entity. */
  id: Scalars['ID']['output'];
  /** The fields that this person may read but not change, named as in a patch: `ownerId`, not `owner`. */
  readOnlyFields: Array<Scalars['String']['output']>;
  /** Why something is not allowed, as text to show to a person. Null if everything is allowed. */
  reason?: Maybe<Scalars['String']['output']>;
};

/**
 * Your access changed. Your subscriptions continue with everything that you may see now. A subscription to one entity that
 * you may no longer see ends with FORBIDDEN, and all of them do once you are removed.
 */
export type AccessChanged = {
  __typename?: 'AccessChanged';
  /** The entity to which your access changed. Null if the change is not limited to one entity. */
  entityId?: Maybe<Scalars['ID']['output']>;
  /** Text to show to a person. It names no entity. */
  message: Scalars['String']['output'];
  /** Your current role in the organization. */
  role: Role;
};

/** You may see the entity, but you may not do this, because of your role or because the entity is not yours. */
export type AccessDenied = Problem & {
  __typename?: 'AccessDenied';
  /** The entity that the mutation was about, or the organization if the entity did not exist yet. */
  entityId: Scalars['ID']['output'];
  /** One or more sentences to show to a person. The wording may change; programs should rely on the type. */
  message: Scalars['String']['output'];
  /** The fields that you may read but not change, named as in a patch. An edit of other fields alone may be allowed. */
  readOnlyFields: Array<Scalars['String']['output']>;
};

/** The rights that a grant gives to a restricted entity. */
export type AccessLevel =
  /** See it. */
  | 'READ'
  /** See it, change it and comment on it, unless the person's role is VIEWER. */
  | 'WRITE';

/** A page of activity. Pages go back in time, so new activity does not shift them. */
export type ActivityConnection = {
  __typename?: 'ActivityConnection';
  /** The events with their positions in the log, newest first. */
  edges: Array<ActivityEdge>;
  /** The same events, without their positions. */
  nodes: Array<ActivityEvent>;
  /** Whether there are more items, and the cursor to continue from. */
  pageInfo: PageInfo;
};

/** One event of a page, with its position. */
export type ActivityEdge = {
  __typename?: 'ActivityEdge';
  /** The event's cursor: send it as `after` to get older events, or subscribe after it to get newer ones. */
  cursor: Scalars['Cursor']['output'];
  /** The event at this position. */
  node: ActivityEvent;
};

/** One action of a person. */
export type ActivityEvent = Node & {
  __typename?: 'ActivityEvent';
  /** A dotted verb for programs: customer.updated, call.commented, meeting.viewed. */
  action: Scalars['String']['output'];
  /** The person who did it. Null once nothing is kept about that person. */
  actor?: Maybe<User>;
  /** The batch that the event belongs to. Null for an action by itself. */
  batch?: Maybe<Batch>;
  /** The fields whose values changed, each once. Empty unless `type` is CREATE or UPDATE. */
  changes: Array<FieldChange>;
  /** The comment. Null unless `type` is COMMENT, and once the entity is deleted. */
  comment?: Maybe<Comment>;
  /** The event's position. Sort by it, not by `timestamp`. */
  cursor: Scalars['Cursor']['output'];
  /** The entity as it is now; null once it is deleted. */
  entity?: Maybe<Entity>;
  /** The entity that was acted on. Kept after the entity is deleted. */
  entityId: Scalars['ID']['output'];
  /** The type of the entity that was acted on. */
  entityType: EntityType;
  /** The version of the entity that this event made or, if it made none, saw. */
  entityVersion: Scalars['Int']['output'];
  /** Identifies this position in the log, and stays the same while the log is kept. */
  id: Scalars['ID']['output'];
  /** Details for programs. Often null; treat unknown keys as absent. */
  metadata?: Maybe<Scalars['JSON']['output']>;
  /** When it was committed, by the clock of the server that committed it. */
  timestamp: Scalars['DateTime']['output'];
  /** The action. */
  type: ActivityType;
  /** The id of the person who did it. Set even when `actor` is null. */
  userId: Scalars['ID']['output'];
  /** The current name of the person who did it. Empty when `actor` is null. */
  userName: Scalars['String']['output'];
};

/** The feed of activity to read. Null means everybody's. */
export type ActivityFeedInput = {
  /**
   * The user of a USER feed, or the customer of a CUSTOMER feed, which also includes the customer's entities. Those two
   * fail with BAD_USER_INPUT without it; a GLOBAL feed ignores it.
   */
  entityId?: InputMaybe<Scalars['ID']['input']>;
  /** The node that `entityId` names. */
  type: ActivityFeedType;
};

/** The feed of activity to read. */
export type ActivityFeedType =
  /**
   * The activity of one customer and of its entities (calls, meetings and so on). Activity from when an entity still
   * belonged to it stays.
   */
  | 'CUSTOMER'
  /** Everything in the organization. */
  | 'GLOBAL'
  /** The activity of one person. */
  | 'USER';

/** The activity to include. All given conditions must hold; a condition that is null or an empty list is ignored. */
export type ActivityFilter = {
  /** The event is about one of these entities. At most 100; more fail with BAD_USER_INPUT. */
  entityIds?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** The event is about an entity of one of these types. Repeated values count once. */
  entityTypes?: InputMaybe<Array<EntityType>>;
  /**
   * If true, a batch (`createCustomers` and so on) shows only its first event, so that an import does not fill a feed. If
   * its entities were visible to different people when it was written, it shows the first event for each group of them. A
   * batch is left out if that entity was hidden from the reader since. CUSTOMER feeds, the activity of one entity, and a
   * filter by `entityIds` ignore this.
   */
  firstOfBatch?: InputMaybe<Scalars['Boolean']['input']>;
  /** The event happened at this time or later. */
  since?: InputMaybe<Scalars['DateTime']['input']>;
  /** The event has one of these types. Repeated values count once. */
  types?: InputMaybe<Array<ActivityType>>;
  /** The event happened before this time. */
  until?: InputMaybe<Scalars['DateTime']['input']>;
  /** One of these people did it. At most 100; more fail with BAD_USER_INPUT. */
  userIds?: InputMaybe<Array<Scalars['ID']['input']>>;
};

/** A kind of activity. */
export type ActivityType =
  /** Somebody commented on it. This makes no new version. */
  | 'COMMENT'
  /** Somebody created the entity. */
  | 'CREATE'
  /** Somebody deleted it. */
  | 'DELETE'
  /** Somebody restored it after it was deleted. */
  | 'RESTORE'
  /** Somebody changed its fields. */
  | 'UPDATE'
  /** Somebody looked at it. This makes no new version. */
  | 'VIEW';

/** A comment to add. */
export type AddCommentInput = {
  /** 1 to 10,000 characters, not only blanks. Line breaks and tabs are allowed, other control characters are not. */
  body: Scalars['String']['input'];
  /**
   * A key of at most 128 bytes that makes it safe to send this mutation again; use a new UUID for each mutation. The same
   * key with the same input is applied once; with any other input it is InvalidInput. Without a key, every time counts as
   * a new mutation.
   */
  clientMutationId?: InputMaybe<Scalars['ID']['input']>;
  /** The entity that it is about. */
  entityId: Scalars['ID']['input'];
  /** At most 50 members of the organization, none twice. Each is notified. */
  mentionIds?: InputMaybe<Array<Scalars['ID']['input']>>;
};

/** The possible results of `addComment`. */
export type AddCommentResult = AccessDenied | CommentAdded | EntityGone | InvalidInput;

/** A stretch that is the same on both sides, or that only one side changed. */
export type AgreedText = {
  __typename?: 'AgreedText';
  /** The text, with the change of the side that changed it. */
  text: Scalars['String']['output'];
};

/** The action that an entry of the audit trail records. */
export type AuditAction =
  /** Somebody was given access to an entity, or another level of access. */
  | 'ACCESS_GRANTED'
  /** Access to an entity was revoked. */
  | 'ACCESS_REVOKED'
  /** A conflict was resolved. */
  | 'CONFLICT_RESOLVED'
  /** A member was removed from the organization. */
  | 'MEMBER_REMOVED'
  /** A person who had been removed became a member again. */
  | 'MEMBER_RETURNED'
  /** The defaults of notifications changed: channels, or whether pushes have content. */
  | 'NOTIFICATION_DEFAULTS_CHANGED'
  /** The owner of an entity changed, or was removed. */
  | 'OWNER_CHANGED'
  /** A person was erased from everything that is kept. */
  | 'PERSONAL_DATA_ERASED'
  /** Everything that is kept about a person was exported. */
  | 'PERSONAL_DATA_EXPORTED'
  /** A member's role changed. */
  | 'ROLE_CHANGED'
  /** Somebody of this organization could not sign in: their token had expired, or they were removed. */
  | 'SIGN_IN_REFUSED'
  /** An entity was restricted, or opened to the whole organization. */
  | 'VISIBILITY_CHANGED';

/** A page of the audit trail. Pages go back in time, so new entries do not shift them. */
export type AuditConnection = {
  __typename?: 'AuditConnection';
  /** The entries with their positions in the trail, newest first. */
  edges: Array<AuditEdge>;
  /** The same entries, without their positions. */
  nodes: Array<AuditEntry>;
  /** Whether there are more items, and the cursor to continue from. */
  pageInfo: PageInfo;
};

/** One entry of a page, with its position. */
export type AuditEdge = {
  __typename?: 'AuditEdge';
  /** The position in the trail: send it as `after` to get older entries. */
  cursor: Scalars['String']['output'];
  /** The entry at this position. */
  node: AuditEntry;
};

/**
 * One row of the organization's audit trail: who did what, when, to whom or to what, and from where. Nobody can change or
 * remove a row unnoticed.
 */
export type AuditEntry = {
  __typename?: 'AuditEntry';
  /** The action. */
  action: AuditAction;
  /** The person who did it. Null if the person is unknown, and once nothing is kept about them. */
  actor?: Maybe<User>;
  /**
   * The network address that the request came from: the client's address, for IPv6 the client's network, or the address of
   * the last proxy if that does not pass on the client's. Null if it is unknown, and once the actor was erased.
   */
  address?: Maybe<Scalars['String']['output']>;
  /** The name that the browser or program gave itself. Null if it gave none, and once the actor was erased. */
  agent?: Maybe<Scalars['String']['output']>;
  /**
   * The name that the application gave itself in the header apollographql-client-name or graphql-client-name. Null if it
   * gave none, and once the actor was erased.
   */
  client?: Maybe<Scalars['String']['output']>;
  /**
   * More details, for programs: `old` and `new` values; `conflictId` and `resolution`; or, for refused sign-ins, the
   * `reason`, the `count` of equal refusals, and the time `until` which they continued. Null once the actor or the subject was erased.
   */
  details?: Maybe<Scalars['JSON']['output']>;
  /** The entity affected. Kept after the entity is deleted. Null if the action is not about an entity. */
  entityId?: Maybe<Scalars['ID']['output']>;
  /** The SHA-256 of the entry and of the hash before it, in hexadecimal. */
  hash: Scalars['String']['output'];
  /** Identifies the entry within its organization. */
  id: Scalars['ID']['output'];
  /** Its number in the trail. The first entry is 1, and no number is skipped. */
  number: Scalars['Int']['output'];
  /** When it was done, by the clock of the server. For several refused sign-ins, the time of the first. */
  occurredAt: Scalars['DateTime']['output'];
  /** The person affected. Null if the action affected no person, and once nothing is kept about them. */
  subject?: Maybe<User>;
};

/** The place of an event in a batch: one mutation with several inputs. */
export type Batch = {
  __typename?: 'Batch';
  /** Equal for all events of one batch, also if the client sent it again to complete it. */
  id: Scalars['ID']['output'];
  /** The index of the input, from 0. An input that changed nothing has no event. */
  index: Scalars['Int']['output'];
  /** The number of inputs, whatever became of them. */
  size: Scalars['Int']['output'];
};

/** A telephone call with a customer, planned or held. */
export type Call = Entity & Node & {
  __typename?: 'Call';
  /** Its activity, newest first. */
  activity: ActivityConnection;
  /**
   * The call as it was at `version`, from the log. Null if there was no such version, the log no longer reaches back to
   * it, or it is from before you could see the entity.
   */
  atVersion?: Maybe<Call>;
  /** The comments on it, oldest first. */
  comments: CommentConnection;
  /** When it was created. */
  createdAt: Scalars['DateTime']['output'];
  /** The change that made this version. Subscribe `after` it to miss nothing between this read and the first event. */
  cursor: Scalars['Cursor']['output'];
  /** The customer on the telephone. Null if there is none, or if the customer was deleted or is not visible to you. */
  customer?: Maybe<Customer>;
  /** When it was deleted; null if it is not. Only changes and past versions still show a deleted entity. */
  deletedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The side that calls. */
  direction: CallDirection;
  /** Its name in a list: the value of its naming field, such as `name` or `title`. */
  displayName: Scalars['String']['output'];
  /** How long the call took, in seconds. From 0 to 604,800. Null: unknown. */
  durationSeconds?: Maybe<Scalars['Int']['output']>;
  /** It never changes and is never reused. */
  id: Scalars['ID']['output'];
  /** Anything else worth knowing. At most 20,000 characters; may have several lines. Null: nothing. */
  notes?: Maybe<Scalars['String']['output']>;
  /** The outcome of the call. At most 20,000 characters; may have several lines. Null: nothing was noted. */
  outcome?: Maybe<Scalars['String']['output']>;
  /** The person who makes the call. Null if there is nobody, or once nothing is kept about that person. */
  owner?: Maybe<User>;
  /** The time that the call is planned for. Null: it was not planned. */
  scheduledAt?: Maybe<Scalars['DateTime']['output']>;
  /** When the call began. Null: it has not begun, or nobody noted the time. */
  startedAt?: Maybe<Scalars['DateTime']['output']>;
  /**
   * The entity at `version`, from the log, as an `EntityState`. Null in the same cases as `atVersion`: there was no such
   * version, the log no longer reaches back to it, or it is from before you could see the entity.
   */
  stateAt?: Maybe<EntityState>;
  /** The progress of the call. */
  status: CallStatus;
  /** The subject of the call. One line of 1 to 200 characters, also the `displayName`. */
  subject: Scalars['String']['output'];
  /** When `version` was made. */
  updatedAt: Scalars['DateTime']['output'];
  /** The person who made `version`. Null once nothing is kept about that person. */
  updatedBy?: Maybe<User>;
  /** Starts at 1, and every applied change adds 1. Send it as the `baseVersion` of the next edit. */
  version: Scalars['Int']['output'];
  /** Your own access to it. */
  viewerAccess: Access;
  /** Whether everything that happens to it notifies you. `watch` and `unwatch` change it. */
  viewerWatch: WatchState;
  /** Whether everybody in the organization may see it, or only people it is shared with. */
  visibility: Visibility;
};


/** A telephone call with a customer, planned or held. */
export type CallActivityArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  filter?: InputMaybe<ActivityFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** A telephone call with a customer, planned or held. */
export type CallAtVersionArgs = {
  version: Scalars['Int']['input'];
};


/** A telephone call with a customer, planned or held. */
export type CallCommentsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** A telephone call with a customer, planned or held. */
export type CallStateAtArgs = {
  version: Scalars['Int']['input'];
};

/** One applied change of a call. */
export type CallChange = EntityChange & {
  __typename?: 'CallChange';
  /**
   * The person who made the change; if several were coalesced into one, the person who made the last of them. Null once
   * nothing is kept about that person.
   */
  actor?: Maybe<User>;
  /**
   * The call as this change left it. Nested fields of other nodes (people, comments, other entities) are as they are now.
   * Null for ACCESS_LOST, and only then.
   */
  call?: Maybe<Call>;
  /** The fields whose values changed, each once. A deletion or a restoration by itself has none. */
  changes: Array<FieldChange>;
  /**
   * The clientMutationId of the mutation that made the change, by which a client recognizes its own. Null if the mutation
   * had none.
   */
  clientMutationId?: Maybe<Scalars['ID']['output']>;
  /** The position of the change in the log: subscribe `after` it to continue from here. */
  cursor: Scalars['Cursor']['output'];
  /** The entity that was changed. */
  entityId: Scalars['ID']['output'];
  /**
   * The version before the change. It is `version` - 1, or lower if several changes were coalesced into one (maxPerSecond). 0
   * for a new entity. Equal to `version` if the change made none.
   */
  fromVersion: Scalars['Int']['output'];
  /** The effect of the change on the entity, or on what you may see of it. */
  kind: ChangeKind;
  /** The entity as this change left it, as an `EntityState`. Null for ACCESS_LOST, and only then. */
  state?: Maybe<EntityState>;
  /** When it was committed, by the clock of the server that committed it. */
  timestamp: Scalars['DateTime']['output'];
  /**
   * The meaning of the change for the list. Of changes that were coalesced into one, it goes from before the first to after
   * the last.
   */
  transition: Transition;
  /** The version of the entity that the change made; of a change that made none, the version that you see. */
  version: Scalars['Int']['output'];
};

/** A conflict over a call. `resolveCallConflict` resolves it. */
export type CallConflict = Conflict & Node & Problem & {
  __typename?: 'CallConflict';
  /** The call at `baseVersion`. Null if the log no longer reaches back to it, or you could not see the entity then. */
  base?: Maybe<Call>;
  /**
   * The entity at `baseVersion`, as an `EntityState`. Null if the log no longer reaches back to it, or you could not see
   * the entity then.
   */
  baseState?: Maybe<EntityState>;
  /** The version that the edit was made against. */
  baseVersion: Scalars['Int']['output'];
  /**
   * The fields to decide on, at least one: the fields that the edit and somebody else set to values that can't be merged.
   * Fields that are only valid together, such as `startsAt` and `endsAt` of a meeting, are included together if their values differ.
   * The other fields of the edit are applied when the conflict is resolved.
   */
  conflictedFields: Array<FieldConflict>;
  /** When the conflict was detected. */
  detectedAt: Scalars['DateTime']['output'];
  /** The person whose edit was not applied. Null once nothing is kept about that person. */
  detectedFor?: Maybe<User>;
  /** The entity that the edit was made to. */
  entityId: Scalars['ID']['output'];
  /** The type of the entity that the edit was made to. */
  entityType: EntityType;
  /** Never changes. A resolution that meets a newer change moves the conflict on, under the same id. */
  id: Scalars['ID']['output'];
  /**
   * The remote state with the edit laid over it. It shows the same as `remote` if you could not see the entity when the
   * edit was made.
   */
  local: Call;
  /**
   * The remote state with the edit laid over it, as an `EntityState`. It shows the same as `remoteState` if you could not
   * see the entity when the edit was made. Null if the entity is gone.
   */
  localState?: Maybe<EntityState>;
  /** One or more sentences to show to a person. The wording may change; programs should rely on the type. */
  message: Scalars['String']['output'];
  /** The call at `remoteVersion`. */
  remote: Call;
  /** The entity at `remoteVersion`, as an `EntityState`. Null if the entity is gone. */
  remoteState?: Maybe<EntityState>;
  /** The version that the edit conflicts with. */
  remoteVersion: Scalars['Int']['output'];
  /** How it was resolved. Null while it is open. */
  resolution?: Maybe<Resolution>;
  /** When it was resolved. Null while it is open. */
  resolvedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The person who resolved it. Null while it is open, or once nothing is kept about that person. */
  resolvedBy?: Maybe<User>;
};

/** A page of calls. */
export type CallConnection = {
  __typename?: 'CallConnection';
  /** A position that was read before the page. Subscribe `after` it to miss nothing between the page and the first event. */
  asOf: Scalars['Cursor']['output'];
  /** The calls with their positions, in the order of the list. */
  edges: Array<CallEdge>;
  /** The same calls, without their positions. */
  nodes: Array<Call>;
  /** Whether there are more items, and the cursor to continue from. */
  pageInfo: PageInfo;
  /** The number of calls in the whole list, over all pages. An estimate if `totalCountIsExact` is false. */
  totalCount: Scalars['Int']['output'];
  /**
   * Whether `totalCount` is exact. If false, more than 1,000 items may match and were not compared one by one: show the
   * number as "about".
   */
  totalCountIsExact: Scalars['Boolean']['output'];
};

/** The side that called. */
export type CallDirection =
  /** The customer called. */
  | 'INBOUND'
  /** The organization called. */
  | 'OUTBOUND';

/** One call of a page, with its position. */
export type CallEdge = {
  __typename?: 'CallEdge';
  /** The position in the list: send it as `after` to get the items that follow. */
  cursor: Scalars['String']['output'];
  /** The call at this position. */
  node: Call;
};

/**
 * A filter for calls. All given conditions must hold; a condition that is null is ignored. Of a list, one value is
 * enough; an empty list matches nothing.
 */
export type CallFilter = {
  /** Its `createdAt` is this or later. */
  createdAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Its `createdAt` is before this. */
  createdBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** It belongs to this customer. */
  customerId?: InputMaybe<Scalars['ID']['input']>;
  /** True: it was deleted, and only deleted calls match. False is ignored. */
  deleted?: InputMaybe<Scalars['Boolean']['input']>;
  /** It has one of these ids. Ids that name nothing, or nothing that you may see, are passed over. */
  ids?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** This person owns it. */
  ownerId?: InputMaybe<Scalars['ID']['input']>;
  /** One of these people owns it. */
  ownerIds?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** Its `scheduledAt` is this or later. */
  scheduledAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Its `scheduledAt` is before this. */
  scheduledBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /**
   * Text that its subject, outcome or notes contains, ignoring case and taken literally. More than 200 characters, or
   * control characters, fail with BAD_USER_INPUT.
   */
  search?: InputMaybe<Scalars['String']['input']>;
  /** It has one of these values. */
  status?: InputMaybe<Array<CallStatus>>;
  /** True: nobody owns it. With `ownerIds`: nobody or one of these people. False is ignored. */
  unowned?: InputMaybe<Scalars['Boolean']['input']>;
  /** Its `updatedAt` is this or later. */
  updatedAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Its `updatedAt` is before this. */
  updatedBefore?: InputMaybe<Scalars['DateTime']['input']>;
};

/** A field that is left out stays as it is; null clears it. */
export type CallPatch = {
  /**
   * The customer on the telephone. A customer of the organization. Null: none. Merged as a value: two different ones
   * conflict.
   */
  customerId?: InputMaybe<Scalars['ID']['input']>;
  /** The side that calls. Null is InvalidInput. Merged as a value: two different ones conflict. */
  direction?: InputMaybe<CallDirection>;
  /** How long the call took, in seconds. From 0 to 604,800. Null: unknown. Merged as a value: two different ones conflict. */
  durationSeconds?: InputMaybe<Scalars['Int']['input']>;
  /**
   * Anything else worth knowing. At most 20,000 characters; line breaks and tabs are allowed, other control characters are
   * not. Null: nothing. Merged as a text: edits of different lines or words are both applied.
   */
  notes?: InputMaybe<Scalars['String']['input']>;
  /**
   * The outcome of the call. At most 20,000 characters; line breaks and tabs are allowed, other control characters are
   * not. Null: nothing was noted. Merged as a text: edits of different lines or words are both applied.
   */
  outcome?: InputMaybe<Scalars['String']['input']>;
  /**
   * The person who makes the call. A member of the organization, who is notified. Null: nobody. Merged as a value: two
   * different ones conflict. Only the creator, the owner and admins may set it.
   */
  ownerId?: InputMaybe<Scalars['ID']['input']>;
  /** The time that the call is planned for. Null: it was not planned. Merged as a value: two different ones conflict. */
  scheduledAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** When the call began. Null: it has not begun, or nobody noted the time. Merged as a value: two different ones conflict. */
  startedAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** The progress of the call. Null is InvalidInput. Merged as a value: two different ones conflict. */
  status?: InputMaybe<CallStatus>;
  /**
   * The subject of the call. One line of 1 to 200 characters, not only blanks. Null is InvalidInput. Merged as a value:
   * two different ones conflict.
   */
  subject?: InputMaybe<Scalars['String']['input']>;
  /**
   * Whether everybody may see the call. Null is InvalidInput. Merged as a value: two different ones conflict. Only the
   * creator, the owner and admins may set it.
   */
  visibility?: InputMaybe<Visibility>;
};

/** The call was saved as requested. */
export type CallSaved = {
  __typename?: 'CallSaved';
  /** The call as this mutation left it, also when the result is repeated. */
  call: Call;
  /** The `clientMutationId` of the input. */
  clientMutationId?: Maybe<Scalars['ID']['output']>;
  /** The change that made this version, even if there was nothing to change. */
  cursor: Scalars['Cursor']['output'];
  /** Whether the call had changed since `baseVersion`, so that the result may contain changes that the person did not see. */
  merged: Scalars['Boolean']['output'];
};

/** The progress of a call. Only an edit changes it. */
export type CallStatus =
  /** Called off. */
  | 'CANCELLED'
  /** Held. */
  | 'COMPLETED'
  /** Being held now. */
  | 'IN_PROGRESS'
  /** Nobody answered. */
  | 'MISSED'
  /** Planned. */
  | 'SCHEDULED';

/** The effect of a change on its entity. */
export type ChangeKind =
  /** You may see the entity from here on. `changes` is empty. */
  | 'ACCESS_GAINED'
  /** You may not see the entity any more. `changes` is empty, and the entity is null. */
  | 'ACCESS_LOST'
  /** It is new. Changes that were coalesced into one are CREATED if the first of them was. */
  | 'CREATED'
  /** Nothing happened: it is there where the subscription begins. Only where `initial` asked for it; `changes` is empty. */
  | 'CURRENT'
  /** It is gone from every list. The change still carries the entity as it was. */
  | 'DELETED'
  /** It is back, as it was before it was deleted. */
  | 'RESTORED'
  /** Some of its fields have new values. */
  | 'UPDATED';

/** A page of the log, for clients that poll or catch up. */
export type ChangePage = {
  __typename?: 'ChangePage';
  /** The changes, oldest first and without gaps: every matching change between the first and the last is included. */
  changes: Array<EntityChange>;
  /** Send it as the next `after`. Set even when the page is empty. */
  endCursor: Scalars['Cursor']['output'];
  /** Whether there are more changes right now. If not, wait before you ask again. */
  hasMore: Scalars['Boolean']['output'];
};

/** The channels of one kind for everybody in the organization who did not choose any. */
export type ChannelDefault = {
  __typename?: 'ChannelDefault';
  /** Empty if people who did not choose receive none. */
  channels: Array<NotificationChannel>;
  /** True if an admin chose them. Otherwise they are the ones that the server has for all organizations. */
  isChosen: Scalars['Boolean']['output'];
  /** The kind of the notifications. */
  kind: NotificationKind;
  /** The ones that the server has for all organizations: they hold again once the choice of the admins is taken back. */
  serverChannels: Array<NotificationChannel>;
};

/** The channels on which you receive notifications of one kind. */
export type ChannelPreference = {
  __typename?: 'ChannelPreference';
  /** Without IN_APP, they are not in your list of notifications. Empty if you receive none. */
  channels: Array<NotificationChannel>;
  /** True if you did not choose, so that the channels are the defaults of your organization. */
  isDefault: Scalars['Boolean']['output'];
  /** The kind of the notifications. */
  kind: NotificationKind;
};

/** A choice of channels for one kind. */
export type ChannelPreferenceInput = {
  /** Empty: you receive none. Null: the default again. The order does not matter, and repetitions count once. */
  channels?: InputMaybe<Array<NotificationChannel>>;
  /** A kind that comes twice in a list is InvalidInput. */
  kind: NotificationKind;
};

/** A stretch that the two sides changed differently. It begins and ends between grapheme clusters. */
export type ClashingText = {
  __typename?: 'ClashingText';
  /** The text at `baseVersion`. Empty if there was none, or the log no longer reaches back. */
  base: Scalars['String']['output'];
  /** The text of the edit. */
  local: Scalars['String']['output'];
  /** The text at `remoteVersion`. */
  remote: Scalars['String']['output'];
};

/** A comment on an entity. It can't be changed. It is deleted and restored together with its entity. */
export type Comment = Node & {
  __typename?: 'Comment';
  /** The author. */
  author: User;
  /** 1 to 10,000 characters; may have several lines. */
  body: Scalars['String']['output'];
  /** When it was written. */
  createdAt: Scalars['DateTime']['output'];
  /** The entity that it is about. Null once the entity is deleted. */
  entity?: Maybe<Entity>;
  /** It never changes and is never reused. */
  id: Scalars['ID']['output'];
  /** At most 50 people. Each of them got a MENTION notification. */
  mentions: Array<User>;
};

/** The comment was added, and the people it concerns were notified. */
export type CommentAdded = {
  __typename?: 'CommentAdded';
  /** The `clientMutationId` of the input. */
  clientMutationId?: Maybe<Scalars['ID']['output']>;
  /** The comment as it was stored. */
  comment: Comment;
  /** The change that was made. Subscribe `after` it to receive everything that happens next. */
  cursor: Scalars['Cursor']['output'];
};

/** A page of comments. */
export type CommentConnection = {
  __typename?: 'CommentConnection';
  /** The comments with their positions, in the order of the list. */
  edges: Array<CommentEdge>;
  /** The same comments, without their positions. */
  nodes: Array<Comment>;
  /** Whether there are more items, and the cursor to continue from. */
  pageInfo: PageInfo;
  /** The number of comments in the whole list, over all pages. */
  totalCount: Scalars['Int']['output'];
};

/** One comment of a page, with its position. */
export type CommentEdge = {
  __typename?: 'CommentEdge';
  /** The position in the list: send it as `after` to get the items that follow. */
  cursor: Scalars['String']['output'];
  /** The comment at this position. */
  node: Comment;
};

/**
 * An edit that was not applied because somebody else had changed the same field since `baseVersion`, in a way that can't be
 * merged. Changes to different fields are merged, and so are changes of one field, as the patch describes. Your edits
 * never conflict with your own earlier ones: the later edit wins. A conflict is kept until somebody resolves it, except the conflict of a deletion, which is not kept.
 */
export type Conflict = {
  /**
   * The entity at `baseVersion`, as an `EntityState`. Null if the log no longer reaches back to it, or you could not see
   * the entity then.
   */
  baseState?: Maybe<EntityState>;
  /** The version that the edit was made against. */
  baseVersion: Scalars['Int']['output'];
  /**
   * The fields to decide on, at least one: the fields that the edit and somebody else set to values that can't be merged.
   * Fields that are only valid together, such as `startsAt` and `endsAt` of a meeting, are included together if their values differ.
   * The other fields of the edit are applied when the conflict is resolved.
   */
  conflictedFields: Array<FieldConflict>;
  /** When the conflict was detected. */
  detectedAt: Scalars['DateTime']['output'];
  /** The person whose edit was not applied. Null once nothing is kept about that person. */
  detectedFor?: Maybe<User>;
  /** The entity that the edit was made to. */
  entityId: Scalars['ID']['output'];
  /** The type of the entity that the edit was made to. */
  entityType: EntityType;
  /** Never changes. A resolution that meets a newer change moves the conflict on, under the same id. */
  id: Scalars['ID']['output'];
  /**
   * The remote state with the edit laid over it, as an `EntityState`. It shows the same as `remoteState` if you could not
   * see the entity when the edit was made. Null if the entity is gone.
   */
  localState?: Maybe<EntityState>;
  /** One or more sentences to show to a person. The wording may change; programs should rely on the type. */
  message: Scalars['String']['output'];
  /** The entity at `remoteVersion`, as an `EntityState`. Null if the entity is gone. */
  remoteState?: Maybe<EntityState>;
  /** The version that the edit conflicts with. */
  remoteVersion: Scalars['Int']['output'];
  /** How it was resolved. Null while it is open. */
  resolution?: Maybe<Resolution>;
  /** When it was resolved. Null while it is open. */
  resolvedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The person who resolved it. Null while it is open, or once nothing is kept about that person. */
  resolvedBy?: Maybe<User>;
};

/** A page of conflicts. */
export type ConflictConnection = {
  __typename?: 'ConflictConnection';
  /** The conflicts with their positions, in the order of the list. */
  edges: Array<ConflictEdge>;
  /** The same conflicts, without their positions. */
  nodes: Array<Conflict>;
  /** Whether there are more items, and the cursor to continue from. */
  pageInfo: PageInfo;
  /** The number of conflicts in the whole list, over all pages. */
  totalCount: Scalars['Int']['output'];
};

/** One conflict of a page, with its position. */
export type ConflictEdge = {
  __typename?: 'ConflictEdge';
  /** The position in the list: send it as `after` to get the items that follow. */
  cursor: Scalars['String']['output'];
  /** The conflict at this position. */
  node: Conflict;
};

/** Something that happened to a conflict. */
export type ConflictEvent = {
  __typename?: 'ConflictEvent';
  /** The person who did it. Null once nothing is kept about that person. */
  actor?: Maybe<User>;
  /** The conflict as it is now. It may have moved on or have been resolved since the event. */
  conflict: Conflict;
  /** The event's position. Subscribe `after` it to continue from here. */
  cursor: Scalars['Cursor']['output'];
  /** Whether the conflict opened, moved on, or was resolved. */
  kind: ConflictEventKind;
  /** When it was committed, by the clock of the server that committed it. */
  timestamp: Scalars['DateTime']['output'];
};

/** The kind of an event of a conflict. */
export type ConflictEventKind =
  /** A resolution met a newer change: the conflict is still open, with new sides. */
  | 'MOVED'
  /** An edit met a conflict, and was kept instead of being applied. */
  | 'OPENED'
  /** The conflict was resolved. */
  | 'RESOLVED';

/** A new call. A field that is left out or null is empty, or has its default. */
export type CreateCallInput = {
  /**
   * A key of at most 128 bytes that makes it safe to send this mutation again; use a new UUID for each mutation. The same
   * key with the same input is applied once; with any other input it is InvalidInput. Without a key, every time counts as
   * a new mutation.
   */
  clientMutationId?: InputMaybe<Scalars['ID']['input']>;
  /** The customer on the telephone. A customer of the organization. Null: none. */
  customerId?: InputMaybe<Scalars['ID']['input']>;
  /** The side that calls. */
  direction: CallDirection;
  /** How long the call took, in seconds. From 0 to 604,800. Null: unknown. */
  durationSeconds?: InputMaybe<Scalars['Int']['input']>;
  /**
   * Anything else worth knowing. At most 20,000 characters; line breaks and tabs are allowed, other control characters are
   * not. Null: nothing.
   */
  notes?: InputMaybe<Scalars['String']['input']>;
  /**
   * The outcome of the call. At most 20,000 characters; line breaks and tabs are allowed, other control characters are
   * not. Null: nothing was noted.
   */
  outcome?: InputMaybe<Scalars['String']['input']>;
  /** The person who makes the call. A member of the organization, who is notified. Null: nobody. */
  ownerId?: InputMaybe<Scalars['ID']['input']>;
  /** The time that the call is planned for. Null: it was not planned. */
  scheduledAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** When the call began. Null: it has not begun, or nobody noted the time. */
  startedAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** The progress of the call. SCHEDULED if it is left out. */
  status?: InputMaybe<CallStatus>;
  /** The subject of the call. One line of 1 to 200 characters, not only blanks. */
  subject: Scalars['String']['input'];
  /** Whether everybody may see the call. ORGANIZATION if it is left out. */
  visibility?: InputMaybe<Visibility>;
};

/** The possible results of `createCall` and, for each input, of `createCalls`. */
export type CreateCallResult = AccessDenied | CallSaved | InvalidInput;

/** A new customer. A field that is left out or null is empty, or has its default. */
export type CreateCustomerInput = {
  /**
   * A key of at most 128 bytes that makes it safe to send this mutation again; use a new UUID for each mutation. The same
   * key with the same input is applied once; with any other input it is InvalidInput. Without a key, every time counts as
   * a new mutation.
   */
  clientMutationId?: InputMaybe<Scalars['ID']['input']>;
  /** Where the customer works, or the customer's full name. One line of at most 200 characters. Null: nothing is known. */
  company?: InputMaybe<Scalars['String']['input']>;
  /**
   * The e-mail address of the customer. An address like ada@example.com, of at most 254 characters, without a display
   * name; an empty text is refused. Null: none is known.
   */
  email?: InputMaybe<Scalars['String']['input']>;
  /** The name of the customer. One line of 1 to 200 characters, not only blanks. */
  name: Scalars['String']['input'];
  /**
   * Anything else worth knowing. At most 20,000 characters; line breaks and tabs are allowed, other control characters are
   * not. Null: nothing.
   */
  notes?: InputMaybe<Scalars['String']['input']>;
  /** The person who looks after the customer. A member of the organization, who is notified. Null: nobody. */
  ownerId?: InputMaybe<Scalars['ID']['input']>;
  /** The telephone number of the customer, as people typed it. One line of at most 200 characters. Null: none is known. */
  phone?: InputMaybe<Scalars['String']['input']>;
  /** The stage of the relationship with the customer. LEAD if it is left out. */
  status?: InputMaybe<CustomerStatus>;
  /** Words to find customers by. At most 50, of 1 to 50 characters each, none twice. */
  tags?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Whether everybody may see the customer. ORGANIZATION if it is left out. */
  visibility?: InputMaybe<Visibility>;
};

/** The possible results of `createCustomer` and, for each input, of `createCustomers`. */
export type CreateCustomerResult = AccessDenied | CustomerSaved | InvalidInput;

/** A new deal. A field that is left out or null is empty, or has its default. */
export type CreateDealInput = {
  /**
   * The value of the deal, in the minor unit of its currency (cents), so that sums are exact. From 0 to
   * 9,007,199,254,740,991. Null: not known yet.
   */
  amountMinor?: InputMaybe<Scalars['SafeInt']['input']>;
  /**
   * A key of at most 128 bytes that makes it safe to send this mutation again; use a new UUID for each mutation. The same
   * key with the same input is applied once; with any other input it is InvalidInput. Without a key, every time counts as
   * a new mutation.
   */
  clientMutationId?: InputMaybe<Scalars['ID']['input']>;
  /** The currency of `amountMinor`. Null if and only if `amountMinor` is. Three capital letters, as in ISO 4217. */
  currency?: InputMaybe<Scalars['String']['input']>;
  /** The customer that the deal is with. A customer of the organization. Null: none. */
  customerId?: InputMaybe<Scalars['ID']['input']>;
  /** The day on which the deal should be signed. Null: no day is expected. */
  expectedCloseDate?: InputMaybe<Scalars['Date']['input']>;
  /**
   * Anything else worth knowing. At most 20,000 characters; line breaks and tabs are allowed, other control characters are
   * not. Null: nothing.
   */
  notes?: InputMaybe<Scalars['String']['input']>;
  /** The person who makes the deal. A member of the organization, who is notified. Null: nobody. */
  ownerId?: InputMaybe<Scalars['ID']['input']>;
  /** The progress of the deal. OPEN if it is left out. */
  stage?: InputMaybe<DealStage>;
  /** The subject of the deal. One line of 1 to 200 characters, not only blanks. */
  title: Scalars['String']['input'];
  /** Whether everybody may see the deal. ORGANIZATION if it is left out. */
  visibility?: InputMaybe<Visibility>;
};

/** The possible results of `createDeal` and, for each input, of `createDeals`. */
export type CreateDealResult = AccessDenied | DealSaved | InvalidInput;

/** A new meeting. A field that is left out or null is empty, or has its default. */
export type CreateMeetingInput = {
  /**
   * The topics to talk about. At most 20,000 characters; line breaks and tabs are allowed, other control characters are
   * not. Null: nothing was set.
   */
  agenda?: InputMaybe<Scalars['String']['input']>;
  /** The people invited. At most 200 members of the organization, none twice. Each is notified. */
  attendeeIds?: InputMaybe<Array<Scalars['ID']['input']>>;
  /**
   * A key of at most 128 bytes that makes it safe to send this mutation again; use a new UUID for each mutation. The same
   * key with the same input is applied once; with any other input it is InvalidInput. Without a key, every time counts as
   * a new mutation.
   */
  clientMutationId?: InputMaybe<Scalars['ID']['input']>;
  /** The customer to meet. A customer of the organization. Null: none. */
  customerId?: InputMaybe<Scalars['ID']['input']>;
  /** When the meeting ends; never before `startsAt`. */
  endsAt: Scalars['DateTime']['input'];
  /** A place, or the address of a video call. One line of at most 200 characters. Null: none was given. */
  location?: InputMaybe<Scalars['String']['input']>;
  /**
   * Anything else worth knowing. At most 20,000 characters; line breaks and tabs are allowed, other control characters are
   * not. Null: nothing.
   */
  notes?: InputMaybe<Scalars['String']['input']>;
  /** The person who holds the meeting. A member of the organization, who is notified. Null: nobody. */
  ownerId?: InputMaybe<Scalars['ID']['input']>;
  /** When the meeting begins, whatever its status. */
  startsAt: Scalars['DateTime']['input'];
  /** The progress of the meeting. SCHEDULED if it is left out. */
  status?: InputMaybe<MeetingStatus>;
  /** The subject of the meeting. One line of 1 to 200 characters, not only blanks. */
  title: Scalars['String']['input'];
  /** Whether everybody may see the meeting. ORGANIZATION if it is left out. */
  visibility?: InputMaybe<Visibility>;
};

/** The possible results of `createMeeting` and, for each input, of `createMeetings`. */
export type CreateMeetingResult = AccessDenied | InvalidInput | MeetingSaved;

/** A company or a person that the organization deals with. */
export type Customer = Entity & Node & {
  __typename?: 'Customer';
  /** Its activity, newest first. */
  activity: ActivityConnection;
  /**
   * The customer as it was at `version`, from the log. Null if there was no such version, the log no longer reaches back
   * to it, or it is from before you could see the entity.
   */
  atVersion?: Maybe<Customer>;
  /** The calls of this customer, the most recently changed first. */
  calls: CallConnection;
  /** The comments on it, oldest first. */
  comments: CommentConnection;
  /** Where the customer works, or the customer's full name. One line of at most 200 characters. Null: nothing is known. */
  company?: Maybe<Scalars['String']['output']>;
  /** When it was created. */
  createdAt: Scalars['DateTime']['output'];
  /** The change that made this version. Subscribe `after` it to miss nothing between this read and the first event. */
  cursor: Scalars['Cursor']['output'];
  /** The deals of this customer, the most recently changed first. */
  deals: DealConnection;
  /** When it was deleted; null if it is not. Only changes and past versions still show a deleted entity. */
  deletedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Its name in a list: the value of its naming field, such as `name` or `title`. */
  displayName: Scalars['String']['output'];
  /** The e-mail address of the customer. An address like ada@example.com, of at most 254 characters. Null: none is known. */
  email?: Maybe<Scalars['String']['output']>;
  /** It never changes and is never reused. */
  id: Scalars['ID']['output'];
  /** The meetings of this customer, the most recently changed first. */
  meetings: MeetingConnection;
  /** The name of the customer. One line of 1 to 200 characters, also the `displayName`. */
  name: Scalars['String']['output'];
  /** Anything else worth knowing. At most 20,000 characters; may have several lines. Null: nothing. */
  notes?: Maybe<Scalars['String']['output']>;
  /** The person who looks after the customer. Null if there is nobody, or once nothing is kept about that person. */
  owner?: Maybe<User>;
  /** The telephone number of the customer, as people typed it. One line of at most 200 characters. Null: none is known. */
  phone?: Maybe<Scalars['String']['output']>;
  /**
   * The entity at `version`, from the log, as an `EntityState`. Null in the same cases as `atVersion`: there was no such
   * version, the log no longer reaches back to it, or it is from before you could see the entity.
   */
  stateAt?: Maybe<EntityState>;
  /** The stage of the relationship with the customer. */
  status: CustomerStatus;
  /** Words to find customers by. At most 50, of 1 to 50 characters each, none twice. */
  tags: Array<Scalars['String']['output']>;
  /** When `version` was made. */
  updatedAt: Scalars['DateTime']['output'];
  /** The person who made `version`. Null once nothing is kept about that person. */
  updatedBy?: Maybe<User>;
  /** Starts at 1, and every applied change adds 1. Send it as the `baseVersion` of the next edit. */
  version: Scalars['Int']['output'];
  /** Your own access to it. */
  viewerAccess: Access;
  /** Whether everything that happens to it notifies you. `watch` and `unwatch` change it. */
  viewerWatch: WatchState;
  /** Whether everybody in the organization may see it, or only people it is shared with. */
  visibility: Visibility;
};


/** A company or a person that the organization deals with. */
export type CustomerActivityArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  filter?: InputMaybe<ActivityFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** A company or a person that the organization deals with. */
export type CustomerAtVersionArgs = {
  version: Scalars['Int']['input'];
};


/** A company or a person that the organization deals with. */
export type CustomerCallsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** A company or a person that the organization deals with. */
export type CustomerCommentsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** A company or a person that the organization deals with. */
export type CustomerDealsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** A company or a person that the organization deals with. */
export type CustomerMeetingsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** A company or a person that the organization deals with. */
export type CustomerStateAtArgs = {
  version: Scalars['Int']['input'];
};

/** One applied change of a customer. */
export type CustomerChange = EntityChange & {
  __typename?: 'CustomerChange';
  /**
   * The person who made the change; if several were coalesced into one, the person who made the last of them. Null once
   * nothing is kept about that person.
   */
  actor?: Maybe<User>;
  /** The fields whose values changed, each once. A deletion or a restoration by itself has none. */
  changes: Array<FieldChange>;
  /**
   * The clientMutationId of the mutation that made the change, by which a client recognizes its own. Null if the mutation
   * had none.
   */
  clientMutationId?: Maybe<Scalars['ID']['output']>;
  /** The position of the change in the log: subscribe `after` it to continue from here. */
  cursor: Scalars['Cursor']['output'];
  /**
   * The customer as this change left it. Nested fields of other nodes (people, comments, other entities) are as they are
   * now. Null for ACCESS_LOST, and only then.
   */
  customer?: Maybe<Customer>;
  /** The entity that was changed. */
  entityId: Scalars['ID']['output'];
  /**
   * The version before the change. It is `version` - 1, or lower if several changes were coalesced into one (maxPerSecond). 0
   * for a new entity. Equal to `version` if the change made none.
   */
  fromVersion: Scalars['Int']['output'];
  /** The effect of the change on the entity, or on what you may see of it. */
  kind: ChangeKind;
  /** The entity as this change left it, as an `EntityState`. Null for ACCESS_LOST, and only then. */
  state?: Maybe<EntityState>;
  /** When it was committed, by the clock of the server that committed it. */
  timestamp: Scalars['DateTime']['output'];
  /**
   * The meaning of the change for the list. Of changes that were coalesced into one, it goes from before the first to after
   * the last.
   */
  transition: Transition;
  /** The version of the entity that the change made; of a change that made none, the version that you see. */
  version: Scalars['Int']['output'];
};

/** A conflict over a customer. `resolveCustomerConflict` resolves it. */
export type CustomerConflict = Conflict & Node & Problem & {
  __typename?: 'CustomerConflict';
  /** The customer at `baseVersion`. Null if the log no longer reaches back to it, or you could not see the entity then. */
  base?: Maybe<Customer>;
  /**
   * The entity at `baseVersion`, as an `EntityState`. Null if the log no longer reaches back to it, or you could not see
   * the entity then.
   */
  baseState?: Maybe<EntityState>;
  /** The version that the edit was made against. */
  baseVersion: Scalars['Int']['output'];
  /**
   * The fields to decide on, at least one: the fields that the edit and somebody else set to values that can't be merged.
   * Fields that are only valid together, such as `startsAt` and `endsAt` of a meeting, are included together if their values differ.
   * The other fields of the edit are applied when the conflict is resolved.
   */
  conflictedFields: Array<FieldConflict>;
  /** When the conflict was detected. */
  detectedAt: Scalars['DateTime']['output'];
  /** The person whose edit was not applied. Null once nothing is kept about that person. */
  detectedFor?: Maybe<User>;
  /** The entity that the edit was made to. */
  entityId: Scalars['ID']['output'];
  /** The type of the entity that the edit was made to. */
  entityType: EntityType;
  /** Never changes. A resolution that meets a newer change moves the conflict on, under the same id. */
  id: Scalars['ID']['output'];
  /**
   * The remote state with the edit laid over it. It shows the same as `remote` if you could not see the entity when the
   * edit was made.
   */
  local: Customer;
  /**
   * The remote state with the edit laid over it, as an `EntityState`. It shows the same as `remoteState` if you could not
   * see the entity when the edit was made. Null if the entity is gone.
   */
  localState?: Maybe<EntityState>;
  /** One or more sentences to show to a person. The wording may change; programs should rely on the type. */
  message: Scalars['String']['output'];
  /** The customer at `remoteVersion`. */
  remote: Customer;
  /** The entity at `remoteVersion`, as an `EntityState`. Null if the entity is gone. */
  remoteState?: Maybe<EntityState>;
  /** The version that the edit conflicts with. */
  remoteVersion: Scalars['Int']['output'];
  /** How it was resolved. Null while it is open. */
  resolution?: Maybe<Resolution>;
  /** When it was resolved. Null while it is open. */
  resolvedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The person who resolved it. Null while it is open, or once nothing is kept about that person. */
  resolvedBy?: Maybe<User>;
};

/** A page of customers. */
export type CustomerConnection = {
  __typename?: 'CustomerConnection';
  /** A position that was read before the page. Subscribe `after` it to miss nothing between the page and the first event. */
  asOf: Scalars['Cursor']['output'];
  /** The customers with their positions, in the order of the list. */
  edges: Array<CustomerEdge>;
  /** The same customers, without their positions. */
  nodes: Array<Customer>;
  /** Whether there are more items, and the cursor to continue from. */
  pageInfo: PageInfo;
  /** The number of customers in the whole list, over all pages. An estimate if `totalCountIsExact` is false. */
  totalCount: Scalars['Int']['output'];
  /**
   * Whether `totalCount` is exact. If false, more than 1,000 items may match and were not compared one by one: show the
   * number as "about".
   */
  totalCountIsExact: Scalars['Boolean']['output'];
};

/** One customer of a page, with its position. */
export type CustomerEdge = {
  __typename?: 'CustomerEdge';
  /** The position in the list: send it as `after` to get the items that follow. */
  cursor: Scalars['String']['output'];
  /** The customer at this position. */
  node: Customer;
};

/**
 * A filter for customers. All given conditions must hold; a condition that is null is ignored. Of a list, one value is
 * enough; an empty list matches nothing.
 */
export type CustomerFilter = {
  /** Its `createdAt` is this or later. */
  createdAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Its `createdAt` is before this. */
  createdBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** True: it was deleted, and only deleted customers match. False is ignored. */
  deleted?: InputMaybe<Scalars['Boolean']['input']>;
  /** It has one of these ids. Ids that name nothing, or nothing that you may see, are passed over. */
  ids?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** This person owns it. */
  ownerId?: InputMaybe<Scalars['ID']['input']>;
  /** One of these people owns it. */
  ownerIds?: InputMaybe<Array<Scalars['ID']['input']>>;
  /**
   * Text that its name, email, phone, company or tags contains, ignoring case and taken literally. More than 200
   * characters, or control characters, fail with BAD_USER_INPUT.
   */
  search?: InputMaybe<Scalars['String']['input']>;
  /** It has one of these values. */
  status?: InputMaybe<Array<CustomerStatus>>;
  /** It has exactly this tag. */
  tag?: InputMaybe<Scalars['String']['input']>;
  /** It has exactly one of these tags, or several. */
  tags?: InputMaybe<Array<Scalars['String']['input']>>;
  /** True: nobody owns it. With `ownerIds`: nobody or one of these people. False is ignored. */
  unowned?: InputMaybe<Scalars['Boolean']['input']>;
  /** Its `updatedAt` is this or later. */
  updatedAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Its `updatedAt` is before this. */
  updatedBefore?: InputMaybe<Scalars['DateTime']['input']>;
};

/** A field that is left out stays as it is; null clears it. */
export type CustomerPatch = {
  /**
   * Where the customer works, or the customer's full name. One line of at most 200 characters. Null: nothing is known.
   * Merged as a value: two different ones conflict.
   */
  company?: InputMaybe<Scalars['String']['input']>;
  /**
   * The e-mail address of the customer. An address like ada@example.com, of at most 254 characters, without a display
   * name; an empty text is refused. Null: none is known. Merged as a value: two different ones conflict.
   */
  email?: InputMaybe<Scalars['String']['input']>;
  /**
   * The name of the customer. One line of 1 to 200 characters, not only blanks. Null is InvalidInput. Merged as a value:
   * two different ones conflict.
   */
  name?: InputMaybe<Scalars['String']['input']>;
  /**
   * Anything else worth knowing. At most 20,000 characters; line breaks and tabs are allowed, other control characters are
   * not. Null: nothing. Merged as a text: edits of different lines or words are both applied.
   */
  notes?: InputMaybe<Scalars['String']['input']>;
  /**
   * The person who looks after the customer. A member of the organization, who is notified. Null: nobody. Merged as a
   * value: two different ones conflict. Only the creator, the owner and admins may set it.
   */
  ownerId?: InputMaybe<Scalars['ID']['input']>;
  /**
   * The telephone number of the customer, as people typed it. One line of at most 200 characters. Null: none is known.
   * Merged as a value: two different ones conflict.
   */
  phone?: InputMaybe<Scalars['String']['input']>;
  /** The stage of the relationship with the customer. Null is InvalidInput. Merged as a value: two different ones conflict. */
  status?: InputMaybe<CustomerStatus>;
  /**
   * Words to find customers by. At most 50, of 1 to 50 characters each, none twice. Null means none. Merged as a set: what
   * both sides added and removed since is applied to the current ones.
   */
  tags?: InputMaybe<Array<Scalars['String']['input']>>;
  /**
   * Whether everybody may see the customer. Null is InvalidInput. Merged as a value: two different ones conflict. Only the
   * creator, the owner and admins may set it.
   */
  visibility?: InputMaybe<Visibility>;
};

/** The customer was saved as requested. */
export type CustomerSaved = {
  __typename?: 'CustomerSaved';
  /** The `clientMutationId` of the input. */
  clientMutationId?: Maybe<Scalars['ID']['output']>;
  /** The change that made this version, even if there was nothing to change. */
  cursor: Scalars['Cursor']['output'];
  /** The customer as this mutation left it, also when the result is repeated. */
  customer: Customer;
  /**
   * Whether the customer had changed since `baseVersion`, so that the result may contain changes that the person did not
   * see.
   */
  merged: Scalars['Boolean']['output'];
};

/** The stage of the relationship with a customer. */
export type CustomerStatus =
  /** Buys. */
  | 'ACTIVE'
  /** Used to buy, and no longer does. */
  | 'CHURNED'
  /** Somebody to approach. */
  | 'LEAD'
  /** Interested, and being talked to. */
  | 'PROSPECT';

/** A sale that the organization hopes to make to a customer. */
export type Deal = Entity & Node & {
  __typename?: 'Deal';
  /** Its activity, newest first. */
  activity: ActivityConnection;
  /**
   * The value of the deal, in the minor unit of its currency (cents), so that sums are exact. From 0 to
   * 9,007,199,254,740,991. Null: not known yet.
   */
  amountMinor?: Maybe<Scalars['SafeInt']['output']>;
  /**
   * The deal as it was at `version`, from the log. Null if there was no such version, the log no longer reaches back to
   * it, or it is from before you could see the entity.
   */
  atVersion?: Maybe<Deal>;
  /** The comments on it, oldest first. */
  comments: CommentConnection;
  /** When it was created. */
  createdAt: Scalars['DateTime']['output'];
  /** The currency of `amountMinor`. Null if and only if `amountMinor` is. Three capital letters, as in ISO 4217. */
  currency?: Maybe<Scalars['String']['output']>;
  /** The change that made this version. Subscribe `after` it to miss nothing between this read and the first event. */
  cursor: Scalars['Cursor']['output'];
  /** The customer that the deal is with. Null if there is none, or if the customer was deleted or is not visible to you. */
  customer?: Maybe<Customer>;
  /** When it was deleted; null if it is not. Only changes and past versions still show a deleted entity. */
  deletedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Its name in a list: the value of its naming field, such as `name` or `title`. */
  displayName: Scalars['String']['output'];
  /** The day on which the deal should be signed. Null: no day is expected. */
  expectedCloseDate?: Maybe<Scalars['Date']['output']>;
  /** It never changes and is never reused. */
  id: Scalars['ID']['output'];
  /** Anything else worth knowing. At most 20,000 characters; may have several lines. Null: nothing. */
  notes?: Maybe<Scalars['String']['output']>;
  /** The person who makes the deal. Null if there is nobody, or once nothing is kept about that person. */
  owner?: Maybe<User>;
  /** The progress of the deal. */
  stage: DealStage;
  /**
   * The entity at `version`, from the log, as an `EntityState`. Null in the same cases as `atVersion`: there was no such
   * version, the log no longer reaches back to it, or it is from before you could see the entity.
   */
  stateAt?: Maybe<EntityState>;
  /** The subject of the deal. One line of 1 to 200 characters, also the `displayName`. */
  title: Scalars['String']['output'];
  /** When `version` was made. */
  updatedAt: Scalars['DateTime']['output'];
  /** The person who made `version`. Null once nothing is kept about that person. */
  updatedBy?: Maybe<User>;
  /** Starts at 1, and every applied change adds 1. Send it as the `baseVersion` of the next edit. */
  version: Scalars['Int']['output'];
  /** Your own access to it. */
  viewerAccess: Access;
  /** Whether everything that happens to it notifies you. `watch` and `unwatch` change it. */
  viewerWatch: WatchState;
  /** Whether everybody in the organization may see it, or only people it is shared with. */
  visibility: Visibility;
};


/** A sale that the organization hopes to make to a customer. */
export type DealActivityArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  filter?: InputMaybe<ActivityFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** A sale that the organization hopes to make to a customer. */
export type DealAtVersionArgs = {
  version: Scalars['Int']['input'];
};


/** A sale that the organization hopes to make to a customer. */
export type DealCommentsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** A sale that the organization hopes to make to a customer. */
export type DealStateAtArgs = {
  version: Scalars['Int']['input'];
};

/** One applied change of a deal. */
export type DealChange = EntityChange & {
  __typename?: 'DealChange';
  /**
   * The person who made the change; if several were coalesced into one, the person who made the last of them. Null once
   * nothing is kept about that person.
   */
  actor?: Maybe<User>;
  /** The fields whose values changed, each once. A deletion or a restoration by itself has none. */
  changes: Array<FieldChange>;
  /**
   * The clientMutationId of the mutation that made the change, by which a client recognizes its own. Null if the mutation
   * had none.
   */
  clientMutationId?: Maybe<Scalars['ID']['output']>;
  /** The position of the change in the log: subscribe `after` it to continue from here. */
  cursor: Scalars['Cursor']['output'];
  /**
   * The deal as this change left it. Nested fields of other nodes (people, comments, other entities) are as they are now.
   * Null for ACCESS_LOST, and only then.
   */
  deal?: Maybe<Deal>;
  /** The entity that was changed. */
  entityId: Scalars['ID']['output'];
  /**
   * The version before the change. It is `version` - 1, or lower if several changes were coalesced into one (maxPerSecond). 0
   * for a new entity. Equal to `version` if the change made none.
   */
  fromVersion: Scalars['Int']['output'];
  /** The effect of the change on the entity, or on what you may see of it. */
  kind: ChangeKind;
  /** The entity as this change left it, as an `EntityState`. Null for ACCESS_LOST, and only then. */
  state?: Maybe<EntityState>;
  /** When it was committed, by the clock of the server that committed it. */
  timestamp: Scalars['DateTime']['output'];
  /**
   * The meaning of the change for the list. Of changes that were coalesced into one, it goes from before the first to after
   * the last.
   */
  transition: Transition;
  /** The version of the entity that the change made; of a change that made none, the version that you see. */
  version: Scalars['Int']['output'];
};

/** A conflict over a deal. `resolveDealConflict` resolves it. */
export type DealConflict = Conflict & Node & Problem & {
  __typename?: 'DealConflict';
  /** The deal at `baseVersion`. Null if the log no longer reaches back to it, or you could not see the entity then. */
  base?: Maybe<Deal>;
  /**
   * The entity at `baseVersion`, as an `EntityState`. Null if the log no longer reaches back to it, or you could not see
   * the entity then.
   */
  baseState?: Maybe<EntityState>;
  /** The version that the edit was made against. */
  baseVersion: Scalars['Int']['output'];
  /**
   * The fields to decide on, at least one: the fields that the edit and somebody else set to values that can't be merged.
   * Fields that are only valid together, such as `startsAt` and `endsAt` of a meeting, are included together if their values differ.
   * The other fields of the edit are applied when the conflict is resolved.
   */
  conflictedFields: Array<FieldConflict>;
  /** When the conflict was detected. */
  detectedAt: Scalars['DateTime']['output'];
  /** The person whose edit was not applied. Null once nothing is kept about that person. */
  detectedFor?: Maybe<User>;
  /** The entity that the edit was made to. */
  entityId: Scalars['ID']['output'];
  /** The type of the entity that the edit was made to. */
  entityType: EntityType;
  /** Never changes. A resolution that meets a newer change moves the conflict on, under the same id. */
  id: Scalars['ID']['output'];
  /**
   * The remote state with the edit laid over it. It shows the same as `remote` if you could not see the entity when the
   * edit was made.
   */
  local: Deal;
  /**
   * The remote state with the edit laid over it, as an `EntityState`. It shows the same as `remoteState` if you could not
   * see the entity when the edit was made. Null if the entity is gone.
   */
  localState?: Maybe<EntityState>;
  /** One or more sentences to show to a person. The wording may change; programs should rely on the type. */
  message: Scalars['String']['output'];
  /** The deal at `remoteVersion`. */
  remote: Deal;
  /** The entity at `remoteVersion`, as an `EntityState`. Null if the entity is gone. */
  remoteState?: Maybe<EntityState>;
  /** The version that the edit conflicts with. */
  remoteVersion: Scalars['Int']['output'];
  /** How it was resolved. Null while it is open. */
  resolution?: Maybe<Resolution>;
  /** When it was resolved. Null while it is open. */
  resolvedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The person who resolved it. Null while it is open, or once nothing is kept about that person. */
  resolvedBy?: Maybe<User>;
};

/** A page of deals. */
export type DealConnection = {
  __typename?: 'DealConnection';
  /** A position that was read before the page. Subscribe `after` it to miss nothing between the page and the first event. */
  asOf: Scalars['Cursor']['output'];
  /** The deals with their positions, in the order of the list. */
  edges: Array<DealEdge>;
  /** The same deals, without their positions. */
  nodes: Array<Deal>;
  /** Whether there are more items, and the cursor to continue from. */
  pageInfo: PageInfo;
  /** The number of deals in the whole list, over all pages. An estimate if `totalCountIsExact` is false. */
  totalCount: Scalars['Int']['output'];
  /**
   * Whether `totalCount` is exact. If false, more than 1,000 items may match and were not compared one by one: show the
   * number as "about".
   */
  totalCountIsExact: Scalars['Boolean']['output'];
};

/** One deal of a page, with its position. */
export type DealEdge = {
  __typename?: 'DealEdge';
  /** The position in the list: send it as `after` to get the items that follow. */
  cursor: Scalars['String']['output'];
  /** The deal at this position. */
  node: Deal;
};

/**
 * A filter for deals. All given conditions must hold; a condition that is null is ignored. Of a list, one value is
 * enough; an empty list matches nothing.
 */
export type DealFilter = {
  /** Its `createdAt` is this or later. */
  createdAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Its `createdAt` is before this. */
  createdBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** It belongs to this customer. */
  customerId?: InputMaybe<Scalars['ID']['input']>;
  /** True: it was deleted, and only deleted deals match. False is ignored. */
  deleted?: InputMaybe<Scalars['Boolean']['input']>;
  /** Its `expectedCloseDate` is this or later. */
  expectedCloseAfter?: InputMaybe<Scalars['Date']['input']>;
  /** Its `expectedCloseDate` is before this. */
  expectedCloseBefore?: InputMaybe<Scalars['Date']['input']>;
  /** It has one of these ids. Ids that name nothing, or nothing that you may see, are passed over. */
  ids?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** This person owns it. */
  ownerId?: InputMaybe<Scalars['ID']['input']>;
  /** One of these people owns it. */
  ownerIds?: InputMaybe<Array<Scalars['ID']['input']>>;
  /**
   * Text that its title or notes contains, ignoring case and taken literally. More than 200 characters, or control
   * characters, fail with BAD_USER_INPUT.
   */
  search?: InputMaybe<Scalars['String']['input']>;
  /** It has one of these values. */
  stage?: InputMaybe<Array<DealStage>>;
  /** True: nobody owns it. With `ownerIds`: nobody or one of these people. False is ignored. */
  unowned?: InputMaybe<Scalars['Boolean']['input']>;
  /** Its `updatedAt` is this or later. */
  updatedAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Its `updatedAt` is before this. */
  updatedBefore?: InputMaybe<Scalars['DateTime']['input']>;
};

/** A field that is left out stays as it is; null clears it. */
export type DealPatch = {
  /**
   * The value of the deal, in the minor unit of its currency (cents), so that sums are exact. From 0 to
   * 9,007,199,254,740,991. Null: not known yet. Merged as a group: `amountMinor` and `currency` are applied together, or
   * conflict together.
   */
  amountMinor?: InputMaybe<Scalars['SafeInt']['input']>;
  /**
   * The currency of `amountMinor`. Null if and only if `amountMinor` is. Three capital letters, as in ISO 4217. Merged as
   * a group: `amountMinor` and `currency` are applied together, or conflict together.
   */
  currency?: InputMaybe<Scalars['String']['input']>;
  /**
   * The customer that the deal is with. A customer of the organization. Null: none. Merged as a value: two different ones
   * conflict.
   */
  customerId?: InputMaybe<Scalars['ID']['input']>;
  /** The day on which the deal should be signed. Null: no day is expected. Merged as a value: two different ones conflict. */
  expectedCloseDate?: InputMaybe<Scalars['Date']['input']>;
  /**
   * Anything else worth knowing. At most 20,000 characters; line breaks and tabs are allowed, other control characters are
   * not. Null: nothing. Merged as a text: edits of different lines or words are both applied.
   */
  notes?: InputMaybe<Scalars['String']['input']>;
  /**
   * The person who makes the deal. A member of the organization, who is notified. Null: nobody. Merged as a value: two
   * different ones conflict. Only the creator, the owner and admins may set it.
   */
  ownerId?: InputMaybe<Scalars['ID']['input']>;
  /** The progress of the deal. Null is InvalidInput. Merged as a value: two different ones conflict. */
  stage?: InputMaybe<DealStage>;
  /**
   * The subject of the deal. One line of 1 to 200 characters, not only blanks. Null is InvalidInput. Merged as a value:
   * two different ones conflict.
   */
  title?: InputMaybe<Scalars['String']['input']>;
  /**
   * Whether everybody may see the deal. Null is InvalidInput. Merged as a value: two different ones conflict. Only the
   * creator, the owner and admins may set it.
   */
  visibility?: InputMaybe<Visibility>;
};

/** The deal was saved as requested. */
export type DealSaved = {
  __typename?: 'DealSaved';
  /** The `clientMutationId` of the input. */
  clientMutationId?: Maybe<Scalars['ID']['output']>;
  /** The change that made this version, even if there was nothing to change. */
  cursor: Scalars['Cursor']['output'];
  /** The deal as this mutation left it, also when the result is repeated. */
  deal: Deal;
  /** Whether the deal had changed since `baseVersion`, so that the result may contain changes that the person did not see. */
  merged: Scalars['Boolean']['output'];
};

/** The progress of a deal. Only an edit changes it. */
export type DealStage =
  /** It came to nothing. */
  | 'LOST'
  /** The terms are being discussed. */
  | 'NEGOTIATION'
  /** Somebody is interested. */
  | 'OPEN'
  /** An offer was made. */
  | 'PROPOSAL'
  /** Signed. */
  | 'WON';

/**
 * Deleting an entity that somebody else changed since `baseVersion` is a conflict over the fields that they changed. The
 * conflict is not kept: delete again with its `remoteVersion`, or leave the entity. Your own changes since then do not
 * conflict.
 */
export type DeleteEntityInput = {
  /** The version that the person saw, from 1 to the newest. Any other number is InvalidInput. */
  baseVersion: Scalars['Int']['input'];
  /**
   * A key of at most 128 bytes that makes it safe to send this mutation again; use a new UUID for each mutation. The same
   * key with the same input is applied once; with any other input it is InvalidInput. Without a key, every time counts as
   * a new mutation.
   */
  clientMutationId?: InputMaybe<Scalars['ID']['input']>;
  /** The entity. */
  id: Scalars['ID']['input'];
};

/** The possible results of `deleteEntity`. The type of the conflict depends on the type of the entity. */
export type DeleteEntityResult = AccessDenied | CallConflict | CustomerConflict | DealConflict | EntityDeleted | EntityGone | InvalidInput | MeetingConflict;

/** How often you get an e-mail with the notifications whose channel is EMAIL. One without any is not sent. */
export type DigestFrequency =
  /** Every day at 08:00 in your time zone. */
  | 'DAILY'
  /** Every hour. */
  | 'HOURLY'
  /** Never. This is the default. */
  | 'NONE';

/** A record that several people work on at once. */
export type Entity = {
  /** Its activity, newest first. */
  activity: ActivityConnection;
  /** The comments on it, oldest first. */
  comments: CommentConnection;
  /** When it was created. */
  createdAt: Scalars['DateTime']['output'];
  /** The change that made this version. Subscribe `after` it to miss nothing between this read and the first event. */
  cursor: Scalars['Cursor']['output'];
  /** When it was deleted; null if it is not. Only changes and past versions still show a deleted entity. */
  deletedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Its name in a list: the value of its naming field, such as `name` or `title`. */
  displayName: Scalars['String']['output'];
  /** It never changes and is never reused. */
  id: Scalars['ID']['output'];
  /**
   * The entity at `version`, from the log, as an `EntityState`. Null in the same cases as `atVersion`: there was no such
   * version, the log no longer reaches back to it, or it is from before you could see the entity.
   */
  stateAt?: Maybe<EntityState>;
  /** When `version` was made. */
  updatedAt: Scalars['DateTime']['output'];
  /** The person who made `version`. Null once nothing is kept about that person. */
  updatedBy?: Maybe<User>;
  /** Starts at 1, and every applied change adds 1. Send it as the `baseVersion` of the next edit. */
  version: Scalars['Int']['output'];
  /** Your own access to it. */
  viewerAccess: Access;
  /** Whether everything that happens to it notifies you. `watch` and `unwatch` change it. */
  viewerWatch: WatchState;
  /** Whether everybody in the organization may see it, or only people it is shared with. */
  visibility: Visibility;
};


/** A record that several people work on at once. */
export type EntityActivityArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  filter?: InputMaybe<ActivityFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** A record that several people work on at once. */
export type EntityCommentsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** A record that several people work on at once. */
export type EntityStateAtArgs = {
  version: Scalars['Int']['input'];
};

/** One applied change. The entity is always as this change left it, even when the change is replayed later. */
export type EntityChange = {
  /**
   * The person who made the change; if several were coalesced into one, the person who made the last of them. Null once
   * nothing is kept about that person.
   */
  actor?: Maybe<User>;
  /** The fields whose values changed, each once. A deletion or a restoration by itself has none. */
  changes: Array<FieldChange>;
  /**
   * The clientMutationId of the mutation that made the change, by which a client recognizes its own. Null if the mutation
   * had none.
   */
  clientMutationId?: Maybe<Scalars['ID']['output']>;
  /** The position of the change in the log: subscribe `after` it to continue from here. */
  cursor: Scalars['Cursor']['output'];
  /** The entity that was changed. */
  entityId: Scalars['ID']['output'];
  /**
   * The version before the change. It is `version` - 1, or lower if several changes were coalesced into one (maxPerSecond). 0
   * for a new entity. Equal to `version` if the change made none.
   */
  fromVersion: Scalars['Int']['output'];
  /** The effect of the change on the entity, or on what you may see of it. */
  kind: ChangeKind;
  /** The entity as this change left it, as an `EntityState`. Null for ACCESS_LOST, and only then. */
  state?: Maybe<EntityState>;
  /** When it was committed, by the clock of the server that committed it. */
  timestamp: Scalars['DateTime']['output'];
  /**
   * The meaning of the change for the list. Of changes that were coalesced into one, it goes from before the first to after
   * the last.
   */
  transition: Transition;
  /** The version of the entity that the change made; of a change that made none, the version that you see. */
  version: Scalars['Int']['output'];
};

/** The entity is deleted, and can be restored. */
export type EntityDeleted = {
  __typename?: 'EntityDeleted';
  /** The `clientMutationId` of the input. */
  clientMutationId?: Maybe<Scalars['ID']['output']>;
  /** The change that was made. Subscribe `after` it to receive everything that happens next. */
  cursor: Scalars['Cursor']['output'];
  /** The entity that was deleted. */
  entityId: Scalars['ID']['output'];
  /** The version that the deletion made. */
  version: Scalars['Int']['output'];
};

/**
 * A filter for entities of several types. All given conditions must hold; a condition that is null is ignored. Of a list,
 * one value is enough; an empty list matches nothing.
 */
export type EntityFilter = {
  /** It is one of these customers, or belongs to one of them. */
  customerIds?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** True: it was deleted, and only deleted entities match. False is ignored. */
  deleted?: InputMaybe<Scalars['Boolean']['input']>;
  /** It has one of these ids. Ids that name nothing, or nothing that you may see, are passed over. */
  ids?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** One of these people owns it. */
  ownerIds?: InputMaybe<Array<Scalars['ID']['input']>>;
  /**
   * Text that the filter of its type searches for, ignoring case and taken literally. More than 200 characters, or control
   * characters, fail with BAD_USER_INPUT.
   */
  search?: InputMaybe<Scalars['String']['input']>;
  /** True: nobody owns it. With `ownerIds`: nobody or one of these people. False is ignored. */
  unowned?: InputMaybe<Scalars['Boolean']['input']>;
};

/**
 * The entity was deleted, never existed, or is not visible to you. If you could not see it before, the result is exactly
 * the same in all three cases.
 */
export type EntityGone = Problem & {
  __typename?: 'EntityGone';
  /** When it was deleted. Null if it never existed, or you could not see it before. */
  deletedAt?: Maybe<Scalars['DateTime']['output']>;
  /**
   * The person who deleted it. Null if it never existed, if you could not see it before, or once nothing is kept about
   * that person.
   */
  deletedBy?: Maybe<User>;
  /** The requested id. */
  entityId: Scalars['ID']['output'];
  /** One or more sentences to show to a person. The wording may change; programs should rely on the type. */
  message: Scalars['String']['output'];
};

/** The order of a list of entities. Ties are broken by id, so the order is always total. */
export type EntityOrder =
  /** The largest `amountMinor` comes first, whatever the currency, and entities without one last. For deals only. */
  | 'AMOUNT_DESC'
  /** The most recently created comes first. */
  | 'CREATED_AT_DESC'
  /** The earliest `expectedCloseDate` comes first, and entities without one last. For deals only. */
  | 'EXPECTED_CLOSE_ASC'
  /** The latest `expectedCloseDate` comes first, and entities without one last. For deals only. */
  | 'EXPECTED_CLOSE_DESC'
  /** By `displayName`, ignoring case. */
  | 'NAME_ASC'
  /** The earliest `scheduledAt` comes first, and entities without one last. For calls only. */
  | 'SCHEDULED_AT_ASC'
  /** The latest `scheduledAt` comes first, and entities without one last. For calls only. */
  | 'SCHEDULED_AT_DESC'
  /** The earliest `startsAt` comes first, and entities without one last. For meetings only. */
  | 'STARTS_AT_ASC'
  /** The latest `startsAt` comes first, and entities without one last. For meetings only. */
  | 'STARTS_AT_DESC'
  /** The least recently changed comes first. */
  | 'UPDATED_AT_ASC'
  /** The most recently changed comes first. This is the default. */
  | 'UPDATED_AT_DESC';

/**
 * An entity at one version, or as an edit in conflict would leave it. It has its own id, so that a normalized cache keeps
 * it apart from the entity, whose id stands for its current state.
 */
export type EntityState = {
  __typename?: 'EntityState';
  /** When it was deleted. Null if it was not deleted at this version. */
  deletedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The fields that a patch can set, by name, each with its value as a patch would set it. */
  document: Scalars['JSON']['output'];
  /** The entity. */
  entityId: Scalars['ID']['output'];
  /** The type of the entity. */
  entityType: EntityType;
  /** The id of this state, different for each version of the entity and for each edit in conflict. */
  id: Scalars['ID']['output'];
  /** When `version` was made. */
  updatedAt: Scalars['DateTime']['output'];
  /** The person who made `version`. Null once nothing is kept about that person. */
  updatedBy?: Maybe<User>;
  /** The version that it shows; for an edit in conflict, the version that the edit is laid over. */
  version: Scalars['Int']['output'];
};

/** A type of entities that people work on together. */
export type EntityType =
  /** A telephone call with a customer, planned or held. */
  | 'CALL'
  /** A company or a person that the organization deals with. */
  | 'CUSTOMER'
  /** A sale that the organization hopes to make to a customer. */
  | 'DEAL'
  /** An appointment with a customer. */
  | 'MEETING';

/** The version that was on screen when a person began to change a field. */
export type FieldBase = {
  /** The name of a field that the patch sets. */
  field: Scalars['String']['input'];
  /** From 1 to the newest version. */
  version: Scalars['Int']['input'];
};

/** One field's value before and after. */
export type FieldChange = {
  __typename?: 'FieldChange';
  /** Named as in a patch: `ownerId`, not `owner`. */
  field: Scalars['String']['output'];
  /** The person or the entity that the new value names, as in `oldNode`. */
  newNode?: Maybe<Node>;
  /** The new value as a person reads it, as in `oldText`. */
  newText?: Maybe<Scalars['String']['output']>;
  /** The value as a patch would set it. Null if the field is empty now. */
  newValue?: Maybe<Scalars['JSON']['output']>;
  /**
   * The person or the entity that the old value names, as it is now. Null for lists and for values that name neither, and
   * where `oldText` is null.
   */
  oldNode?: Maybe<Node>;
  /**
   * The old value as a person reads it: names instead of ids ("Ada Aalto, Ben Berg"), words instead of enum values ("In
   * progress"), a sum with its currency ("96000.00 EUR"), a time in RFC 3339. Names are those of the present. Null if there
   * is nothing to show: the field was empty, or it named somebody about whom nothing is kept, or a record that was deleted
   * or that you may not see.
   */
  oldText?: Maybe<Scalars['String']['output']>;
  /** The value as a patch would set it. Null if the field was empty or the entity is new. */
  oldValue?: Maybe<Scalars['JSON']['output']>;
};

/**
 * One field in conflict, with the values of both sides. Values from before you could see the entity are null. If the edit
 * is from before then, `local`, `remoteChangedBy` and `remoteChangedAt` are null too.
 */
export type FieldConflict = {
  __typename?: 'FieldConflict';
  /** The value at `baseVersion`. Null if the field was empty, or the log no longer reaches back to that version. */
  base?: Maybe<Scalars['JSON']['output']>;
  /**
   * `base` as a person reads it: names instead of ids, words instead of enum values, a sum with its currency, as in
   * `FieldChange.oldText`. Null if there is nothing to show.
   */
  baseText?: Maybe<Scalars['String']['output']>;
  /** Named as in a patch: `ownerId`, not `owner`. */
  field: Scalars['String']['output'];
  /**
   * The value that the edit sets. A field that the edit leaves out, and that is in conflict only together with another,
   * has the value that the editor saw. Null if the edit clears the field or deletes the entity.
   */
  local?: Maybe<Scalars['JSON']['output']>;
  /** `local` as a person reads it, like `baseText`. */
  localText?: Maybe<Scalars['String']['output']>;
  /**
   * A text of several lines, taken apart: at most 100 stretches that in order are the whole text, with one of the sides of
   * each that clashes. The server applies the agreed stretches only with `merged`: LOCAL and REMOTE set `local` and `remote`
   * as they are. Null for fields that are not merged as texts, and if you could not see all sides.
   */
  parts?: Maybe<Array<TextPart>>;
  /** The value at `remoteVersion`. Null if the field is empty. */
  remote?: Maybe<Scalars['JSON']['output']>;
  /** When the remote side was last changed. Null in the same cases as `remoteChangedBy`. */
  remoteChangedAt?: Maybe<Scalars['DateTime']['output']>;
  /**
   * The person who last changed the remote side. Null if unknown: the log no longer reaches back, or nobody changed this
   * field.
   */
  remoteChangedBy?: Maybe<User>;
  /** `remote` as a person reads it, like `baseText`. */
  remoteText?: Maybe<Scalars['String']['output']>;
};

/** An error in one field of an input. */
export type FieldError = {
  __typename?: 'FieldError';
  /** The name of the field, as in the input. */
  field: Scalars['String']['output'];
  /** The rest of a sentence that begins with the field, such as: must not be empty. */
  message: Scalars['String']['output'];
};

/**
 * A change of your own inbox, made on any of your tabs and devices. The first one has `unreadCount` alone, also after a
 * reconnect.
 */
export type InboxChange = {
  __typename?: 'InboxChange';
  /**
   * The notifications that are new, grew, were read, became unread, were snoozed, or are unread again after a snooze, and
   * those about an entity that you can see again, as they are now: the newest first, at most 100.
   */
  changed: Array<Notification>;
  /** The ids of notifications about entities that you can no longer see. At most 100. */
  removed: Array<Scalars['ID']['output']>;
  /** More changed than `changed` and `removed` list, such as your role: read the inbox again. */
  truncated: Scalars['Boolean']['output'];
  /** How many notifications are unread and not snoozed, exact below 1,000. 1,000 stands for 1,000 and more. */
  unreadCount: Scalars['Int']['output'];
};

/** Something in the input is invalid. Correct it and send it again. */
export type InvalidInput = Problem & {
  __typename?: 'InvalidInput';
  /** All errors, at least one. A field may have more than one. */
  fields: Array<FieldError>;
  /** One or more sentences to show to a person. The wording may change; programs should rely on the type. */
  message: Scalars['String']['output'];
};

/** An appointment with a customer. */
export type Meeting = Entity & Node & {
  __typename?: 'Meeting';
  /** Its activity, newest first. */
  activity: ActivityConnection;
  /** The topics to talk about. At most 20,000 characters; may have several lines. Null: nothing was set. */
  agenda?: Maybe<Scalars['String']['output']>;
  /**
   * The meeting as it was at `version`, from the log. Null if there was no such version, the log no longer reaches back to
   * it, or it is from before you could see the entity.
   */
  atVersion?: Maybe<Meeting>;
  /** The people invited. At most 200. People about whom nothing is kept are left out. */
  attendees: Array<User>;
  /** The comments on it, oldest first. */
  comments: CommentConnection;
  /** When it was created. */
  createdAt: Scalars['DateTime']['output'];
  /** The change that made this version. Subscribe `after` it to miss nothing between this read and the first event. */
  cursor: Scalars['Cursor']['output'];
  /** The customer to meet. Null if there is none, or if the customer was deleted or is not visible to you. */
  customer?: Maybe<Customer>;
  /** When it was deleted; null if it is not. Only changes and past versions still show a deleted entity. */
  deletedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Its name in a list: the value of its naming field, such as `name` or `title`. */
  displayName: Scalars['String']['output'];
  /** When the meeting ends; never before `startsAt`. */
  endsAt: Scalars['DateTime']['output'];
  /** It never changes and is never reused. */
  id: Scalars['ID']['output'];
  /** A place, or the address of a video call. One line of at most 200 characters. Null: none was given. */
  location?: Maybe<Scalars['String']['output']>;
  /** Anything else worth knowing. At most 20,000 characters; may have several lines. Null: nothing. */
  notes?: Maybe<Scalars['String']['output']>;
  /** The person who holds the meeting. Null if there is nobody, or once nothing is kept about that person. */
  owner?: Maybe<User>;
  /** When the meeting begins, whatever its status. */
  startsAt: Scalars['DateTime']['output'];
  /**
   * The entity at `version`, from the log, as an `EntityState`. Null in the same cases as `atVersion`: there was no such
   * version, the log no longer reaches back to it, or it is from before you could see the entity.
   */
  stateAt?: Maybe<EntityState>;
  /** The progress of the meeting. */
  status: MeetingStatus;
  /** The subject of the meeting. One line of 1 to 200 characters, also the `displayName`. */
  title: Scalars['String']['output'];
  /** When `version` was made. */
  updatedAt: Scalars['DateTime']['output'];
  /** The person who made `version`. Null once nothing is kept about that person. */
  updatedBy?: Maybe<User>;
  /** Starts at 1, and every applied change adds 1. Send it as the `baseVersion` of the next edit. */
  version: Scalars['Int']['output'];
  /** Your own access to it. */
  viewerAccess: Access;
  /** Whether everything that happens to it notifies you. `watch` and `unwatch` change it. */
  viewerWatch: WatchState;
  /** Whether everybody in the organization may see it, or only people it is shared with. */
  visibility: Visibility;
};


/** An appointment with a customer. */
export type MeetingActivityArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  filter?: InputMaybe<ActivityFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** An appointment with a customer. */
export type MeetingAtVersionArgs = {
  version: Scalars['Int']['input'];
};


/** An appointment with a customer. */
export type MeetingCommentsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** An appointment with a customer. */
export type MeetingStateAtArgs = {
  version: Scalars['Int']['input'];
};

/** One applied change of a meeting. */
export type MeetingChange = EntityChange & {
  __typename?: 'MeetingChange';
  /**
   * The person who made the change; if several were coalesced into one, the person who made the last of them. Null once
   * nothing is kept about that person.
   */
  actor?: Maybe<User>;
  /** The fields whose values changed, each once. A deletion or a restoration by itself has none. */
  changes: Array<FieldChange>;
  /**
   * The clientMutationId of the mutation that made the change, by which a client recognizes its own. Null if the mutation
   * had none.
   */
  clientMutationId?: Maybe<Scalars['ID']['output']>;
  /** The position of the change in the log: subscribe `after` it to continue from here. */
  cursor: Scalars['Cursor']['output'];
  /** The entity that was changed. */
  entityId: Scalars['ID']['output'];
  /**
   * The version before the change. It is `version` - 1, or lower if several changes were coalesced into one (maxPerSecond). 0
   * for a new entity. Equal to `version` if the change made none.
   */
  fromVersion: Scalars['Int']['output'];
  /** The effect of the change on the entity, or on what you may see of it. */
  kind: ChangeKind;
  /**
   * The meeting as this change left it. Nested fields of other nodes (people, comments, other entities) are as they are
   * now. Null for ACCESS_LOST, and only then.
   */
  meeting?: Maybe<Meeting>;
  /** The entity as this change left it, as an `EntityState`. Null for ACCESS_LOST, and only then. */
  state?: Maybe<EntityState>;
  /** When it was committed, by the clock of the server that committed it. */
  timestamp: Scalars['DateTime']['output'];
  /**
   * The meaning of the change for the list. Of changes that were coalesced into one, it goes from before the first to after
   * the last.
   */
  transition: Transition;
  /** The version of the entity that the change made; of a change that made none, the version that you see. */
  version: Scalars['Int']['output'];
};

/** A conflict over a meeting. `resolveMeetingConflict` resolves it. */
export type MeetingConflict = Conflict & Node & Problem & {
  __typename?: 'MeetingConflict';
  /** The meeting at `baseVersion`. Null if the log no longer reaches back to it, or you could not see the entity then. */
  base?: Maybe<Meeting>;
  /**
   * The entity at `baseVersion`, as an `EntityState`. Null if the log no longer reaches back to it, or you could not see
   * the entity then.
   */
  baseState?: Maybe<EntityState>;
  /** The version that the edit was made against. */
  baseVersion: Scalars['Int']['output'];
  /**
   * The fields to decide on, at least one: the fields that the edit and somebody else set to values that can't be merged.
   * Fields that are only valid together, such as `startsAt` and `endsAt` of a meeting, are included together if their values differ.
   * The other fields of the edit are applied when the conflict is resolved.
   */
  conflictedFields: Array<FieldConflict>;
  /** When the conflict was detected. */
  detectedAt: Scalars['DateTime']['output'];
  /** The person whose edit was not applied. Null once nothing is kept about that person. */
  detectedFor?: Maybe<User>;
  /** The entity that the edit was made to. */
  entityId: Scalars['ID']['output'];
  /** The type of the entity that the edit was made to. */
  entityType: EntityType;
  /** Never changes. A resolution that meets a newer change moves the conflict on, under the same id. */
  id: Scalars['ID']['output'];
  /**
   * The remote state with the edit laid over it. It shows the same as `remote` if you could not see the entity when the
   * edit was made.
   */
  local: Meeting;
  /**
   * The remote state with the edit laid over it, as an `EntityState`. It shows the same as `remoteState` if you could not
   * see the entity when the edit was made. Null if the entity is gone.
   */
  localState?: Maybe<EntityState>;
  /** One or more sentences to show to a person. The wording may change; programs should rely on the type. */
  message: Scalars['String']['output'];
  /** The meeting at `remoteVersion`. */
  remote: Meeting;
  /** The entity at `remoteVersion`, as an `EntityState`. Null if the entity is gone. */
  remoteState?: Maybe<EntityState>;
  /** The version that the edit conflicts with. */
  remoteVersion: Scalars['Int']['output'];
  /** How it was resolved. Null while it is open. */
  resolution?: Maybe<Resolution>;
  /** When it was resolved. Null while it is open. */
  resolvedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The person who resolved it. Null while it is open, or once nothing is kept about that person. */
  resolvedBy?: Maybe<User>;
};

/** A page of meetings. */
export type MeetingConnection = {
  __typename?: 'MeetingConnection';
  /** A position that was read before the page. Subscribe `after` it to miss nothing between the page and the first event. */
  asOf: Scalars['Cursor']['output'];
  /** The meetings with their positions, in the order of the list. */
  edges: Array<MeetingEdge>;
  /** The same meetings, without their positions. */
  nodes: Array<Meeting>;
  /** Whether there are more items, and the cursor to continue from. */
  pageInfo: PageInfo;
  /** The number of meetings in the whole list, over all pages. An estimate if `totalCountIsExact` is false. */
  totalCount: Scalars['Int']['output'];
  /**
   * Whether `totalCount` is exact. If false, more than 1,000 items may match and were not compared one by one: show the
   * number as "about".
   */
  totalCountIsExact: Scalars['Boolean']['output'];
};

/** One meeting of a page, with its position. */
export type MeetingEdge = {
  __typename?: 'MeetingEdge';
  /** The position in the list: send it as `after` to get the items that follow. */
  cursor: Scalars['String']['output'];
  /** The meeting at this position. */
  node: Meeting;
};

/**
 * A filter for meetings. All given conditions must hold; a condition that is null is ignored. Of a list, one value is
 * enough; an empty list matches nothing.
 */
export type MeetingFilter = {
  /** One of these people, or several, are among its `attendeeIds`. */
  attendeeIds?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** Its `createdAt` is this or later. */
  createdAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Its `createdAt` is before this. */
  createdBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** It belongs to this customer. */
  customerId?: InputMaybe<Scalars['ID']['input']>;
  /** True: it was deleted, and only deleted meetings match. False is ignored. */
  deleted?: InputMaybe<Scalars['Boolean']['input']>;
  /** It has one of these ids. Ids that name nothing, or nothing that you may see, are passed over. */
  ids?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** This person owns it. */
  ownerId?: InputMaybe<Scalars['ID']['input']>;
  /** One of these people owns it. */
  ownerIds?: InputMaybe<Array<Scalars['ID']['input']>>;
  /**
   * Text that its title, location, agenda or notes contains, ignoring case and taken literally. More than 200 characters,
   * or control characters, fail with BAD_USER_INPUT.
   */
  search?: InputMaybe<Scalars['String']['input']>;
  /** Its `startsAt` is this or later. */
  startsAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Its `startsAt` is before this. */
  startsBefore?: InputMaybe<Scalars['DateTime']['input']>;
  /** It has one of these values. */
  status?: InputMaybe<Array<MeetingStatus>>;
  /** True: nobody owns it. With `ownerIds`: nobody or one of these people. False is ignored. */
  unowned?: InputMaybe<Scalars['Boolean']['input']>;
  /** Its `updatedAt` is this or later. */
  updatedAfter?: InputMaybe<Scalars['DateTime']['input']>;
  /** Its `updatedAt` is before this. */
  updatedBefore?: InputMaybe<Scalars['DateTime']['input']>;
};

/** A field that is left out stays as it is; null clears it. */
export type MeetingPatch = {
  /**
   * The topics to talk about. At most 20,000 characters; line breaks and tabs are allowed, other control characters are
   * not. Null: nothing was set. Merged as a text: edits of different lines or words are both applied.
   */
  agenda?: InputMaybe<Scalars['String']['input']>;
  /**
   * The people invited. At most 200 members of the organization, none twice. Each is notified. Null means none. Merged as
   * a set: what both sides added and removed since is applied to the current ones.
   */
  attendeeIds?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** The customer to meet. A customer of the organization. Null: none. Merged as a value: two different ones conflict. */
  customerId?: InputMaybe<Scalars['ID']['input']>;
  /**
   * When the meeting ends; never before `startsAt`. Null is InvalidInput. Merged as a group: `startsAt` and `endsAt` are
   * applied together, or conflict together.
   */
  endsAt?: InputMaybe<Scalars['DateTime']['input']>;
  /**
   * A place, or the address of a video call. One line of at most 200 characters. Null: none was given. Merged as a value:
   * two different ones conflict.
   */
  location?: InputMaybe<Scalars['String']['input']>;
  /**
   * Anything else worth knowing. At most 20,000 characters; line breaks and tabs are allowed, other control characters are
   * not. Null: nothing. Merged as a text: edits of different lines or words are both applied.
   */
  notes?: InputMaybe<Scalars['String']['input']>;
  /**
   * The person who holds the meeting. A member of the organization, who is notified. Null: nobody. Merged as a value: two
   * different ones conflict. Only the creator, the owner and admins may set it.
   */
  ownerId?: InputMaybe<Scalars['ID']['input']>;
  /**
   * When the meeting begins, whatever its status. Null is InvalidInput. Merged as a group: `startsAt` and `endsAt` are
   * applied together, or conflict together.
   */
  startsAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** The progress of the meeting. Null is InvalidInput. Merged as a value: two different ones conflict. */
  status?: InputMaybe<MeetingStatus>;
  /**
   * The subject of the meeting. One line of 1 to 200 characters, not only blanks. Null is InvalidInput. Merged as a value:
   * two different ones conflict.
   */
  title?: InputMaybe<Scalars['String']['input']>;
  /**
   * Whether everybody may see the meeting. Null is InvalidInput. Merged as a value: two different ones conflict. Only the
   * creator, the owner and admins may set it.
   */
  visibility?: InputMaybe<Visibility>;
};

/** The meeting was saved as requested. */
export type MeetingSaved = {
  __typename?: 'MeetingSaved';
  /** The `clientMutationId` of the input. */
  clientMutationId?: Maybe<Scalars['ID']['output']>;
  /** The change that made this version, even if there was nothing to change. */
  cursor: Scalars['Cursor']['output'];
  /** The meeting as this mutation left it, also when the result is repeated. */
  meeting: Meeting;
  /**
   * Whether the meeting had changed since `baseVersion`, so that the result may contain changes that the person did not
   * see.
   */
  merged: Scalars['Boolean']['output'];
};

/** The progress of a meeting. Only an edit changes it. */
export type MeetingStatus =
  /** Called off. */
  | 'CANCELLED'
  /** Held. */
  | 'COMPLETED'
  /** Being held now. */
  | 'IN_PROGRESS'
  /** Planned. */
  | 'SCHEDULED';

/** A person's membership in the organization. */
export type Member = {
  __typename?: 'Member';
  /** The id of this membership. The person's id is `user.id`. */
  id: Scalars['ID']['output'];
  /** The member's role here. A token's role counts only when the person signs in for the first time. */
  role: Role;
  /** The person. */
  user: User;
};

/** A page of members. */
export type MemberConnection = {
  __typename?: 'MemberConnection';
  /** The members with their positions, in the order of the list. */
  edges: Array<MemberEdge>;
  /** The same members, without their positions. */
  nodes: Array<Member>;
  /** Whether there are more items, and the cursor to continue from. */
  pageInfo: PageInfo;
  /** The number of members in the whole list, over all pages. */
  totalCount: Scalars['Int']['output'];
};

/** One member of a page, with its position. */
export type MemberEdge = {
  __typename?: 'MemberEdge';
  /** The position in the list: send it as `after` to get the items that follow. */
  cursor: Scalars['String']['output'];
  /** The member at this position. */
  node: Member;
};

/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type Mutation = {
  __typename?: 'Mutation';
  /**
   * Adds a comment to an entity and notifies the people it mentions, and those who own, created, commented on or watch the
   * entity. It makes no new version.
   */
  addComment: AddCommentResult;
  /** Creates a call at version 1. Its creator may always delete it. */
  createCall: CreateCallResult;
  /**
   * Creates calls, each like `createCall` and independent of the others: an input that fails leaves the others as they
   * are. The results have the order of the inputs.
   */
  createCalls: Array<CreateCallResult>;
  /** Creates a customer at version 1. Its creator may always delete it. */
  createCustomer: CreateCustomerResult;
  /**
   * Creates customers, each like `createCustomer` and independent of the others: an input that fails leaves the others as
   * they are. The results have the order of the inputs.
   */
  createCustomers: Array<CreateCustomerResult>;
  /** Creates a deal at version 1. Its creator may always delete it. */
  createDeal: CreateDealResult;
  /**
   * Creates deals, each like `createDeal` and independent of the others: an input that fails leaves the others as they
   * are. The results have the order of the inputs.
   */
  createDeals: Array<CreateDealResult>;
  /** Creates a meeting at version 1 and notifies the people it invites. Its creator may always delete it. */
  createMeeting: CreateMeetingResult;
  /**
   * Creates meetings, each like `createMeeting` and independent of the others: an input that fails leaves the others as
   * they are. The results have the order of the inputs.
   */
  createMeetings: Array<CreateMeetingResult>;
  /**
   * Removes an entity from every list and notifies its owner, its attendees and those who watch it. Only its creator, its owner and admins may do
   * this. The entity can be restored.
   */
  deleteEntity: DeleteEntityResult;
  /**
   * Erases a person from everything kept: name, e-mail, picture, the text of their comments, and more. Their actions stay,
   * without an author. From then on every request of theirs is refused, as for a removed member, and they can't be brought
   * back. Returns the number of records that it changed; 0 if they were already erased. Fails with BAD_USER_INPUT for a
   * person who never was a member, and for the last admin.
   */
  erasePersonalData: Scalars['Int']['output'];
  /**
   * Returns everything kept about a person as one JSON document: profile, presence, grants, entities, actions, comments,
   * conflicts and notifications. Only the person and admins may call it; for others it fails with FORBIDDEN. Fails with
   * BAD_USER_INPUT for a person who never was a member.
   */
  exportPersonalData: Scalars['JSON']['output'];
  /**
   * Gives a member access to an entity whose visibility is RESTRICTED, and notifies them. A grant on an entity that
   * everybody sees is kept, and takes effect once the entity is restricted. False if they already had this level. Only the
   * creator, the owner and admins may call it; for others it fails with FORBIDDEN. Fails with BAD_USER_INPUT if there is
   * no such entity or member.
   */
  grantAccess: Scalars['Boolean']['output'];
  /**
   * Makes the client present for 30 s; call it again to stay. For clients that poll, or have no presence subscription. A
   * hidden person gets the state without being seen. A person's 21st client in one room fails with LIMIT_EXCEEDED.
   */
  heartbeat: PresenceState;
  /** Makes the client leave the room at once, even if a subscription still keeps it there. False if it was not in the room. */
  leaveRoom: Scalars['Boolean']['output'];
  /**
   * Marks your own notifications as read: those in `ids`, and all up to `upTo` that are not snoozed. Returns how many of them
   * were not read before, with those in `ids` that are snoozed.
   */
  markNotificationsRead: Scalars['Int']['output'];
  /**
   * Makes your own notifications unread again, and ends their snoozes. Returns how many of them that changed. Ids of
   * notifications that are not yours are ignored.
   */
  markNotificationsUnread: Scalars['Int']['output'];
  /**
   * Stops notifications about an entity, on all channels, until a time or until `unmute`. Mentions and assignments of you
   * still come, in the app only. Muting an entity again replaces `until`. False if there is no such entity that you may
   * see. Fails with LIMIT_EXCEEDED if you have muted 500 others.
   */
  mute: Scalars['Boolean']['output'];
  /**
   * Records that you looked at an entity: at most one event per person and entity in five minutes. True if it made an
   * event; false if there was one within that time, or there is no such entity.
   */
  recordView: Scalars['Boolean']['output'];
  /**
   * Replaces the token of this connection before it expires. All subscriptions continue. A token of another person or
   * organization fails with FORBIDDEN. Over HTTP, where every request has its own token, it fails with BAD_USER_INPUT.
   */
  refreshSession: Viewer;
  /**
   * Has your notifications sent to a browser too, as Web Push. Repeat it whenever the page opens: the keys may be new. An
   * endpoint belongs to the person who registered it last, in any organization. You have at most 20; of more, the oldest is
   * removed. Always true.
   */
  registerPushSubscription: Scalars['Boolean']['output'];
  /**
   * Removes a member from the organization. From then on every request of theirs is refused, whatever their token says,
   * until `setMemberRole` brings them back. Everything they made, own or wrote stays as it is. False if they were already
   * removed. Fails with BAD_USER_INPUT for a person who never was a member, and for the last admin.
   */
  removeMember: Scalars['Boolean']['output'];
  /** Stops sending your notifications to a browser. False if none of your subscriptions has the endpoint. */
  removePushSubscription: Scalars['Boolean']['output'];
  /**
   * Resolves a conflict over a call by an edit of `remoteVersion`. If that edit conflicts with a newer change, the same
   * conflict stays open, with new sides. Everybody who may edit the call may resolve it.
   */
  resolveCallConflict: UpdateCallResult;
  /**
   * Resolves a conflict over a customer by an edit of `remoteVersion`. If that edit conflicts with a newer change, the
   * same conflict stays open, with new sides. Everybody who may edit the customer may resolve it.
   */
  resolveCustomerConflict: UpdateCustomerResult;
  /**
   * Resolves a conflict over a deal by an edit of `remoteVersion`. If that edit conflicts with a newer change, the same
   * conflict stays open, with new sides. Everybody who may edit the deal may resolve it.
   */
  resolveDealConflict: UpdateDealResult;
  /**
   * Resolves a conflict over a meeting by an edit of `remoteVersion`. If that edit conflicts with a newer change, the same
   * conflict stays open, with new sides. Everybody who may edit the meeting may resolve it.
   */
  resolveMeetingConflict: UpdateMeetingResult;
  /** Restores a deleted entity as it was, as a new version. Everybody who may delete it may restore it. */
  restoreEntity: RestoreEntityResult;
  /**
   * Revokes a grant and notifies the person. It takes effect at once. The creator, the owner and admins see the entity
   * without a grant. False if there was no grant. The same people may call it as `grantAccess`, with the same errors.
   */
  revokeAccess: Scalars['Boolean']['output'];
  /**
   * Sets a member's role and notifies them. It takes effect at once, also on open connections. A person who was removed
   * becomes a member again. Fails with BAD_USER_INPUT for a person who never was a member, and if it would leave the
   * organization without an admin. Repeating it changes nothing.
   */
  setMemberRole: Member;
  /**
   * Changes the channels for everybody in the organization who did not choose any, and whether pushes have content. Only
   * admins may; for others it fails with FORBIDDEN. The answer has your own preferences.
   */
  setNotificationDefaults: SetNotificationPreferencesResult;
  /** Changes how you are notified. Pushes and e-mails that wait to be sent follow the new choice too. */
  setNotificationPreferences: SetNotificationPreferencesResult;
  /** Hides you or shows you again. A hidden person sees others and is seen by nobody. */
  setPresenceHidden: Viewer;
  /**
   * Takes your own notifications out of the unread ones until a time, at which they are unread again, and pushed to your
   * browsers if you want their kind pushed. They stay in the list. Returns how many of them that changed. Ids of
   * notifications that are not yours are ignored.
   */
  snoozeNotifications: Scalars['Int']['output'];
  /**
   * Ends a mute: if you watched the entity before, you watch it again. Repeating it changes nothing. False if there is no
   * such entity that you may see; a mute that you made while you saw it ends as well.
   */
  unmute: Scalars['Boolean']['output'];
  /**
   * Ends `watch`. If you own the entity, you are not notified as its owner either, until you call `watch`; comments,
   * conflicts and the like still notify you. False: there is no such entity that you may see, but if you watched it while you
   * saw it, that ends as well. Repeating it changes nothing.
   */
  unwatch: Scalars['Boolean']['output'];
  /**
   * Merges a patch into a call. If somebody else changed one of its fields since `baseVersion` in a way that can't be
   * merged, the result is a CallConflict and nothing is applied. Your own changes since then do not conflict. A patch that
   * changes nothing makes no version.
   */
  updateCall: UpdateCallResult;
  /**
   * Merges patches into calls, in order, each like `updateCall` and independent of the others: an input that fails leaves
   * the others as they are. The results have the order of the inputs.
   */
  updateCalls: Array<UpdateCallResult>;
  /**
   * Merges a patch into a customer. If somebody else changed one of its fields since `baseVersion` in a way that can't be
   * merged, the result is a CustomerConflict and nothing is applied. Your own changes since then do not conflict. A patch
   * that changes nothing makes no version.
   */
  updateCustomer: UpdateCustomerResult;
  /**
   * Merges patches into customers, in order, each like `updateCustomer` and independent of the others: an input that fails
   * leaves the others as they are. The results have the order of the inputs.
   */
  updateCustomers: Array<UpdateCustomerResult>;
  /**
   * Merges a patch into a deal. If somebody else changed one of its fields since `baseVersion` in a way that can't be
   * merged, the result is a DealConflict and nothing is applied. Your own changes since then do not conflict. A patch that
   * changes nothing makes no version.
   */
  updateDeal: UpdateDealResult;
  /**
   * Merges patches into deals, in order, each like `updateDeal` and independent of the others: an input that fails leaves
   * the others as they are. The results have the order of the inputs.
   */
  updateDeals: Array<UpdateDealResult>;
  /**
   * Merges a patch into a meeting. If somebody else changed one of its fields since `baseVersion` in a way that can't be
   * merged, the result is a MeetingConflict and nothing is applied. Your own changes since then do not conflict. A patch
   * that changes nothing makes no version.
   */
  updateMeeting: UpdateMeetingResult;
  /**
   * Merges patches into meetings, in order, each like `updateMeeting` and independent of the others: an input that fails
   * leaves the others as they are. The results have the order of the inputs.
   */
  updateMeetings: Array<UpdateMeetingResult>;
  /** Changes the state that the client shows, without extending its presence. False if the client is not in the room. */
  updatePresence: Scalars['Boolean']['output'];
  /**
   * Notifies you of everything that happens to an entity, also after you no longer own it, and ends a mute of it. False: there is no such entity
   * that you may see. Fails with BAD_USER_INPUT if 1,000 others watch it who may see it. Repeating it changes nothing.
   */
  watch: Scalars['Boolean']['output'];
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationAddCommentArgs = {
  input: AddCommentInput;
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationCreateCallArgs = {
  input: CreateCallInput;
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationCreateCallsArgs = {
  inputs: Array<CreateCallInput>;
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationCreateCustomerArgs = {
  input: CreateCustomerInput;
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationCreateCustomersArgs = {
  inputs: Array<CreateCustomerInput>;
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationCreateDealArgs = {
  input: CreateDealInput;
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationCreateDealsArgs = {
  inputs: Array<CreateDealInput>;
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationCreateMeetingArgs = {
  input: CreateMeetingInput;
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationCreateMeetingsArgs = {
  inputs: Array<CreateMeetingInput>;
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationDeleteEntityArgs = {
  input: DeleteEntityInput;
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationErasePersonalDataArgs = {
  userId: Scalars['ID']['input'];
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationExportPersonalDataArgs = {
  userId: Scalars['ID']['input'];
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationGrantAccessArgs = {
  entityId: Scalars['ID']['input'];
  level: AccessLevel;
  userId: Scalars['ID']['input'];
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationHeartbeatArgs = {
  clientId: Scalars['ID']['input'];
  room: Scalars['ID']['input'];
  state?: InputMaybe<PresenceInput>;
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationLeaveRoomArgs = {
  clientId: Scalars['ID']['input'];
  room: Scalars['ID']['input'];
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationMarkNotificationsReadArgs = {
  asOf?: InputMaybe<Scalars['Cursor']['input']>;
  ids?: InputMaybe<Array<Scalars['ID']['input']>>;
  upTo?: InputMaybe<Scalars['Cursor']['input']>;
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationMarkNotificationsUnreadArgs = {
  ids: Array<Scalars['ID']['input']>;
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationMuteArgs = {
  entityId: Scalars['ID']['input'];
  until?: InputMaybe<Scalars['DateTime']['input']>;
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationRecordViewArgs = {
  entityId: Scalars['ID']['input'];
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationRefreshSessionArgs = {
  token: Scalars['String']['input'];
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationRegisterPushSubscriptionArgs = {
  input: PushSubscriptionInput;
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationRemoveMemberArgs = {
  userId: Scalars['ID']['input'];
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationRemovePushSubscriptionArgs = {
  endpoint: Scalars['String']['input'];
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationResolveCallConflictArgs = {
  input: ResolveCallConflictInput;
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationResolveCustomerConflictArgs = {
  input: ResolveCustomerConflictInput;
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationResolveDealConflictArgs = {
  input: ResolveDealConflictInput;
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationResolveMeetingConflictArgs = {
  input: ResolveMeetingConflictInput;
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationRestoreEntityArgs = {
  input: RestoreEntityInput;
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationRevokeAccessArgs = {
  entityId: Scalars['ID']['input'];
  userId: Scalars['ID']['input'];
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationSetMemberRoleArgs = {
  role: Role;
  userId: Scalars['ID']['input'];
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationSetNotificationDefaultsArgs = {
  channels: Array<ChannelPreferenceInput>;
  pushContent?: InputMaybe<Scalars['Boolean']['input']>;
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationSetNotificationPreferencesArgs = {
  input: NotificationPreferencesInput;
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationSetPresenceHiddenArgs = {
  hidden: Scalars['Boolean']['input'];
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationSnoozeNotificationsArgs = {
  asOf?: InputMaybe<Scalars['Cursor']['input']>;
  ids: Array<Scalars['ID']['input']>;
  until: Scalars['DateTime']['input'];
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationUnmuteArgs = {
  entityId: Scalars['ID']['input'];
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationUnwatchArgs = {
  entityId: Scalars['ID']['input'];
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationUpdateCallArgs = {
  input: UpdateCallInput;
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationUpdateCallsArgs = {
  inputs: Array<UpdateCallInput>;
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationUpdateCustomerArgs = {
  input: UpdateCustomerInput;
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationUpdateCustomersArgs = {
  inputs: Array<UpdateCustomerInput>;
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationUpdateDealArgs = {
  input: UpdateDealInput;
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationUpdateDealsArgs = {
  inputs: Array<UpdateDealInput>;
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationUpdateMeetingArgs = {
  input: UpdateMeetingInput;
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationUpdateMeetingsArgs = {
  inputs: Array<UpdateMeetingInput>;
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationUpdatePresenceArgs = {
  clientId: Scalars['ID']['input'];
  room: Scalars['ID']['input'];
  state: PresenceInput;
};


/**
 * Everything that can be written. A mutation whose result is a union returns every expected outcome as data, and fails
 * only as a Query does. Send a `clientMutationId` with every mutation that may be sent twice, so that it is applied once.
 */
export type MutationWatchArgs = {
  entityId: Scalars['ID']['input'];
};

/** Your mute of an entity. */
export type Mute = {
  __typename?: 'Mute';
  /** The entity that does not notify you, except of mentions and assignments of you. */
  entity: Entity;
  /** When it ends by itself. Null if it lasts until `unmute`. */
  until?: Maybe<Scalars['DateTime']['output']>;
};

/** An object that can be read by its id. */
export type Node = {
  /** Opaque, at most 255 bytes. It never changes. */
  id: Scalars['ID']['output'];
};

/**
 * A notice to one person of a change that concerns them. It is committed together with that change. While it is unread and
 * younger than 24 hours, it grows with further changes of the same entity for the same reason, or of your role, instead of a
 * second one.
 */
export type Notification = Node & {
  __typename?: 'Notification';
  /** The person who caused the newest change. Null if nobody in particular did, or once nothing is kept about that person. */
  actor?: Maybe<User>;
  /**
   * The people who caused them, without those about whom nothing is kept: the newest first, at most 5. For a CONFLICT of your own edit, the
   * people whose changes it met.
   */
  actors: Array<User>;
  /** The details, such as the name of the entity and the beginning of the comment, or the fields in conflict. */
  body: Scalars['String']['output'];
  /**
   * When it came last: when the newest change was committed, or when its snooze ended, until you mark or snooze it again. It is later
   * than `updatedAt` only after the end of a snooze.
   */
  cameAt: Scalars['DateTime']['output'];
  /** How many of these changes are comments: all of a MENTION and a COMMENT, and some or all of a WATCHED. */
  commentCount: Scalars['Int']['output'];
  /** The number of changes that it stands for, from 1. */
  count: Scalars['Int']['output'];
  /** When the first change was committed. */
  createdAt: Scalars['DateTime']['output'];
  /** The position of the newest change that it stands for. It moves when the notification grows. */
  cursor: Scalars['Cursor']['output'];
  /** The entity that it is about, as it is now. Null once the entity is deleted, or if it is not about an entity. */
  entity?: Maybe<Entity>;
  /** The entity that it is about. Kept after the entity is deleted. Null if it is not about an entity. */
  entityId?: Maybe<Scalars['ID']['output']>;
  /** The type of the entity that it is about. Null if it is not about an entity. */
  entityType?: Maybe<EntityType>;
  /** It never changes and is never reused. */
  id: Scalars['ID']['output'];
  /** Why you got it. */
  kind: NotificationKind;
  /** When you marked it as read. Null if it is unread. */
  readAt?: Maybe<Scalars['DateTime']['output']>;
  /** The number of records that it is about, from 1. After a batch there may be several, of which `entityId` is one. */
  recordCount: Scalars['Int']['output'];
  /** It does not count as unread until then. Null if it is not snoozed. */
  snoozedUntil?: Maybe<Scalars['DateTime']['output']>;
  /** One line for a person: who did what. The wording may change. */
  title: Scalars['String']['output'];
  /** When the newest change was committed. */
  updatedAt: Scalars['DateTime']['output'];
};

/** A way in which a notification reaches you. */
export type NotificationChannel =
  /** It is in your next digest by e-mail. Without a digest, or where EMAIL is not in `availableChannels`, nothing is sent. */
  | 'EMAIL'
  /** It is in your list of notifications, and counts as unread. */
  | 'IN_APP'
  /** It is pushed to your browsers and devices. See `registerPushSubscription`. */
  | 'PUSH';

/** A page of your own notifications. */
export type NotificationConnection = {
  __typename?: 'NotificationConnection';
  /** The notifications with their positions in the log, newest first. */
  edges: Array<NotificationEdge>;
  /** The same notifications, without their positions. */
  nodes: Array<Notification>;
  /** Whether there are more items, and the cursor to continue from. */
  pageInfo: PageInfo;
  /**
   * How many of all your notifications have no `readAt` and are not snoozed, whatever the page and `unreadOnly`. It is exact below 1,000.
   * 1,000 stands for 1,000 and more.
   */
  unreadCount: Scalars['Int']['output'];
};

/** One notification of a page, with its position. */
export type NotificationEdge = {
  __typename?: 'NotificationEdge';
  /** The notification's cursor: send it as `after` to get older notifications, or subscribe after it to get newer ones. */
  cursor: Scalars['Cursor']['output'];
  /** The notification at this position. */
  node: Notification;
};

/** The reason for a notification. A change notifies a person at most once, for the first of these reasons that applies. */
export type NotificationKind =
  /**
   * Your access changed: your role changed, a grant gave you access, or you can no longer see an entity. In the last case
   * the notification does not name the entity.
   */
  | 'ACCESS_CHANGED'
  /** You became the owner of an entity, or were invited to a meeting. */
  | 'ASSIGNMENT'
  /** Somebody commented on an entity that you own, created or commented on. */
  | 'COMMENT'
  /** Your edit was not applied because it conflicts with an earlier one, or somebody's edit conflicts with yours. */
  | 'CONFLICT'
  /** Somebody else resolved a conflict that one of your edits was in. */
  | 'CONFLICT_RESOLVED'
  /** An entity that you own, or a meeting that you were invited to, was deleted. */
  | 'ENTITY_DELETED'
  /** A comment names you. */
  | 'MENTION'
  /** An entity that you watch was changed, deleted, restored or commented on, and none of the other reasons applies. */
  | 'WATCHED';

/** How you are notified. Only you see it. */
export type NotificationPreferences = {
  __typename?: 'NotificationPreferences';
  /**
   * The channels on which this server can reach you. Others can be chosen, and nothing arrives there. EMAIL is missing if the server
   * sends no e-mail, if your sign-in has no e-mail address, or if the mail server does not know that address (`refusedEmail`).
   */
  availableChannels: Array<NotificationChannel>;
  /** One for each kind. */
  channels: Array<ChannelPreference>;
  /** How often you get a digest by e-mail. */
  digest: DigestFrequency;
  /** True if you did not choose a time zone. UTC may be your choice, too. */
  isTimeZoneDefault: Scalars['Boolean']['output'];
  /** The entities that you muted and may still see, by name. Deleted ones are left out. */
  muted: Array<Entity>;
  /** The same entities, with the ends of their mutes. */
  mutes: Array<Mute>;
  /** Whether pushes of your organization have content. `setNotificationDefaults` changes it. */
  pushContent: PushContentDefault;
  /** Push and e-mail wait until they end. Null if you have none. */
  quietHours?: Maybe<QuietHours>;
  /**
   * Your e-mail address, if the mail server answered that it does not exist: the server sends nothing to it until you choose a `digest`
   * again, also the same one. Null otherwise.
   */
  refusedEmail?: Maybe<Scalars['String']['output']>;
  /** The IANA name of the time zone of your quiet hours and your daily digest, for instance Europe/Helsinki. UTC until you choose. */
  timeZone: Scalars['String']['output'];
};

/** Changes of your preferences. A field that is left out stays. */
export type NotificationPreferencesInput = {
  /** The kinds to choose channels for. Null means none; the others stay. */
  channels?: InputMaybe<Array<ChannelPreferenceInput>>;
  /** Null: it stays. Any other value, also the one that you have, takes `refusedEmail` back. */
  digest?: InputMaybe<DigestFrequency>;
  /** Null: no quiet hours. */
  quietHours?: InputMaybe<QuietHoursInput>;
  /** An IANA name; anything else is InvalidInput. Null: it stays. */
  timeZone?: InputMaybe<Scalars['String']['input']>;
};

/** The preferences were stored. */
export type NotificationPreferencesSaved = {
  __typename?: 'NotificationPreferencesSaved';
  /** All your preferences, as they are now. */
  preferences: NotificationPreferences;
};

/** The tenant: the unit of sharing, ordering and access. It owns one log, and nothing in it is visible from outside. */
export type Organization = Node & {
  __typename?: 'Organization';
  /**
   * The id that the identity provider gave (the token's `org`). If a person has the same id, as in a workspace of one
   * person, this one differs, so that no two nodes share an id.
   */
  id: Scalars['ID']['output'];
  /** The members, ordered by name, ignoring case. People who were removed are left out. */
  members: MemberConnection;
  /** The name to show. */
  name: Scalars['String']['output'];
};


/** The tenant: the unit of sharing, ordering and access. It owns one log, and nothing in it is visible from outside. */
export type OrganizationMembersArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** Where a page lies in its list. */
export type PageInfo = {
  __typename?: 'PageInfo';
  /** The cursor of the page's last item: send it as `after` for the next page. Null for an empty page. */
  endCursor?: Maybe<Scalars['String']['output']>;
  /** Whether there are items after this page. */
  hasNextPage: Scalars['Boolean']['output'];
  /** Whether the page was requested with `after`, so that there may be items before it. */
  hasPreviousPage: Scalars['Boolean']['output'];
  /** The cursor of the page's first item. Null for an empty page. */
  startCursor?: Maybe<Scalars['String']['output']>;
};

/**
 * The state that a client shows in a room. A field that is left out stays as it is; null or an empty text clears it. An
 * invalid value fails with BAD_USER_INPUT.
 */
export type PresenceInput = {
  /** Where in the application the client is, as the application names it: one line of at most 500 characters. */
  currentPage?: InputMaybe<Scalars['String']['input']>;
  /** The field that is being edited in this client; null means none. One line of at most 100 characters. */
  editingField?: InputMaybe<Scalars['String']['input']>;
  /** Null means ONLINE. */
  status?: InputMaybe<PresenceStatus>;
};

/** The people in a room right now. */
export type PresenceState = {
  __typename?: 'PresenceState';
  /** The same as `currentUser`, with an id specific to this room. */
  currentPresence?: Maybe<RoomPresence>;
  /** You, as others see you. Null if you are hidden or not in the room. */
  currentUser?: Maybe<PresenceUser>;
  /** The same people as in `users`, each with an id specific to this room. */
  presences: Array<RoomPresence>;
  /** The requested room. */
  room: Scalars['ID']['output'];
  /** The number of people. Each counts once, whatever the number of their clients. */
  totalCount: Scalars['Int']['output'];
  /** The people in the room, ordered by name. Hidden people are never included. */
  users: Array<PresenceUser>;
};

/**
 * How reachable somebody is. If one person has several clients, the most present one counts: ONLINE before BUSY before
 * AWAY.
 */
export type PresenceStatus =
  /** Connected, but away from the screen. */
  | 'AWAY'
  /** Here, but does not want to be disturbed. */
  | 'BUSY'
  /** Here and working. The status of a client that sends none. */
  | 'ONLINE';

/**
 * The changes in a room, batched over a short window. The first update of a subscription, and the first after a
 * resynchronisation, have a `snapshot`, which replaces your state. All others have only the changes.
 */
export type PresenceUpdate = {
  __typename?: 'PresenceUpdate';
  /** The people who joined. */
  joined: Array<PresenceUser>;
  /** The ids of the people who left, because the last of their clients did. */
  left: Array<Scalars['ID']['output']>;
  /** The same update, with ids specific to this room. */
  presences: RoomPresenceUpdate;
  /** The room, as it was subscribed to. */
  room: Scalars['ID']['output'];
  /**
   * Everybody in the room, ordered by name: replace your state with it. Null: apply `joined`, `updated` and `left` to your
   * state.
   */
  snapshot?: Maybe<Array<PresenceUser>>;
  /** The number of people in the room after this update. */
  totalCount: Scalars['Int']['output'];
  /**
   * The people who were already there and now show something different, each with all fields. A newer `lastSeen` alone is
   * not an update.
   */
  updated: Array<PresenceUser>;
};

/** One person in a room, combined over all of their tabs and devices. */
export type PresenceUser = {
  __typename?: 'PresenceUser';
  /** The address of a picture. Null if the person has none. */
  avatar?: Maybe<Scalars['String']['output']>;
  /** The number of their tabs and devices in the room. */
  clients: Scalars['Int']['output'];
  /**
   * Where the person is, as sent by the client that changed last among those with the most present status. Null if no
   * client sent it.
   */
  currentPage?: Maybe<Scalars['String']['output']>;
  /**
   * The field that the person is editing, as sent by the client that changed last among those in a field. Null if there is
   * none.
   */
  editingField?: Maybe<Scalars['String']['output']>;
  /**
   * The id of the person's User, the same in every room. In a normalized cache, a person's state in one room would
   * overwrite their state in the others: select `presences` instead.
   */
  id: Scalars['ID']['output'];
  /** Whether there is an `editingField`. */
  isEditing: Scalars['Boolean']['output'];
  /** When the presence of one of their clients was last renewed. A newer time alone makes no update. */
  lastSeen: Scalars['DateTime']['output'];
  /** The person's name, from their credentials. */
  name: Scalars['String']['output'];
  /** The status of the most present of their clients: ONLINE before BUSY before AWAY. */
  status: PresenceStatus;
};

/** The reason why a mutation was not applied. Nothing was written. */
export type Problem = {
  /** One or more sentences to show to a person. The wording may change; programs should rely on the type. */
  message: Scalars['String']['output'];
};

/** Whether pushes name records and people, for everybody in the organization. */
export type PushContentDefault = {
  __typename?: 'PushContentDefault';
  /** True if an admin chose it. Otherwise it is as the server does it for all organizations. */
  isChosen: Scalars['Boolean']['output'];
  /**
   * True: a push has the title and the body of the notification, and a locked screen shows them. False: it names no record,
   * person or value.
   */
  isShown: Scalars['Boolean']['output'];
};

/** A browser's PushSubscription, as `toJSON()` returns it. */
export type PushSubscriptionInput = {
  /** `keys.auth`: 16 bytes as base64url. Other texts fail with BAD_USER_INPUT. */
  auth: Scalars['String']['input'];
  /**
   * Where its push service takes messages: https, at a public address, at most 2,048 bytes. Anything else fails with
   * BAD_USER_INPUT, unless the server trusts the host.
   */
  endpoint: Scalars['String']['input'];
  /** `keys.p256dh`: a point of P-256, 65 bytes as base64url. Other texts fail with BAD_USER_INPUT. */
  p256dh: Scalars['String']['input'];
};

/**
 * Everything that can be read. If you may not see something, the result is the same as if it never existed. Every field
 * fails with UNAUTHENTICATED without credentials, with FORBIDDEN for a person who was removed from the organization, and
 * with UNAVAILABLE when a service that the server needs can't be reached: try again. The size, cost, rate and duration of
 * operations are limited: LIMIT_EXCEEDED, QUERY_TOO_COMPLEX, RATE_LIMITED and TIMEOUT name the limit that was reached.
 */
export type Query = {
  __typename?: 'Query';
  /** Everything that happened in the organization and that you may see, newest first. */
  activity: ActivityConnection;
  /** The audit trail: who did what, when and from where, for all actions that are audited. Newest first. */
  auditTrail: AuditConnection;
  /** One call by its id. Null if it does not exist, was deleted, or is not visible to you. */
  call?: Maybe<Call>;
  /** The calls that match the filter, page by page. */
  calls: CallConnection;
  /** Changes after a cursor, oldest first: the fallback for clients that poll. */
  changes: ChangePage;
  /** Edits that were not applied, from everybody in the organization, newest first. */
  conflicts: ConflictConnection;
  /** One customer by its id. Null if it does not exist, was deleted, or is not visible to you. */
  customer?: Maybe<Customer>;
  /** The customers that match the filter, page by page. */
  customers: CustomerConnection;
  /** One deal by its id. Null if it does not exist, was deleted, or is not visible to you. */
  deal?: Maybe<Deal>;
  /** The deals that match the filter, page by page. */
  deals: DealConnection;
  /** One meeting by its id. Null if it does not exist, was deleted, or is not visible to you. */
  meeting?: Maybe<Meeting>;
  /** The meetings that match the filter, page by page. */
  meetings: MeetingConnection;
  /** Any node by its id. Null if it does not exist, was deleted, or is not visible to you. */
  node?: Maybe<Node>;
  /** Several nodes at once. */
  nodes: Array<Maybe<Node>>;
  /**
   * The channels of those in your organization who did not choose any, one for each kind. `setNotificationDefaults` changes
   * them.
   */
  notificationDefaults: Array<ChannelDefault>;
  /** How you are notified. */
  notificationPreferences: NotificationPreferences;
  /** Your notifications, newest first. */
  notifications: NotificationConnection;
  /** The people in a room right now. Reading this does not enter the room. */
  presence: PresenceState;
  /** The VAPID key for `PushManager.subscribe`: 65 bytes, as base64url. Null if push is off. */
  pushPublicKey?: Maybe<Scalars['String']['output']>;
  /** You, as identified by your credentials. */
  viewer: Viewer;
};


/**
 * Everything that can be read. If you may not see something, the result is the same as if it never existed. Every field
 * fails with UNAUTHENTICATED without credentials, with FORBIDDEN for a person who was removed from the organization, and
 * with UNAVAILABLE when a service that the server needs can't be reached: try again. The size, cost, rate and duration of
 * operations are limited: LIMIT_EXCEEDED, QUERY_TOO_COMPLEX, RATE_LIMITED and TIMEOUT name the limit that was reached.
 */
export type QueryActivityArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  feed?: InputMaybe<ActivityFeedInput>;
  filter?: InputMaybe<ActivityFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
};


/**
 * Everything that can be read. If you may not see something, the result is the same as if it never existed. Every field
 * fails with UNAUTHENTICATED without credentials, with FORBIDDEN for a person who was removed from the organization, and
 * with UNAVAILABLE when a service that the server needs can't be reached: try again. The size, cost, rate and duration of
 * operations are limited: LIMIT_EXCEEDED, QUERY_TOO_COMPLEX, RATE_LIMITED and TIMEOUT name the limit that was reached.
 */
export type QueryAuditTrailArgs = {
  action?: InputMaybe<AuditAction>;
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  userId?: InputMaybe<Scalars['ID']['input']>;
};


/**
 * Everything that can be read. If you may not see something, the result is the same as if it never existed. Every field
 * fails with UNAUTHENTICATED without credentials, with FORBIDDEN for a person who was removed from the organization, and
 * with UNAVAILABLE when a service that the server needs can't be reached: try again. The size, cost, rate and duration of
 * operations are limited: LIMIT_EXCEEDED, QUERY_TOO_COMPLEX, RATE_LIMITED and TIMEOUT name the limit that was reached.
 */
export type QueryCallArgs = {
  id: Scalars['ID']['input'];
};


/**
 * Everything that can be read. If you may not see something, the result is the same as if it never existed. Every field
 * fails with UNAUTHENTICATED without credentials, with FORBIDDEN for a person who was removed from the organization, and
 * with UNAVAILABLE when a service that the server needs can't be reached: try again. The size, cost, rate and duration of
 * operations are limited: LIMIT_EXCEEDED, QUERY_TOO_COMPLEX, RATE_LIMITED and TIMEOUT name the limit that was reached.
 */
export type QueryCallsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<CallFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<EntityOrder>;
};


/**
 * Everything that can be read. If you may not see something, the result is the same as if it never existed. Every field
 * fails with UNAUTHENTICATED without credentials, with FORBIDDEN for a person who was removed from the organization, and
 * with UNAVAILABLE when a service that the server needs can't be reached: try again. The size, cost, rate and duration of
 * operations are limited: LIMIT_EXCEEDED, QUERY_TOO_COMPLEX, RATE_LIMITED and TIMEOUT name the limit that was reached.
 */
export type QueryChangesArgs = {
  access?: InputMaybe<Scalars['Boolean']['input']>;
  after?: InputMaybe<Scalars['Cursor']['input']>;
  entityId?: InputMaybe<Scalars['ID']['input']>;
  filter?: InputMaybe<EntityFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  types?: InputMaybe<Array<EntityType>>;
};


/**
 * Everything that can be read. If you may not see something, the result is the same as if it never existed. Every field
 * fails with UNAUTHENTICATED without credentials, with FORBIDDEN for a person who was removed from the organization, and
 * with UNAVAILABLE when a service that the server needs can't be reached: try again. The size, cost, rate and duration of
 * operations are limited: LIMIT_EXCEEDED, QUERY_TOO_COMPLEX, RATE_LIMITED and TIMEOUT name the limit that was reached.
 */
export type QueryConflictsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  entityId?: InputMaybe<Scalars['ID']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  open?: InputMaybe<Scalars['Boolean']['input']>;
};


/**
 * Everything that can be read. If you may not see something, the result is the same as if it never existed. Every field
 * fails with UNAUTHENTICATED without credentials, with FORBIDDEN for a person who was removed from the organization, and
 * with UNAVAILABLE when a service that the server needs can't be reached: try again. The size, cost, rate and duration of
 * operations are limited: LIMIT_EXCEEDED, QUERY_TOO_COMPLEX, RATE_LIMITED and TIMEOUT name the limit that was reached.
 */
export type QueryCustomerArgs = {
  id: Scalars['ID']['input'];
};


/**
 * Everything that can be read. If you may not see something, the result is the same as if it never existed. Every field
 * fails with UNAUTHENTICATED without credentials, with FORBIDDEN for a person who was removed from the organization, and
 * with UNAVAILABLE when a service that the server needs can't be reached: try again. The size, cost, rate and duration of
 * operations are limited: LIMIT_EXCEEDED, QUERY_TOO_COMPLEX, RATE_LIMITED and TIMEOUT name the limit that was reached.
 */
export type QueryCustomersArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<CustomerFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<EntityOrder>;
};


/**
 * Everything that can be read. If you may not see something, the result is the same as if it never existed. Every field
 * fails with UNAUTHENTICATED without credentials, with FORBIDDEN for a person who was removed from the organization, and
 * with UNAVAILABLE when a service that the server needs can't be reached: try again. The size, cost, rate and duration of
 * operations are limited: LIMIT_EXCEEDED, QUERY_TOO_COMPLEX, RATE_LIMITED and TIMEOUT name the limit that was reached.
 */
export type QueryDealArgs = {
  id: Scalars['ID']['input'];
};


/**
 * Everything that can be read. If you may not see something, the result is the same as if it never existed. Every field
 * fails with UNAUTHENTICATED without credentials, with FORBIDDEN for a person who was removed from the organization, and
 * with UNAVAILABLE when a service that the server needs can't be reached: try again. The size, cost, rate and duration of
 * operations are limited: LIMIT_EXCEEDED, QUERY_TOO_COMPLEX, RATE_LIMITED and TIMEOUT name the limit that was reached.
 */
export type QueryDealsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<DealFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<EntityOrder>;
};


/**
 * Everything that can be read. If you may not see something, the result is the same as if it never existed. Every field
 * fails with UNAUTHENTICATED without credentials, with FORBIDDEN for a person who was removed from the organization, and
 * with UNAVAILABLE when a service that the server needs can't be reached: try again. The size, cost, rate and duration of
 * operations are limited: LIMIT_EXCEEDED, QUERY_TOO_COMPLEX, RATE_LIMITED and TIMEOUT name the limit that was reached.
 */
export type QueryMeetingArgs = {
  id: Scalars['ID']['input'];
};


/**
 * Everything that can be read. If you may not see something, the result is the same as if it never existed. Every field
 * fails with UNAUTHENTICATED without credentials, with FORBIDDEN for a person who was removed from the organization, and
 * with UNAVAILABLE when a service that the server needs can't be reached: try again. The size, cost, rate and duration of
 * operations are limited: LIMIT_EXCEEDED, QUERY_TOO_COMPLEX, RATE_LIMITED and TIMEOUT name the limit that was reached.
 */
export type QueryMeetingsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<MeetingFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  orderBy?: InputMaybe<EntityOrder>;
};


/**
 * Everything that can be read. If you may not see something, the result is the same as if it never existed. Every field
 * fails with UNAUTHENTICATED without credentials, with FORBIDDEN for a person who was removed from the organization, and
 * with UNAVAILABLE when a service that the server needs can't be reached: try again. The size, cost, rate and duration of
 * operations are limited: LIMIT_EXCEEDED, QUERY_TOO_COMPLEX, RATE_LIMITED and TIMEOUT name the limit that was reached.
 */
export type QueryNodeArgs = {
  id: Scalars['ID']['input'];
};


/**
 * Everything that can be read. If you may not see something, the result is the same as if it never existed. Every field
 * fails with UNAUTHENTICATED without credentials, with FORBIDDEN for a person who was removed from the organization, and
 * with UNAVAILABLE when a service that the server needs can't be reached: try again. The size, cost, rate and duration of
 * operations are limited: LIMIT_EXCEEDED, QUERY_TOO_COMPLEX, RATE_LIMITED and TIMEOUT name the limit that was reached.
 */
export type QueryNodesArgs = {
  ids: Array<Scalars['ID']['input']>;
};


/**
 * Everything that can be read. If you may not see something, the result is the same as if it never existed. Every field
 * fails with UNAUTHENTICATED without credentials, with FORBIDDEN for a person who was removed from the organization, and
 * with UNAVAILABLE when a service that the server needs can't be reached: try again. The size, cost, rate and duration of
 * operations are limited: LIMIT_EXCEEDED, QUERY_TOO_COMPLEX, RATE_LIMITED and TIMEOUT name the limit that was reached.
 */
export type QueryNotificationsArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  snoozedOnly?: InputMaybe<Scalars['Boolean']['input']>;
  unreadOnly?: InputMaybe<Scalars['Boolean']['input']>;
};


/**
 * Everything that can be read. If you may not see something, the result is the same as if it never existed. Every field
 * fails with UNAUTHENTICATED without credentials, with FORBIDDEN for a person who was removed from the organization, and
 * with UNAVAILABLE when a service that the server needs can't be reached: try again. The size, cost, rate and duration of
 * operations are limited: LIMIT_EXCEEDED, QUERY_TOO_COMPLEX, RATE_LIMITED and TIMEOUT name the limit that was reached.
 */
export type QueryPresenceArgs = {
  room: Scalars['ID']['input'];
};

/**
 * A part of every day. If `from` is later than `to`, it spans midnight. Where the clock is set back and shows a time twice,
 * quiet hours begin with the first and end with the second; where it is set forward and skips one, that moment counts.
 */
export type QuietHours = {
  __typename?: 'QuietHours';
  /** Local time in your time zone, HH:MM. */
  from: Scalars['String']['output'];
  /** Local time in your time zone, HH:MM. It is not part of the quiet hours. */
  to: Scalars['String']['output'];
};

/** A part of every day in which nothing is pushed or mailed. */
export type QuietHoursInput = {
  /** From 00:00 to 23:59, always five characters. Anything else is InvalidInput. */
  from: Scalars['String']['input'];
  /** Like `from`, and different from it; otherwise InvalidInput. An earlier time is one of the next day. */
  to: Scalars['String']['input'];
};

/** How a conflict was resolved. */
export type Resolution =
  /** The edit that was not applied wins. */
  | 'LOCAL'
  /** A person combined the two sides. */
  | 'MERGED'
  /** The remote values stay. */
  | 'REMOTE';

/** The resolution of a conflict over a call. */
export type ResolveCallConflictInput = {
  /**
   * A key of at most 128 bytes that makes it safe to send this mutation again; use a new UUID for each mutation. The same
   * key with the same input is applied once; with any other input it is InvalidInput. Without a key, every time counts as
   * a new mutation.
   */
  clientMutationId?: InputMaybe<Scalars['ID']['input']>;
  /** An open conflict over a call; anything else is InvalidInput. */
  conflictId: Scalars['ID']['input'];
  /**
   * The values to set. Required with MERGED, and only allowed with it. A field in conflict that is left out keeps the
   * remote value. Other fields may be set too. A value that equals the one at `remoteVersion` changes nothing.
   */
  merged?: InputMaybe<CallPatch>;
  /** The side that wins, for the fields in conflict only. The other fields of the edit are applied in any case. */
  resolution: Resolution;
};

/** The resolution of a conflict over a customer. */
export type ResolveCustomerConflictInput = {
  /**
   * A key of at most 128 bytes that makes it safe to send this mutation again; use a new UUID for each mutation. The same
   * key with the same input is applied once; with any other input it is InvalidInput. Without a key, every time counts as
   * a new mutation.
   */
  clientMutationId?: InputMaybe<Scalars['ID']['input']>;
  /** An open conflict over a customer; anything else is InvalidInput. */
  conflictId: Scalars['ID']['input'];
  /**
   * The values to set. Required with MERGED, and only allowed with it. A field in conflict that is left out keeps the
   * remote value. Other fields may be set too. A value that equals the one at `remoteVersion` changes nothing.
   */
  merged?: InputMaybe<CustomerPatch>;
  /** The side that wins, for the fields in conflict only. The other fields of the edit are applied in any case. */
  resolution: Resolution;
};

/** The resolution of a conflict over a deal. */
export type ResolveDealConflictInput = {
  /**
   * A key of at most 128 bytes that makes it safe to send this mutation again; use a new UUID for each mutation. The same
   * key with the same input is applied once; with any other input it is InvalidInput. Without a key, every time counts as
   * a new mutation.
   */
  clientMutationId?: InputMaybe<Scalars['ID']['input']>;
  /** An open conflict over a deal; anything else is InvalidInput. */
  conflictId: Scalars['ID']['input'];
  /**
   * The values to set. Required with MERGED, and only allowed with it. A field in conflict that is left out keeps the
   * remote value. Other fields may be set too. A value that equals the one at `remoteVersion` changes nothing.
   */
  merged?: InputMaybe<DealPatch>;
  /** The side that wins, for the fields in conflict only. The other fields of the edit are applied in any case. */
  resolution: Resolution;
};

/** The resolution of a conflict over a meeting. */
export type ResolveMeetingConflictInput = {
  /**
   * A key of at most 128 bytes that makes it safe to send this mutation again; use a new UUID for each mutation. The same
   * key with the same input is applied once; with any other input it is InvalidInput. Without a key, every time counts as
   * a new mutation.
   */
  clientMutationId?: InputMaybe<Scalars['ID']['input']>;
  /** An open conflict over a meeting; anything else is InvalidInput. */
  conflictId: Scalars['ID']['input'];
  /**
   * The values to set. Required with MERGED, and only allowed with it. A field in conflict that is left out keeps the
   * remote value. Other fields may be set too. A value that equals the one at `remoteVersion` changes nothing.
   */
  merged?: InputMaybe<MeetingPatch>;
  /** The side that wins, for the fields in conflict only. The other fields of the edit are applied in any case. */
  resolution: Resolution;
};

/** The entity to restore. */
export type RestoreEntityInput = {
  /**
   * A key of at most 128 bytes that makes it safe to send this mutation again; use a new UUID for each mutation. The same
   * key with the same input is applied once; with any other input it is InvalidInput. Without a key, every time counts as
   * a new mutation.
   */
  clientMutationId?: InputMaybe<Scalars['ID']['input']>;
  /** The entity. An entity that is not deleted stays as it is. */
  id: Scalars['ID']['input'];
};

/** The possible results of `restoreEntity`. The type of the saved entity depends on the type of the entity. */
export type RestoreEntityResult = AccessDenied | CallSaved | CustomerSaved | DealSaved | EntityGone | InvalidInput | MeetingSaved;

/** The general rights of a member. Each role includes the ones before it. */
export type Role =
  /** Can do everything in the organization. */
  | 'ADMIN'
  /** Also creates, edits and comments, and deletes entities of their own. */
  | 'MEMBER'
  /** Reads, joins rooms and follows changes. */
  | 'VIEWER';

/**
 * One person in one room, combined over all of their tabs and devices. Its id differs in each room, so that a normalized
 * cache keeps the rooms apart.
 */
export type RoomPresence = {
  __typename?: 'RoomPresence';
  /** The number of their tabs and devices in the room. */
  clients: Scalars['Int']['output'];
  /**
   * Where the person is, as sent by the client that changed last among those with the most present status. Null if no
   * client sent it.
   */
  currentPage?: Maybe<Scalars['String']['output']>;
  /**
   * The field that the person is editing, as sent by the client that changed last among those in a field. Null if there is
   * none.
   */
  editingField?: Maybe<Scalars['String']['output']>;
  /** The id of this person in this room. */
  id: Scalars['ID']['output'];
  /** Whether there is an `editingField`. */
  isEditing: Scalars['Boolean']['output'];
  /** When the presence of one of their clients was last renewed. A newer time alone makes no update. */
  lastSeen: Scalars['DateTime']['output'];
  /** The status of the most present of their clients: ONLINE before BUSY before AWAY. */
  status: PresenceStatus;
  /** The person. */
  user: User;
};

/** The changes of a `PresenceUpdate`, with ids specific to the room. */
export type RoomPresenceUpdate = {
  __typename?: 'RoomPresenceUpdate';
  /** The people who joined. */
  joined: Array<RoomPresence>;
  /** The ids of the presences that ended, because the last of a person's clients left. */
  left: Array<Scalars['ID']['output']>;
  /**
   * Everybody in the room, ordered by name: replace your state with it. Null: apply `joined`, `updated` and `left` to your
   * state.
   */
  snapshot?: Maybe<Array<RoomPresence>>;
  /**
   * The people who were already there and now show something different, each with all fields. A newer `lastSeen` alone is
   * not an update.
   */
  updated: Array<RoomPresence>;
};

/** The server instance is shutting down. Nothing is lost: reconnect, and resume each subscription after its last cursor. */
export type ServerDraining = {
  __typename?: 'ServerDraining';
  /** Reconnect after this many milliseconds. The time differs for each client, so that they don't all reconnect at once. */
  reconnectAfterMs: Scalars['Int']['output'];
};

/** An event of your own session. More types may be added later: ignore any that you don't know. */
export type SessionEvent = AccessChanged | ServerDraining | SessionExpiring;

/** The token of the connection expires soon. The connection is then closed, unless `refreshSession` supplies a new token. */
export type SessionExpiring = {
  __typename?: 'SessionExpiring';
  /** When the token expires. The event comes one minute before, or at once if less is left, and again for each new token. */
  expiresAt: Scalars['DateTime']['output'];
};

/** The answer to `setNotificationPreferences` and `setNotificationDefaults`. */
export type SetNotificationPreferencesResult = InvalidInput | NotificationPreferencesSaved;

/**
 * Everything that can be subscribed to. Your access is checked for each event, not only when you subscribe. A subscription
 * that can't begin or continue ends with an error, as a Query fails; nothing is left out silently.
 */
export type Subscription = {
  __typename?: 'Subscription';
  /**
   * Activity as it happens. With `after`, first everything after that position, then live events, with nothing lost,
   * repeated or out of order.
   */
  activity: ActivityEvent;
  /**
   * `maxPerSecond` limits the events of each entity: faster changes are coalesced into one, whose `changes` go from the first
   * old value to the last new one. If the log no longer reaches back to `after`, the subscription ends with the error code
   * RESYNC_REQUIRED: it sends everything or nothing, never a part.
   */
  callChanged: CallChange;
  /**
   * The events of conflicts over entities that you may see: other people's conflicts, too. An event is left out if you may
   * no longer see its conflict, or if the conflict is no longer kept.
   */
  conflictChanged: ConflictEvent;
  /**
   * `maxPerSecond` limits the events of each entity: faster changes are coalesced into one, whose `changes` go from the first
   * old value to the last new one. If the log no longer reaches back to `after`, the subscription ends with the error code
   * RESYNC_REQUIRED: it sends everything or nothing, never a part.
   */
  customerChanged: CustomerChange;
  /**
   * `maxPerSecond` limits the events of each entity: faster changes are coalesced into one, whose `changes` go from the first
   * old value to the last new one. If the log no longer reaches back to `after`, the subscription ends with the error code
   * RESYNC_REQUIRED: it sends everything or nothing, never a part.
   */
  dealChanged: DealChange;
  /** Like `customerChanged` and so on, for entities of several types, in the order of the log. */
  entityChanged: EntityChange;
  /** Your own inbox: the unread count, and what changed, also by your other tabs and devices. */
  inboxChanged: InboxChange;
  /**
   * `maxPerSecond` limits the events of each entity: faster changes are coalesced into one, whose `changes` go from the first
   * old value to the last new one. If the log no longer reaches back to `after`, the subscription ends with the error code
   * RESYNC_REQUIRED: it sends everything or nothing, never a part.
   */
  meetingChanged: MeetingChange;
  /** Your own notifications, each as soon as its cause is committed. */
  notificationReceived: Notification;
  /**
   * The people in a room. Subscribing with a `clientId` makes you present in the room, until shortly after the connection
   * ends. The first update is a snapshot.
   */
  presence: PresenceUpdate;
  /**
   * The people in several rooms, without entering them. The first update of each room is a snapshot; `room` names the room
   * of an update. If you lose access to the entity of a room, that room begins again with a snapshot, as for an id that
   * does not exist; the others continue.
   */
  presences: PresenceUpdate;
  /** Events of the session that this subscription runs on, so that a client need not guess. */
  session: SessionEvent;
};


/**
 * Everything that can be subscribed to. Your access is checked for each event, not only when you subscribe. A subscription
 * that can't begin or continue ends with an error, as a Query fails; nothing is left out silently.
 */
export type SubscriptionActivityArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  feed?: InputMaybe<ActivityFeedInput>;
  filter?: InputMaybe<ActivityFilter>;
};


/**
 * Everything that can be subscribed to. Your access is checked for each event, not only when you subscribe. A subscription
 * that can't begin or continue ends with an error, as a Query fails; nothing is left out silently.
 */
export type SubscriptionCallChangedArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  filter?: InputMaybe<CallFilter>;
  id?: InputMaybe<Scalars['ID']['input']>;
  initial?: InputMaybe<Scalars['Boolean']['input']>;
  maxPerSecond?: InputMaybe<Scalars['Float']['input']>;
};


/**
 * Everything that can be subscribed to. Your access is checked for each event, not only when you subscribe. A subscription
 * that can't begin or continue ends with an error, as a Query fails; nothing is left out silently.
 */
export type SubscriptionConflictChangedArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  entityId?: InputMaybe<Scalars['ID']['input']>;
};


/**
 * Everything that can be subscribed to. Your access is checked for each event, not only when you subscribe. A subscription
 * that can't begin or continue ends with an error, as a Query fails; nothing is left out silently.
 */
export type SubscriptionCustomerChangedArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  filter?: InputMaybe<CustomerFilter>;
  id?: InputMaybe<Scalars['ID']['input']>;
  initial?: InputMaybe<Scalars['Boolean']['input']>;
  maxPerSecond?: InputMaybe<Scalars['Float']['input']>;
};


/**
 * Everything that can be subscribed to. Your access is checked for each event, not only when you subscribe. A subscription
 * that can't begin or continue ends with an error, as a Query fails; nothing is left out silently.
 */
export type SubscriptionDealChangedArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  filter?: InputMaybe<DealFilter>;
  id?: InputMaybe<Scalars['ID']['input']>;
  initial?: InputMaybe<Scalars['Boolean']['input']>;
  maxPerSecond?: InputMaybe<Scalars['Float']['input']>;
};


/**
 * Everything that can be subscribed to. Your access is checked for each event, not only when you subscribe. A subscription
 * that can't begin or continue ends with an error, as a Query fails; nothing is left out silently.
 */
export type SubscriptionEntityChangedArgs = {
  access?: InputMaybe<Scalars['Boolean']['input']>;
  after?: InputMaybe<Scalars['Cursor']['input']>;
  filter?: InputMaybe<EntityFilter>;
  initial?: InputMaybe<Scalars['Boolean']['input']>;
  maxPerSecond?: InputMaybe<Scalars['Float']['input']>;
  types?: InputMaybe<Array<EntityType>>;
};


/**
 * Everything that can be subscribed to. Your access is checked for each event, not only when you subscribe. A subscription
 * that can't begin or continue ends with an error, as a Query fails; nothing is left out silently.
 */
export type SubscriptionMeetingChangedArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  filter?: InputMaybe<MeetingFilter>;
  id?: InputMaybe<Scalars['ID']['input']>;
  initial?: InputMaybe<Scalars['Boolean']['input']>;
  maxPerSecond?: InputMaybe<Scalars['Float']['input']>;
};


/**
 * Everything that can be subscribed to. Your access is checked for each event, not only when you subscribe. A subscription
 * that can't begin or continue ends with an error, as a Query fails; nothing is left out silently.
 */
export type SubscriptionNotificationReceivedArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
};


/**
 * Everything that can be subscribed to. Your access is checked for each event, not only when you subscribe. A subscription
 * that can't begin or continue ends with an error, as a Query fails; nothing is left out silently.
 */
export type SubscriptionPresenceArgs = {
  clientId?: InputMaybe<Scalars['ID']['input']>;
  room: Scalars['ID']['input'];
  state?: InputMaybe<PresenceInput>;
};


/**
 * Everything that can be subscribed to. Your access is checked for each event, not only when you subscribe. A subscription
 * that can't begin or continue ends with an error, as a Query fails; nothing is left out silently.
 */
export type SubscriptionPresencesArgs = {
  rooms: Array<Scalars['ID']['input']>;
};

/** A stretch of a text in conflict. */
export type TextPart = AgreedText | ClashingText;

/**
 * The meaning of a change for the list that a subscription or page follows: the entities that you may see and that its
 * filter matches; without a filter, those that were not deleted.
 */
export type Transition =
  /** It is in the list now, and was not before: created, restored, visible to you, or matching now. */
  | 'ENTERED'
  /** It is no longer in the list: deleted, not visible to you any more, or no longer matching. */
  | 'LEFT'
  /** It was in the list before, and still is. */
  | 'STAYED';

/**
 * An edit of a call. If it is sent again with the same `clientMutationId`, it gets the same result, even from another
 * instance, at the same moment, or after a restart.
 */
export type UpdateCallInput = {
  /** The version that the person saw, from 1 to the newest. Any other number is InvalidInput. */
  baseVersion: Scalars['Int']['input'];
  /**
   * The versions that were on screen when the person began to change single fields, instead of `baseVersion`. A field that
   * is named twice or that the patch lacks, and a version that does not exist, are InvalidInput.
   */
  bases?: InputMaybe<Array<FieldBase>>;
  /**
   * A key of at most 128 bytes that makes it safe to send this mutation again; use a new UUID for each mutation. The same
   * key with the same input is applied once; with any other input it is InvalidInput. Without a key, every time counts as
   * a new mutation.
   */
  clientMutationId?: InputMaybe<Scalars['ID']['input']>;
  /** The call to change. */
  id: Scalars['ID']['input'];
  /**
   * The client's own mutations, by clientMutationId, whose answers it did not have when the person made this edit. This edit
   * does not conflict with them. Ids that never arrived count for nothing.
   */
  madeAfter?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** The fields to change. */
  patch: CallPatch;
};

/** The possible results of `updateCall`, `resolveCallConflict` and each input of `updateCalls`. All except CallSaved are Problems. */
export type UpdateCallResult = AccessDenied | CallConflict | CallSaved | EntityGone | InvalidInput;

/**
 * An edit of a customer. If it is sent again with the same `clientMutationId`, it gets the same result, even from another
 * instance, at the same moment, or after a restart.
 */
export type UpdateCustomerInput = {
  /** The version that the person saw, from 1 to the newest. Any other number is InvalidInput. */
  baseVersion: Scalars['Int']['input'];
  /**
   * The versions that were on screen when the person began to change single fields, instead of `baseVersion`. A field that
   * is named twice or that the patch lacks, and a version that does not exist, are InvalidInput.
   */
  bases?: InputMaybe<Array<FieldBase>>;
  /**
   * A key of at most 128 bytes that makes it safe to send this mutation again; use a new UUID for each mutation. The same
   * key with the same input is applied once; with any other input it is InvalidInput. Without a key, every time counts as
   * a new mutation.
   */
  clientMutationId?: InputMaybe<Scalars['ID']['input']>;
  /** The customer to change. */
  id: Scalars['ID']['input'];
  /**
   * The client's own mutations, by clientMutationId, whose answers it did not have when the person made this edit. This edit
   * does not conflict with them. Ids that never arrived count for nothing.
   */
  madeAfter?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** The fields to change. */
  patch: CustomerPatch;
};

/** The possible results of `updateCustomer`, `resolveCustomerConflict` and each input of `updateCustomers`. All except CustomerSaved are Problems. */
export type UpdateCustomerResult = AccessDenied | CustomerConflict | CustomerSaved | EntityGone | InvalidInput;

/**
 * An edit of a deal. If it is sent again with the same `clientMutationId`, it gets the same result, even from another
 * instance, at the same moment, or after a restart.
 */
export type UpdateDealInput = {
  /** The version that the person saw, from 1 to the newest. Any other number is InvalidInput. */
  baseVersion: Scalars['Int']['input'];
  /**
   * The versions that were on screen when the person began to change single fields, instead of `baseVersion`. A field that
   * is named twice or that the patch lacks, and a version that does not exist, are InvalidInput.
   */
  bases?: InputMaybe<Array<FieldBase>>;
  /**
   * A key of at most 128 bytes that makes it safe to send this mutation again; use a new UUID for each mutation. The same
   * key with the same input is applied once; with any other input it is InvalidInput. Without a key, every time counts as
   * a new mutation.
   */
  clientMutationId?: InputMaybe<Scalars['ID']['input']>;
  /** The deal to change. */
  id: Scalars['ID']['input'];
  /**
   * The client's own mutations, by clientMutationId, whose answers it did not have when the person made this edit. This edit
   * does not conflict with them. Ids that never arrived count for nothing.
   */
  madeAfter?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** The fields to change. */
  patch: DealPatch;
};

/** The possible results of `updateDeal`, `resolveDealConflict` and each input of `updateDeals`. All except DealSaved are Problems. */
export type UpdateDealResult = AccessDenied | DealConflict | DealSaved | EntityGone | InvalidInput;

/**
 * An edit of a meeting. If it is sent again with the same `clientMutationId`, it gets the same result, even from another
 * instance, at the same moment, or after a restart.
 */
export type UpdateMeetingInput = {
  /** The version that the person saw, from 1 to the newest. Any other number is InvalidInput. */
  baseVersion: Scalars['Int']['input'];
  /**
   * The versions that were on screen when the person began to change single fields, instead of `baseVersion`. A field that
   * is named twice or that the patch lacks, and a version that does not exist, are InvalidInput.
   */
  bases?: InputMaybe<Array<FieldBase>>;
  /**
   * A key of at most 128 bytes that makes it safe to send this mutation again; use a new UUID for each mutation. The same
   * key with the same input is applied once; with any other input it is InvalidInput. Without a key, every time counts as
   * a new mutation.
   */
  clientMutationId?: InputMaybe<Scalars['ID']['input']>;
  /** The meeting to change. */
  id: Scalars['ID']['input'];
  /**
   * The client's own mutations, by clientMutationId, whose answers it did not have when the person made this edit. This edit
   * does not conflict with them. Ids that never arrived count for nothing.
   */
  madeAfter?: InputMaybe<Array<Scalars['ID']['input']>>;
  /** The fields to change. */
  patch: MeetingPatch;
};

/** The possible results of `updateMeeting`, `resolveMeetingConflict` and each input of `updateMeetings`. All except MeetingSaved are Problems. */
export type UpdateMeetingResult = AccessDenied | EntityGone | InvalidInput | MeetingConflict | MeetingSaved;

/** A person, as other members see them. The data comes from the identity provider, and every sign-in updates it. */
export type User = Node & {
  __typename?: 'User';
  /** The address of a picture. Null if the person's tokens have none. */
  avatar?: Maybe<Scalars['String']['output']>;
  /** Null if the person's tokens have none. */
  email?: Maybe<Scalars['String']['output']>;
  /** The id that the identity provider gave (the token's `sub`). */
  id: Scalars['ID']['output'];
  /** The name to show. It is the id if the person's tokens have no name. */
  name: Scalars['String']['output'];
};

/** The person who makes the request, with the values that hold only for them. */
export type Viewer = {
  __typename?: 'Viewer';
  /** The id of this viewer, for caches. The person's id is `user.id`. */
  id: Scalars['ID']['output'];
  /** The organization that the credentials are for. */
  organization: Organization;
  /** Whether you see others in rooms without being seen. See `setPresenceHidden`. */
  presenceHidden: Scalars['Boolean']['output'];
  /** Your current role in the organization, whatever the token says. */
  role: Role;
  /** The number of notifications without `readAt` that are not snoozed, exact below 1,000. 1,000 stands for 1,000 and more. */
  unreadNotifications: Scalars['Int']['output'];
  /** The person whose credentials came with the request. */
  user: User;
};

/** The people who may see an entity. */
export type Visibility =
  /** Every member of the organization. New entities have it. */
  | 'ORGANIZATION'
  /** Its creator, its owner, people with a grant, and admins. Everybody else sees neither the entity nor anything about it. */
  | 'RESTRICTED';

/** Which changes of an entity notify you. */
export type WatchState =
  /** Nothing, except mentions and assignments of you. See `mute`. */
  | 'MUTED'
  /** Only what concerns you: the other reasons of `NotificationKind`. */
  | 'NONE'
  /** Everything that happens to it. An owner watches what they own, unless they called `unwatch`. */
  | 'WATCHING';

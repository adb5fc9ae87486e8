package collab

import "context"

// A Store keeps everything except presence. Each method runs in one transaction and sees one
// consistent state. For things that do not exist, or belong to another organization, a method
// returns nothing: an empty or shorter result, a nil pointer where documented, never an error.
// Errors are faults of the store; errors that a caller may retry are Errors with the code
// Unavailable.
//
// For a method that takes a scope, an entity that is hidden from the scope does not exist, nor does
// anything about that entity. A change exists if its entity may be seen now and its audience
// includes the scope.
//
// Results are fresh: the caller owns them.
//
// There is one way to write: Write. Everything that people do goes through it, and so does everything
// that the log or an audit trail records. A few more methods change rows, without a decision, since
// nothing in them depends on the state, and without a position, since nobody else is told. MarkRead and Watch
// change rows of one person, which only that person reads. There may be thousands, so they must not be marked
// under the lock of the organization, for which all its writers wait. A PreferenceStore keeps what a person
// wants to be told, a PushStore keeps their browsers, and a CertificateStore the certificates of the deployment. Prune deletes what is too old, and Index derives what
// lists are searched by.
type Store interface {
	Writer
	LogReader
	EntityReader
	PeopleReader
	ConflictReader
	NotificationStore
	PushStore
	JobStore
	PreferenceStore
	WatchStore
	PersonalReader
	Pruner
	AuditReader
	Indexer
	CertificateStore

	// Ping checks that the store can serve.
	Ping(ctx context.Context) error
	// Close releases everything. No other call may follow.
	Close()
}

// A LogReader reads logs.
type LogReader interface {
	// Heads returns the heads of the organizations' logs; unknown organizations are left out.
	Heads(ctx context.Context, orgIDs []ID) (map[ID]Head, error)
	// LogStats returns figures of all logs. It reads a few rows of each organization.
	LogStats(ctx context.Context) (LogStats, error)

	// Changes returns at most limit changes after a position, oldest first, of
	// all types, whole. The first one's position is after+1, or the log no
	// longer reaches back.
	Changes(ctx context.Context, orgID ID, after int64, limit int) ([]*Change, error)

	// EntityAndAccessChanges returns at most limit changes after a position, oldest first, whole,
	// and without regard to who may see them: the changes of one entity of FollowedTypes, and all changes that
	// alter somebody's access.
	EntityAndAccessChanges(ctx context.Context, orgID, entityID ID, after int64, limit int) ([]*Change, error)
	// AccessHistory returns the newest changes that altered who may see some entities, oldest first: at most limit
	// of each.
	AccessHistory(ctx context.Context, orgID ID, entityIDs []ID, limit int) ([]*Change, error)
	// EntityChanges returns at most limit changes of entities after a position, oldest first, whole.
	EntityChanges(ctx context.Context, scope Scope, after int64, query ChangeQuery, limit int) ([]*Change, error)

	// Activity returns at most query.Limit changes that are activity, newest first, without snapshots.
	Activity(ctx context.Context, scope Scope, query ActivityQuery) ([]*Change, error)

	// Histories returns Activity by entity, for several entities at once: at
	// most query.Limit for each.
	Histories(ctx context.Context, scope Scope, entityIDs []ID, query ActivityQuery) (map[ID][]*Change, error)

	// EntitiesAt returns entities as they were at versions, from the log. A version exists if the
	// change that made it does.
	EntitiesAt(ctx context.Context, scope Scope, at []EntityVersion) (map[EntityVersion]Entity, error)
}

// An Indexer keeps an index for searching, narrowing and counting lists. Lists are correct without
// it, but slow if they are long. It follows the writes and is not part of them, so that it adds no
// cost to a write.
type Indexer interface {
	// Index advances the index of an organization by one batch, and reports whether there is more
	// to do. An organization with fewer than few entities needs none. If several instances call it
	// at once, one works, and the others return.
	Index(ctx context.Context, orgID ID, few int) (more bool, err error)
	// Unindexed returns the organizations for which Index has work: at least few entities if there
	// is no index yet, and otherwise at least one.
	Unindexed(ctx context.Context, few int) ([]ID, error)
}

// An EntityVersion names one version of one entity.
type EntityVersion struct {
	ID      ID
	Version int
}

// A ChangeQuery narrows changes of entities. Empty fields do not narrow.
type ChangeQuery struct {
	Types    []EntityType
	EntityID *ID
}

// A HiddenQuery asks for entities that somebody does not see. Empty Types and IDs do not narrow.
type HiddenQuery struct {
	Types []EntityType
	IDs   []ID
	Limit int
}

// A FeedType is the kind of subject that a feed is about.
type FeedType string

// The types of feeds.
const (
	FeedUser     FeedType = "USER"     // what one person did
	FeedCustomer FeedType = "CUSTOMER" // what happened to a customer, and its calls, meetings and deals
	FeedGlobal   FeedType = "GLOBAL"   // everything
)

// An ActivityQuery narrows activity. Empty fields do not narrow.
type ActivityQuery struct {
	Feed   ActivityFeed
	Filter ActivityFilter
	// Before is a position: only older changes match. 0 starts from the newest.
	Before int64
	Limit  int
}

// An ActivityFeed is whose activity is asked for.
type ActivityFeed struct {
	Type     FeedType
	EntityID ID
}

// An ActivityFilter narrows a feed.
type ActivityFilter struct {
	Types       []ChangeType
	EntityTypes []EntityType
	EntityIDs   []ID
	UserIDs     []ID
	Since       *Time // inclusive
	Until       *Time // exclusive
	// FirstOfBatch leaves out the changes of a batch that follow the first one with the same audience.
	FirstOfBatch *bool
}

// An EntityReader reads entities as they are now, and their comments. For it, deleted entities do
// not exist, except in the lists of a query for Deleted.
type EntityReader interface {
	// Entities returns the entities that exist, by id.
	Entities(ctx context.Context, scope Scope, ids []ID) (map[ID]Entity, error)

	// ListEntities returns at most query.Limit entities in the query's order,
	// ties broken by id.
	ListEntities(ctx context.Context, scope Scope, query EntityQuery) ([]Entity, error)
	// CountEntities counts what ListEntities would return without After and Limit.
	CountEntities(ctx context.Context, scope Scope, query EntityQuery) (Count, error)
	// ListAndCountEntities returns what ListEntities and CountEntities return, for less than both.
	ListAndCountEntities(ctx context.Context, scope Scope, query EntityQuery) ([]Entity, Count, error)

	// RelatedEntities returns ListEntities by customer, for several customers at
	// once: at most query.Limit for each. The query's own CustomerID is ignored.
	RelatedEntities(ctx context.Context, scope Scope, customerIDs []ID, query EntityQuery) (map[ID][]Entity, error)
	// CountRelated counts the entities of a type by customer.
	CountRelated(ctx context.Context, scope Scope, customerIDs []ID, t EntityType) (map[ID]int, error)

	// Comments returns those of the ids that are there.
	Comments(ctx context.Context, scope Scope, ids []ID) (map[ID]*Comment, error)
	// EntityComments returns comments by entity, oldest first, at most limit for
	// each, after a sort key (nil: from the beginning).
	EntityComments(ctx context.Context, scope Scope, entityIDs []ID, after *SortKey, limit int) (map[ID][]*Comment, error)
	// CountComments counts comments by entity.
	CountComments(ctx context.Context, scope Scope, entityIDs []ID) (map[ID]int, error)

	// Hidden returns the ids of entities, deleted or not, that the scope does not see.
	Hidden(ctx context.Context, scope Scope, ids []ID) (map[ID]bool, error)
	// HiddenEntities returns entities, deleted or not, that the scope does not see, in the order of ids.
	HiddenEntities(ctx context.Context, scope Scope, query HiddenQuery) ([]Entity, error)
	// EntitiesAtHead returns the entities of some ids, deleted or not, by id, and the head of the log in the same
	// state.
	EntitiesAtHead(ctx context.Context, scope Scope, ids []ID) (Head, []Entity, error)
	// Grants returns the levels of a person's grants, by entity.
	Grants(ctx context.Context, orgID, userID ID, entityIDs []ID) (map[ID]AccessLevel, error)
}

// A SortKey is the position of an item in an ordered list: Time, Name or Amount, whichever the list is
// ordered by, then the id.
type SortKey struct {
	Time   Time    `json:"t,omitzero"`
	Name   string  `json:"n,omitempty"`
	Amount SafeInt `json:"a,omitempty"`
	// IsLast is set for an item without the value that the list is ordered by. It comes after all items
	// with one.
	IsLast bool `json:"z,omitempty"`
	ID     ID   `json:"i"`
}

// A PeopleReader reads organizations, their people and who is a member.
type PeopleReader interface {
	// Member returns the organization and the member, each nil if it does not exist. Together they
	// determine the member's scope.
	Member(ctx context.Context, orgID, userID ID) (*Organization, *Member, error)
	// MembersByID returns the organization, nil if it does not exist, and those of the ids that are members.
	MembersByID(ctx context.Context, orgID ID, ids []ID) (*Organization, map[ID]*Member, error)
	// MemberAtHead returns what Member returns, and the head of the organization's log in the same
	// state.
	MemberAtHead(ctx context.Context, orgID, userID ID) (Head, *Organization, *Member, error)

	// Users returns those of the ids that are there, members or not.
	Users(ctx context.Context, orgID ID, ids []ID) (map[ID]*User, error)

	// Members returns at most limit members that are not removed, by NameKey and id.
	Members(ctx context.Context, orgID ID, after *SortKey, limit int) ([]*Member, error)
	// CountMembers counts the members that are not removed.
	CountMembers(ctx context.Context, orgID ID) (int, error)
}

// A ConflictReader reads conflicts.
type ConflictReader interface {
	// Conflicts returns those of the ids that are there, with their entities.
	Conflicts(ctx context.Context, scope Scope, ids []ID) (map[ID]*Conflict, error)
	// ListConflicts returns at most query.Limit conflicts with their entities, newest first.
	ListConflicts(ctx context.Context, scope Scope, query ConflictQuery) ([]*Conflict, error)
	// CountConflicts counts what ListConflicts would return without After and Limit.
	CountConflicts(ctx context.Context, scope Scope, query ConflictQuery) (int, error)
}

// A ConflictQuery narrows conflicts. Empty fields do not narrow.
type ConflictQuery struct {
	Open     *bool
	EntityID *ID
	After    *SortKey
	Limit    int
}

// A NotificationStore reads notifications, and records which were read. A notification about an
// entity exists while the scope sees the entity, deleted or not.
type NotificationStore interface {
	// Notifications returns those of the ids that are there and are the person's, in the inbox or elsewhere.
	// The other methods are about the inbox only.
	Notifications(ctx context.Context, scope Scope, userID ID, ids []ID) (map[ID]*Notification, error)
	// ListNotifications returns at most query.Limit of a person's notifications, newest first.
	ListNotifications(ctx context.Context, scope Scope, userID ID, query NotificationQuery) ([]*Notification, error)
	// CountUnread counts a person's notifications that were not read and are not snoozed, up to MaxUnreadCount.
	CountUnread(ctx context.Context, scope Scope, userID ID, now Time) (int, error)
	// Inboxes returns what happened to people's inboxes, in one state and in the order of the queries. Limit bounds Changed,
	// and Removed, of each.
	Inboxes(ctx context.Context, orgID ID, queries []InboxQuery, now Time, limit int) ([]*Inbox, error)
	// InboxSequences returns how often marks, and erasures, changed inboxes of organizations. Those without such a change are left out.
	InboxSequences(ctx context.Context, orgIDs []ID) (map[ID]int64, error)
	// ChangedInboxes returns the inboxes of an organization that changed after a place, in the order of their newest changes, at most
	// limit. A change that becomes visible later has a later place.
	ChangedInboxes(ctx context.Context, orgID ID, after InboxPlace, limit int) ([]InboxPlace, error)
	// MarkUnread makes the person's notifications of the ids that did not grow after a position (NoBound: all) unread and snoozes them until
	// a time, or ends their snoozes (nil). It returns how many that changed. Like MarkRead it takes the next revision of the inbox. A snooze plans a
	// push to each of the person's browsers for its end, in the place of one that waits, of the newest as far as
	// MaxJobsPerBrowser leaves room. They are dropped when the snooze ends early.
	MarkUnread(ctx context.Context, scope Scope, userID ID, ids []ID, asOf int64, until *Time, now Time) (int, error)
	// MarkRead marks the person's unread notifications of the ids that did not grow after a position (NoBound: all), and all up to
	// another one (0: none) that are not snoozed, and returns how many it marked. It drops the pushes of those that were snoozed.
	MarkRead(ctx context.Context, scope Scope, userID ID, ids []ID, asOf, upTo int64, now Time) (int, error)
}

// A WatchStore keeps what people chose to be told about entities. Like MarkRead, it changes rows that only
// their person reads, without a position.
type WatchStore interface {
	// Watch records a person's choice about an entity, and reports whether it did: not if the scope does
	// not see the entity or it is deleted, and not if already most other people watch it. A choice to watch
	// ends the person's mute of the entity.
	Watch(ctx context.Context, scope Scope, userID ID, w Watch, most int) (bool, error)
	// Unwatch deletes the person's choice to watch an entity. One not to watch it stays.
	Unwatch(ctx context.Context, orgID, userID, entityID ID) error
	// ForgetHiddenWatches deletes the choices to watch an entity of people who do not see it or were removed, and returns how many.
	ForgetHiddenWatches(ctx context.Context, orgID, entityID ID) (int, error)
	// Watches returns the person's choices about entities, true for those to watch; entities about which
	// they chose nothing are left out.
	Watches(ctx context.Context, orgID, userID ID, entityIDs []ID) (map[ID]bool, error)
}

// A Watch is a person's choice to watch an entity, or not to watch it as its owner either.
type Watch struct {
	EntityID ID   `json:"entityId"`
	UserID   ID   `json:"userId"`
	Watching bool `json:"watching"`
	ChosenAt Time `json:"chosenAt"`
}

// A NotificationQuery narrows a person's notifications.
type NotificationQuery struct {
	UnreadOnly bool // and not snoozed
	// SnoozedOnly leaves out all but what is snoozed, and what was neither marked nor changed since its snooze ended.
	SnoozedOnly bool
	Now         Time
	// Before is a position: only older notifications match. 0 starts from the newest.
	Before int64
	Limit  int
	// Unread, if set, is where ListNotifications stores what CountUnread returns in the same state.
	Unread *int
}

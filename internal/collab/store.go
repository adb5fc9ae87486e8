package collab

import "context"

// A Store keeps everything but presence. Each method runs in one transaction
// and sees one state. A method that is asked for what is not there, or is of
// another organization, answers with nothing: an empty or shorter result, nil in
// a pointer's place where it says so, never an error. Errors are faults of the
// store; those that a caller may retry are Errors with the code Unavailable.
//
// What a scope does not see is not there for a method that takes one: an entity
// that is hidden from it, and whatever is about that entity. A change is there if
// its entity may be seen now and its audience has the scope.
//
// Results are fresh: the caller owns them.
type Store interface {
	Writer
	LogReader
	EntityReader
	PeopleStore
	ConflictReader
	NotificationStore
	PersonalReader
	Pruner
	AuditStore
	Indexer

	// Ping reports whether the store can serve.
	Ping(ctx context.Context) error
	// Close releases everything. No other call may follow.
	Close()
}

// A Writer commits writes.
type Writer interface {
	// Write runs one write. It begins a transaction, locks the entity of the
	// intent, reads the state that the intent asks for, and lets decide say what
	// to write. A decision without a change, or an error of decide's, leaves no
	// trace, and Write returns (nil, err). A change that it returns was committed,
	// also with an error, which is then about what remains of an Erasure. Otherwise it takes the next position
	// of the organization's log, writes the log row and all else of the
	// decision, and commits.
	//
	// Write fills in the cursors of the change, of its snapshot and of its
	// notifications, and returns the change as committed. By a change that has
	// Insiders it also notes who they are, and that the organization restricts.
	//
	// Positions are dense and in commit order: head + 1, taken under the
	// organization's row lock that is held until commit. A sequence would hand
	// out positions before commit, and a reader could pass one that commits
	// later.
	//
	// decide is pure and may be called again, from a fresh state, when another
	// write of the same ClientMutationID, or one with a Membership or an Erasure,
	// committed in between: what was decided by or about somebody who is removed,
	// demoted or erased by then is never written. When that happens again and again,
	// the error is Unavailable.
	Write(ctx context.Context, intent Intent, decide func(*State) (*Decision, error)) (*Change, error)
}

// MostSince bounds the changes that an edit of an old version is merged with. Fewer, and the own edits
// of a person whose form was open for long count as other people's; more, and edits of a busy entity
// take longer.
const MostSince = 1000

// An Intent says what a write has to know before it can be decided.
type Intent struct {
	OrgID   ID
	ActorID ID
	// EntityID is locked and read, deleted or not; "" for none.
	EntityID ID
	// BaseVersion asks for the entity as it was then, and for what changed it
	// since, if it is not the current version; 0 asks for neither.
	BaseVersion int
	// MostSince bounds what is read of what changed it since; 0 is MostSince.
	MostSince int
	// ClientMutationID asks for the change that the actor already made with it.
	ClientMutationID *ID
	// ConflictID is read, after the entity is locked; "" for none.
	ConflictID ID
	// UserIDs are people whose membership matters.
	UserIDs []ID
	// Admins asks who the admins are, and keeps that from changing until the write ends.
	Admins bool
	// Audited asks where the audit trail ends, and keeps that from changing until the
	// write ends. Without it, a decision has nothing for the audit trail.
	Audited bool
	// CustomerID is a customer that the write refers to.
	CustomerID *ID
	// ViewedSince asks whether the actor viewed the entity after this time.
	ViewedSince *Time
}

// A State is what an intent asked for, read under the entity's lock.
type State struct {
	// Actor is nil when the actor is no member.
	Actor *Member
	// Restricts tells that something in the organization is, or once was, restricted.
	Restricts bool
	// Entity is nil when there is none.
	Entity Entity
	// Grants are those of the entity and of the customer.
	Grants []*Grant
	// Base is nil when it was not asked for, equals Entity, or is kept no more.
	Base Entity
	// BaseAudience are those who may see Base; nil is everybody.
	BaseAudience []ID
	// Since are the changes that made the versions after the base, oldest first, without snapshots:
	// the newest MostSince of them. While Base is there, their fields may be without values.
	Since []*Change
	// Unread are those of the newest LatelyTold notifications that the actor caused that
	// are about the entity and unread. It is read together with Since.
	Unread []Told
	// Earlier is the change that the actor already made with the ClientMutationID.
	Earlier *Change
	// Conflict is nil when there is none.
	Conflict *Conflict
	// Members are those of UserIDs who are members, removed or not.
	Members map[ID]*Member
	// Admins are the ids of the admins that are not removed, if they were asked for.
	Admins []ID
	// AuditEnd is where the audit trail ends, if that was asked for.
	AuditEnd AuditEnd
	// Customer is nil when there is none, it is no customer, or it is deleted.
	Customer *Customer
	// ViewedLately answers ViewedSince.
	ViewedLately bool
}

// A Decision is what to write.
type Decision struct {
	// Change is the log row; nil writes nothing at all. Its Snapshot, if any,
	// becomes the entity's row: inserted at version 1, updated above.
	Change *Change
	// Comment is inserted.
	Comment *Comment
	// Conflict is inserted, or replaces the one of the same id.
	Conflict *Conflict
	// Grant is inserted, or replaces the one of the same entity and person; with
	// no level, that one is deleted.
	Grant *Grant
	// Membership changes a member that is there.
	Membership *Membership
	// Erasure takes a person out of all that is kept. Its Intent asks for Admins.
	// Without a Change it finishes one that left something behind.
	Erasure *Erasure
	// Audit is put at the end of the audit trail, in its order. An AuditDataErased
	// among it empties the origins of what its subject did, and the details of that
	// and of what was done to them.
	Audit []*AuditEntry
}

// A Membership is what a write makes of a member.
type Membership struct {
	UserID         ID
	Role           Role
	PresenceHidden bool
	// RemovedAt takes the person out of the organization; nil brings them back.
	RemovedAt *Time
}

// A LogReader reads logs.
type LogReader interface {
	// Heads returns how far the logs of the organizations reach; one that is unknown is left out.
	Heads(ctx context.Context, orgIDs []ID) (map[ID]Head, error)

	// Changes returns at most limit changes after a position, oldest first, of
	// all types, whole. The first one's position is after+1, or the log no
	// longer reaches back.
	Changes(ctx context.Context, orgID ID, after int64, limit int) ([]*Change, error)

	// EntityAndAccessChanges returns at most limit changes after a position, oldest first, whole, and
	// without regard to who may see them: those of one entity, and all that alter somebody's access.
	EntityAndAccessChanges(ctx context.Context, orgID, entityID ID, after int64, limit int) ([]*Change, error)
	// EntityChanges returns at most limit changes of entities after a position, oldest first, whole.
	EntityChanges(ctx context.Context, scope Scope, after int64, query ChangeQuery, limit int) ([]*Change, error)

	// Activity returns at most query.Limit changes that are activity, newest first, without snapshots.
	Activity(ctx context.Context, scope Scope, query ActivityQuery) ([]*Change, error)

	// Histories returns Activity by entity, for several entities at once: at
	// most query.Limit for each.
	Histories(ctx context.Context, scope Scope, entityIDs []ID, query ActivityQuery) (map[ID][]*Change, error)

	// EntitiesAt returns entities as they were at versions, from the log. A version
	// is there if the change that made it is.
	EntitiesAt(ctx context.Context, scope Scope, at []EntityVersion) (map[EntityVersion]Entity, error)
}

// An Indexer keeps an index by which lists are searched, narrowed and counted. Lists
// are right without it, and slow if they are long. It follows the writes and is no
// part of them, so that a write costs no more for it.
type Indexer interface {
	// Index brings the index of an organization on by one batch, and reports whether
	// there is more to do. An organization with fewer than few entities needs none. Of
	// several instances that call it at once one works, and the others return.
	Index(ctx context.Context, orgID ID, few int) (more bool, err error)
	// Unindexed returns the organizations that Index has something to do for: at least
	// few entities where there is no index yet, else one.
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

// A FeedType says whose activity a feed is.
type FeedType string

// The types of feeds.
const (
	FeedUser     FeedType = "USER"     // what one person did
	FeedCustomer FeedType = "CUSTOMER" // what happened to a customer, and its calls and meetings
	FeedGlobal   FeedType = "GLOBAL"   // everything
)

// An ActivityQuery narrows activity. Empty fields do not narrow.
type ActivityQuery struct {
	Feed   ActivityFeed
	Filter ActivityFilter
	// Before is a position: only older changes. 0: from the newest.
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
}

// An EntityReader reads entities as they are now, and their comments. Deleted
// entities are not there.
type EntityReader interface {
	// Entities returns those of the ids that are there.
	Entities(ctx context.Context, scope Scope, ids []ID) (map[ID]Entity, error)

	// ListEntities returns at most query.Limit entities in the query's order,
	// ties broken by id.
	ListEntities(ctx context.Context, scope Scope, query EntityQuery) ([]Entity, error)
	// CountEntities counts what ListEntities would return without After and Limit.
	CountEntities(ctx context.Context, scope Scope, query EntityQuery) (Count, error)

	// RelatedEntities returns ListEntities by customer, for several customers at
	// once: at most query.Limit for each. The query's own CustomerID is ignored.
	RelatedEntities(ctx context.Context, scope Scope, customerIDs []ID, query EntityQuery) (map[ID][]Entity, error)
	// CountRelated counts the entities of a type by customer.
	CountRelated(ctx context.Context, scope Scope, customerIDs []ID, t EntityType) (map[ID]int, error)

	// Comments returns those of the ids that are there.
	Comments(ctx context.Context, scope Scope, ids []ID) (map[ID]*Comment, error)
	// EntityComments returns comments by entity, oldest first, at most limit for
	// each, after a place (nil: from the beginning).
	EntityComments(ctx context.Context, scope Scope, entityIDs []ID, after *Place, limit int) (map[ID][]*Comment, error)
	// CountComments counts comments by entity.
	CountComments(ctx context.Context, scope Scope, entityIDs []ID) (map[ID]int, error)

	// Hidden returns those of the ids that are of entities which the scope does not
	// see, deleted or not.
	Hidden(ctx context.Context, scope Scope, ids []ID) (map[ID]bool, error)
	// Grants returns the levels of a person's grants, by entity.
	Grants(ctx context.Context, orgID, userID ID, entityIDs []ID) (map[ID]AccessLevel, error)
}

// An EntityOrder is the order of a list of entities.
type EntityOrder string

// The orders.
const (
	OrderUpdatedDesc EntityOrder = "UPDATED_AT_DESC"
	OrderUpdatedAsc  EntityOrder = "UPDATED_AT_ASC"
	OrderNameAsc     EntityOrder = "NAME_ASC" // by NameKey
	OrderCreatedDesc EntityOrder = "CREATED_AT_DESC"
)

// An EntityQuery asks for entities of one type. Empty fields do not narrow.
type EntityQuery struct {
	Type EntityType
	// Search is text that SearchText must contain, compared in the form that FoldText
	// gives it. It is taken literally: % and _ and \ are only themselves.
	Search       string
	Status       []string
	OwnerID      *ID
	CustomerID   *ID
	Tag          *string
	StartsAfter  *Time // inclusive
	StartsBefore *Time // exclusive
	Order        EntityOrder
	After        *Place
	Limit        int
}

// IsRange reports whether the query asks for what starts in a range of time.
func (q EntityQuery) IsRange() bool { return q.StartsAfter != nil || q.StartsBefore != nil }

// A Place is where in an ordered list an item stands: Time or Name, whichever
// the list is ordered by, then the id.
type Place struct {
	Time Time   `json:"t,omitzero"`
	Name string `json:"n,omitempty"`
	ID   ID     `json:"i"`
}

// A PeopleStore keeps organizations, their people and who is a member.
type PeopleStore interface {
	// Member returns the organization and the member, either nil when it is not there.
	// The two say what the member's scope is.
	Member(ctx context.Context, orgID, userID ID) (*Organization, *Member, error)

	// Join makes the organization, the person and the member as the claims say,
	// whatever of it is not there yet, and brings name, e-mail and picture up to
	// date where the claims have them and are newer, see Claims.Learn. The role of a member that exists stays,
	// and so does a removal. It is a write of the log, of type ChangeMember; it
	// returns nil when nothing had to be written.
	Join(ctx context.Context, claims Claims, now Time) (*Change, error)

	// Users returns those of the ids that are there, members or not.
	Users(ctx context.Context, orgID ID, ids []ID) (map[ID]*User, error)

	// Members returns at most limit members that are not removed, by NameKey and id.
	Members(ctx context.Context, orgID ID, after *Place, limit int) ([]*Member, error)
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
	After    *Place
	Limit    int
}

// A NotificationStore reads notifications, and keeps which were read. One about
// an entity is there as long as the scope sees the entity, deleted or not.
type NotificationStore interface {
	// Notifications returns those of the ids that are there and are the person's.
	Notifications(ctx context.Context, scope Scope, userID ID, ids []ID) (map[ID]*Notification, error)
	// ListNotifications returns at most query.Limit of a person's notifications, newest first.
	ListNotifications(ctx context.Context, scope Scope, userID ID, query NotificationQuery) ([]*Notification, error)
	// CountUnread counts a person's notifications that were not read.
	CountUnread(ctx context.Context, scope Scope, userID ID) (int, error)
	// MarkRead marks the person's unread notifications of the ids, and all up to
	// a position (0: none), and returns how many it marked.
	MarkRead(ctx context.Context, scope Scope, userID ID, ids []ID, upTo int64, now Time) (int, error)
}

// A NotificationQuery narrows a person's notifications.
type NotificationQuery struct {
	UnreadOnly bool
	// Before is a position: only older notifications. 0: from the newest.
	Before int64
	Limit  int
}

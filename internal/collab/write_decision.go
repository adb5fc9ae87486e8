package collab

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// A Writer commits writes.
type Writer interface {
	// Write runs one write. It begins a transaction, locks the entity of the intent, reads the
	// state that the intent asks for, and calls decide for what to write. For a decision with a
	// change it takes the next position of the organization's log, writes the log row and the rest
	// of the decision, and commits. Of a decision without a change it writes the audit entries only.
	// If there are none, and after an error from decide, it leaves no trace. After an error it
	// returns nil, except for an error about the remainder of an Erasure: then everything else is
	// committed, and Write returns both.
	//
	// Write fills in the cursors of the change, of its snapshot and of its notifications. It also
	// records the people of Change.WithRestrictedAccess, and that the organization has something
	// restricted if there are any.
	//
	// Positions are dense and in commit order: head + 1, taken under the organization's row lock that
	// is held until the commit. A sequence would assign positions before the commit, and a reader
	// could pass one that commits later.
	//
	// decide is called again, from a fresh state, when another write of the same ClientMutationID,
	// or one with a Membership or an Erasure, committed in between: a decision by or about somebody
	// who has been removed, demoted or erased meanwhile is never written. If that happens again and
	// again, the error is Unavailable.
	Write(ctx context.Context, intent Intent, decide Decide) (*Written, error)

	// WriteAll runs several writes of one actor in one transaction, which commits those that write
	// anything. Each is decided, in order, from a state that may lack what the writes before it in the
	// list do, as that of a simultaneous write may. So no two of the intents have the same EntityID or
	// ClientMutationID, and none has Admins, Audited or Founds. The outcomes have the order of the writes.
	// After an error nothing was written.
	WriteAll(ctx context.Context, writes []Planned) ([]Outcome, error)
}

// A Planned is a write before it runs.
type Planned struct {
	Intent Intent
	Decide Decide
}

// An Outcome is what Write would return for one of several writes.
type Outcome struct {
	Written *Written
	Err     error
}

// A Decide decides a write. It depends on nothing but the state, except that it may draw new ids,
// and changes neither the state nor anything else, so it may be called any number of times.
type Decide func(*State) (*Decision, error)

// A Written is the last decision of a write, as it was carried out.
type Written struct {
	*Decision
	// Erased is the number of rows that had data about the person of an Erasure.
	Erased int
}

// changed reports whether the write made a change. A write that failed did not.
func (w *Written) changed() bool { return w != nil && w.Change != nil }

// MostSince bounds the changes that an edit of an old version is merged with. With a low value, the
// own edits of a person whose form was open for a long time count as other people's. With a high
// value, edits of a busy entity take longer.
const MostSince = 1000

// MostMadeAfterRead bounds how far back the changes of Intent.MadeAfter are read, in versions of the entity. Their
// values are read while the entity is locked.
const MostMadeAfterRead = 100

// MostValues bounds the newest changes since the base version whose values are read where their editor is the actor or
// one of Intent.UserIDs. An edit whose editor changed a field before these, as others did, is in conflict over it.
const MostValues = 100

// An Intent lists what a write has to know before it can be decided.
type Intent struct {
	OrgID   ID
	ActorID ID
	// EntityID is locked and read, deleted or not; "" for none.
	EntityID ID
	// BaseVersion asks for the entity at that version, and for the changes since, if it is not the
	// current version; 0 asks for neither.
	BaseVersion int
	// NewerBases asks for the entity at these versions too, each after BaseVersion.
	NewerBases []int
	// MadeAfter asks for the changes that the actor made to the entity after BaseVersion with these
	// ClientMutationIDs, and for the newest open conflict over the entity that one of them met.
	MadeAfter []ID
	// MostSince bounds the changes since that are read; 0 is the constant MostSince.
	MostSince int
	// ClientMutationID asks for the change that the actor already made with it.
	ClientMutationID *ID
	// ConflictID is read, after the entity is locked; "" for none.
	ConflictID ID
	// UserIDs are people whose membership matters.
	UserIDs []ID
	// Admins asks who the admins are, and keeps that from changing until the write ends.
	Admins bool
	// Audited asks where the audit trail ends, and keeps that from changing until the write ends.
	// Without it, a decision has no audit entries.
	Audited bool
	// Founds has the organization created if it does not exist, unless the decision writes nothing,
	// and keeps others from writing to it until the write ends.
	Founds bool
	// CustomerID is a customer that the write refers to.
	CustomerID *ID
	// NotificationDefaults asks for the organization's defaults.
	NotificationDefaults bool
	// ViewedSince asks whether the actor viewed the entity after this time.
	ViewedSince *Time
	// UnreadSince asks for Recipients, and for the unread notifications about the entity that were made
	// after this time, and keeps those from being read until the write ends; nil asks for neither.
	UnreadSince *Time
	// UnreadOf is a person whose notifications about no entity UnreadSince asks for, in a write about none.
	UnreadOf ID
	// UnreadIDs asks for those of these notifications that are unread, and keeps them from being read until the write ends.
	UnreadIDs []ID
	// Commenters asks for the people who commented on the entity among the Recipients.
	Commenters bool
	// Concerned are more people to ask for among the Recipients.
	Concerned []ID
}

// notifies asks for what State.notify needs, for a write at a time.
func (i *Intent) notifies(now Time) { i.UnreadSince = ptr(At(now.Add(-burstWindow))) }

// A State is the data that an intent asked for, read under the entity's lock.
type State struct {
	// Actor is nil if the actor is not a member.
	Actor *Member
	// HasRestricted is set if something in the organization is, or once was, restricted.
	HasRestricted bool
	// Entity is nil when there is none.
	Entity Entity
	// Grants are those of the entity and of the customer.
	Grants []*Grant
	// Base is nil if it was not asked for, equals Entity, or is no longer kept.
	Base Entity
	// BaseAudience are the people who may see Base; nil is everybody.
	BaseAudience []ID
	// NewerBases are the changes that made the versions of Intent.NewerBases and the remote version of
	// QueuedConflict, with snapshots, as far as the log has them.
	NewerBases map[int]*Change
	// Since are the changes that made the versions after the base, oldest first, without snapshots:
	// the newest MostSince of them. While Base is there, their fields may be without values, except those
	// of the newest MostValues that the actor or one of Intent.UserIDs edited.
	Since []*Change
	// MadeAfter are those changes of Since, among the last MostMadeAfterRead versions of the entity, that
	// Intent.MadeAfter asks for, with their values, by version.
	MadeAfter map[int]*Change
	// QueuedConflict is the newest open conflict over the entity that a mutation of Intent.MadeAfter met.
	QueuedConflict *Conflict
	// Recipients are the people who may have to be told about a change of the entity: the actor, those of
	// Intent.UserIDs and Intent.Concerned, its creator, its owner, its attendees, those who watch it or
	// commented on it, and those who changed it after the base. People who never were members are left out.
	Recipients map[ID]*Recipient
	// Unread are the notifications that Intent.UnreadSince asks for, except those that are being read at
	// this moment.
	Unread []*Notification
	// UnreadOfIDs are the notifications that Intent.UnreadIDs asks for, with the same exception.
	UnreadOfIDs []*Notification
	// Earlier is the change that the actor already made with the ClientMutationID.
	Earlier *Change
	// Conflict is nil when there is none.
	Conflict *Conflict
	// Members are the people of UserIDs who are members, removed or not.
	Members map[ID]*Member
	// Admins are the ids of the admins that are not removed, if they were asked for.
	Admins []ID
	// AuditEnd is where the audit trail ends, if that was asked for.
	AuditEnd AuditEnd
	// Customer is nil if the id does not exist, is not a customer's, or the customer is deleted.
	Customer *Customer
	// NotificationDefaults are what the organization has chosen, if they were asked for.
	NotificationDefaults *NotificationDefaults
	// ViewedLately answers ViewedSince.
	ViewedLately bool
	// notices are those of the batch that the write is a part of; nil for other writes. No store sets them.
	notices *batchNotices
}

// A Decision is what to write, and what the answer to the write is made of.
type Decision struct {
	// Change is the log row; without it, nothing but Audit is written. Its Snapshot, if any, becomes
	// the entity's row: inserted at version 1, updated above.
	Change *Change
	// PushLater is how long the pushes of its notifications wait, so that what makes these larger meanwhile is pushed with them.
	PushLater time.Duration
	// Profile is stored for the actor, who becomes a member if they are not one yet.
	Profile *Profile
	// Comment is inserted.
	Comment *Comment
	// Conflict is inserted, or replaces the one with the same id.
	Conflict *Conflict
	// Grant is inserted, or replaces the one of the same entity and person. A grant without a level
	// deletes that one.
	Grant *Grant
	// Membership changes an existing member.
	Membership *Membership
	// Erasure erases a person. Its Intent asks for Admins. Without a Change the person was erased
	// before: no row is written, and a store only completes what that erasure left behind outside its
	// transaction.
	Erasure *Erasure
	// NotificationDefaults are choices of the organization to store. They need an entry of Audit, and no Change.
	NotificationDefaults *DefaultsPatch
	// Audit is appended to the audit trail, in order. An AuditDataErased in it empties the origins
	// of the entries of its subject's actions, and the details of these and of the entries about
	// the subject.
	Audit []*AuditEntry

	// The fields below are for the answer. No store writes them.

	// Earlier is the change that the actor already made with the ClientMutationID. Then the decision
	// writes nothing, and the answer is that of the earlier write.
	Earlier *Change
	// Entity is the entity as the decision found it.
	Entity Entity
	// Member is the member as the decision leaves them.
	Member *Member
}

// Empty reports whether there is no row to write. An Erasure without a Change is empty too.
func (d *Decision) Empty() bool { return d.Change == nil && len(d.Audit) == 0 }

// Check returns an error if the decision would make rows and the log disagree: for a version that
// does not follow the current one, which was read under lock, for entries of an audit trail whose end
// was not locked, and for rows without a change. A store calls it before it writes.
func (d *Decision) Check(intent Intent, st *State) error {
	if len(d.Audit) > 0 && !intent.Audited {
		return errors.New("the decision has an entry for the audit trail, and its intent does not say so")
	}
	if d.NotificationDefaults != nil && (len(d.Audit) == 0 || d.Change != nil) {
		return errors.New("the decision has defaults of notifications without an audit entry, or with a change")
	}
	if d.Change == nil && (d.Profile != nil || d.Comment != nil || d.Conflict != nil || d.Grant != nil || d.Membership != nil || d.Erasure != nil) {
		return errors.New("the decision has no change, and more to write than audit entries")
	}
	if d.Change == nil || d.Change.Snapshot == nil {
		return nil
	}
	current := 0
	if st.Entity != nil {
		current = st.Entity.Common().Version
	}
	made := d.Change.Snapshot.Common()
	if made.Version != current+1 || current > 0 && made.ID != intent.EntityID ||
		made.ID != d.Change.EntityID || made.Version != d.Change.EntityVersion {
		return fmt.Errorf("the decision makes version %d of %s after version %d of %s", made.Version, made.ID, current, intent.EntityID)
	}
	return nil
}

// A Profile is what a token says about its bearer.
type Profile struct {
	User *User
	// LearnedAt is the issue time of the token; nil if it is unknown.
	LearnedAt *Time
	// Role is the role of a new member. An existing one keeps theirs.
	Role Role
}

// A Membership is the state that a write gives a member.
type Membership struct {
	UserID         ID
	Role           Role
	PresenceHidden bool
	// RemovedAt removes the person from the organization; nil brings them back.
	RemovedAt *Time
}

package collab

import "context"

// A PersonalReader reads all that is kept about one person.
type PersonalReader interface {
	// Personal calls visit with each record that is kept about a person, in one state, and returns
	// how far the log reached then: grants, entities, changes, comments, conflicts,
	// notifications, watches and push subscriptions, each kind in its own order, oldest first. An error of visit ends it. The scope
	// is the person's; hidden is set for a record about an entity that the scope does not see.
	Personal(ctx context.Context, scope Scope, userID ID, visit func(record PersonalRecord, hidden bool) error) (Cursor, error)
}

// A PersonalRecord is one record about a person:
//
//   - a *Grant to the person, or by them
//   - an Entity that they made, own, changed last or attend
//   - a *Change that they made, or that names them; without notifications
//   - a *Comment that they wrote, or that mentions them
//   - a *Conflict that was detected for them, resolved by them, or has a change of theirs
//   - a *Notification to them, or of what they did
//   - a *PushSubscription of theirs
//   - a *Watch of theirs
type PersonalRecord interface{ personal() }

func (*Grant) personal()        {}
func (*Record) personal()       {}
func (*Change) personal()       {}
func (*Comment) personal()      {}
func (*Conflict) personal()     {}
func (*Notification) personal() {}
func (*Watch) personal()        {}

// A Pruner deletes old changes.
type Pruner interface {
	// Prune deletes at most limit changes from before a time, at the beginning of one log that has
	// any, with everything that depends on them, and returns how many it deleted; 0 if no log has
	// any, or another instance is just pruning. The remaining log is dense, and is never empty: its
	// newest change stays, and so does everything after the first change that is not older.
	//
	// The following are deleted with the changes: the notifications that they caused; the entities
	// that they left deleted, with the grants, comments and conflicts of these; and the conflicts
	// that were resolved before. An open conflict stays, unless its entity is deleted and its
	// remote version gone.
	Prune(ctx context.Context, before Time, limit int) (int, error)
}

// An Erasure erases everything that is kept about a person except their id: profile, membership,
// grants, the words of their comments, the parts of their edits that are kept in conflicts,
// notifications to them, what they watch, their browsers, mentions of them in notifications to others, and what clients noted about
// their changes.
type Erasure struct {
	UserID ID
	At     Time
}

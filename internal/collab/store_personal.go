package collab

import "context"

// A PersonalReader reads all that is kept about one person.
type PersonalReader interface {
	// Personal calls visit with each record that is kept about a person, in one
	// state, and returns how far the log reached then: grants, entities, changes,
	// comments, conflicts and notifications, each kind in its own order, oldest
	// first. An error of visit ends it. The scope is the person's; what is of an
	// entity that it does not see comes too, and is marked as Hidden.
	Personal(ctx context.Context, scope Scope, userID ID, visit func(PersonalRecord) error) (Cursor, error)
}

// A PersonalRecord is one record about a person. One of its pointers is set.
type PersonalRecord struct {
	Grant        *Grant        // to the person, or by them
	Entity       Entity        // that they made, own, changed last or attend
	Change       *Change       // that they made, or that names them; without notifications
	Comment      *Comment      // that they wrote, or that mentions them
	Conflict     *Conflict     // that was detected for them, resolved by them, or has a change of theirs
	Notification *Notification // to them, or of what they did
	// Hidden tells that the record is about an entity that the scope does not see.
	Hidden bool
}

// A Pruner lets go of what is old.
type Pruner interface {
	// Prune takes at most limit changes that are from before a time off the
	// beginning of one log that has any, together with what goes with them, and
	// returns how many it took; 0 when no log has any, or another instance is just
	// pruning. What is left of a log is dense, and is never empty: its newest change
	// stays, and so does everything after the first change that is not older.
	//
	// With the changes go the notifications that they caused; the entities that they
	// left deleted, with the grants, comments and conflicts of these; and the
	// conflicts that were resolved before. An open conflict stays, unless its entity
	// is deleted and its remote version gone.
	Prune(ctx context.Context, before Time, limit int) (int, error)
}

// An Erasure takes a person out of all that is kept but their id: profile,
// membership, grants, the words of their comments, what of their edits is kept in
// conflicts, notifications to them, what names them in those to others, and what
// clients noted of their changes.
type Erasure struct {
	UserID ID
	At     Time
	// Touched is how many rows had something of the person; Write fills it in.
	Touched int
}

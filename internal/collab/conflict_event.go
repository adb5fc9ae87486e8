package collab

import "encoding/json"

// A ConflictEventKind is what happened to a conflict.
type ConflictEventKind string

// The kinds of events of conflicts.
const (
	ConflictOpened   ConflictEventKind = "OPENED"
	ConflictMoved    ConflictEventKind = "MOVED" // its resolution met a newer change
	ConflictResolved ConflictEventKind = "RESOLVED"
)

// movedOn is the metadata of the change by which a conflict moves on. Apart from it, that change looks like
// one that detects a conflict.
var movedOn = JSON(`{"movedOn":true}`)

// A ConflictEvent is a change of a conflict, as followers of conflicts see it. Change.ConflictID is not nil.
type ConflictEvent struct{ *Change }

// Kind is what happened to the conflict.
func (e *ConflictEvent) Kind() ConflictEventKind {
	if e.Type != ChangeConflict {
		return ConflictResolved
	}
	var metadata struct{ MovedOn bool }
	if json.Unmarshal(e.Metadata, &metadata) == nil && metadata.MovedOn {
		return ConflictMoved
	}
	return ConflictOpened
}

// IsAboutConflict reports whether the change detected a conflict, moved it on, or ended it.
func (c *Change) IsAboutConflict() bool { return c.ConflictID != nil }

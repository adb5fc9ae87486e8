package collab

import "encoding/json"

// A ChangeKind says what became of the entity.
type ChangeKind string

// The kinds of changes of an entity.
const (
	KindCreated  ChangeKind = "CREATED"
	KindUpdated  ChangeKind = "UPDATED"
	KindDeleted  ChangeKind = "DELETED"
	KindRestored ChangeKind = "RESTORED"
)

// An EntityChange is a change that made a version, as followers of the entity
// see it: a *CustomerChange, *CallChange or *MeetingChange.
type EntityChange interface {
	IsEntityChange()
	// Common is the change of the log behind it.
	Common() *Change
}

// A CustomerChange is a change of a customer.
type CustomerChange struct{ *Change }

// A CallChange is a change of a call.
type CallChange struct{ *Change }

// A MeetingChange is a change of a meeting.
type MeetingChange struct{ *Change }

// AsEntityChange returns c by the type of its entity, or nil if it made no version.
func AsEntityChange(c *Change) EntityChange {
	switch c.Snapshot.(type) {
	case *Customer:
		return &CustomerChange{c}
	case *Call:
		return &CallChange{c}
	case *Meeting:
		return &MeetingChange{c}
	}
	return nil
}

// Customer is the customer as the change left it.
func (c *CustomerChange) Customer() *Customer { return c.Snapshot.(*Customer) }

// Call is the call as the change left it.
func (c *CallChange) Call() *Call { return c.Snapshot.(*Call) }

// Meeting is the meeting as the change left it.
func (c *MeetingChange) Meeting() *Meeting { return c.Snapshot.(*Meeting) }

// IsEntityChange marks a GraphQL EntityChange.
func (c *Change) IsEntityChange() {}

// Common gives access to the change behind any EntityChange.
func (c *Change) Common() *Change { return c }

// Kind says what became of the entity.
func (c *Change) Kind() ChangeKind {
	switch {
	case c.Snapshot.Common().DeletedAt != nil:
		return KindDeleted
	case c.Type == ChangeCreate:
		return KindCreated
	case c.Type == ChangeRestore:
		return KindRestored
	default:
		return KindUpdated
	}
}

// FromVersion is the version that the change follows.
func (c *Change) FromVersion() int {
	if c.FoldedFrom != nil {
		return *c.FoldedFrom
	}
	return c.EntityVersion - 1
}

// Fold returns one change that takes an entity from before a to after b, a
// later change of the same entity: fields go from their first old value to
// their last new one, and a field that came back to where it was is left out.
func Fold(a, b *Change) *Change {
	folded := *b
	folded.FoldedFrom = ptr(a.FromVersion())
	if a.Type == ChangeCreate || a.Type == ChangeRestore {
		folded.Type = a.Type // who was told that it was not there has to hear that it is
	}
	folded.Fields = foldFields(a.Fields, b.Fields)
	return &folded
}

func foldFields(a, b []*FieldChange) []*FieldChange {
	first := make(map[string]JSON, len(a))
	for _, f := range a {
		first[f.Field] = f.OldValue
	}
	last := make(map[string]bool, len(b))
	var folded []*FieldChange
	add := func(f FieldChange) {
		if !equalValues(json.RawMessage(f.OldValue), json.RawMessage(f.NewValue)) {
			folded = append(folded, &f)
		}
	}
	for _, f := range b {
		last[f.Field] = true
		if old, changed := first[f.Field]; changed {
			add(FieldChange{Field: f.Field, OldValue: old, NewValue: f.NewValue})
		} else {
			add(*f)
		}
	}
	for _, f := range a {
		if !last[f.Field] {
			add(*f)
		}
	}
	return folded
}

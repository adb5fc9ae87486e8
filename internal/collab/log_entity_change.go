package collab

import "encoding/json"

// A ChangeKind is what happened to the entity.
type ChangeKind string

// The kinds of changes of an entity.
const (
	KindCreated  ChangeKind = "CREATED"
	KindUpdated  ChangeKind = "UPDATED"
	KindDeleted  ChangeKind = "DELETED"
	KindRestored ChangeKind = "RESTORED"
	// KindCurrent is not a change: the entity as it is where a feed begins.
	KindCurrent ChangeKind = "CURRENT"
	// KindAccessGained and KindAccessLost are changes of what the reader may see.
	KindAccessGained ChangeKind = "ACCESS_GAINED"
	KindAccessLost   ChangeKind = "ACCESS_LOST"
)

// An EntityChange is a change that made a version, as followers of the entity
// see it: an *EntityChangeOf its type.
type EntityChange interface {
	IsEntityChange()
	// Common is the change of the log behind it.
	Common() *Change
}

// An EntityChangeOf is a change of an entity of one type.
type EntityChangeOf[E Entity] struct{ *Change }

// Entity is the entity as the change left it; nil if the reader may no longer see it.
func (c *EntityChangeOf[E]) Entity() (e E) {
	if c.isLost() {
		return e
	}
	return c.Snapshot.(E)
}

// AsEntityChange returns c as a change of the type of its entity, or nil if it made no version.
func AsEntityChange(c *Change) EntityChange {
	if c.Snapshot == nil {
		return nil
	}
	return c.Snapshot.noun().change(c)
}

// IsEntityChange marks a GraphQL EntityChange.
func (c *Change) IsEntityChange() {}

// Common gives access to the change behind any EntityChange.
func (c *Change) Common() *Change { return c }

// Kind is what happened to the entity, for the reader.
func (c *Change) Kind() ChangeKind {
	switch {
	case c.Placed != nil && c.Placed.IsCurrent:
		return KindCurrent
	case c.isLost():
		return KindAccessLost
	case c.Placed != nil && !c.Placed.SawBefore && c.Type != ChangeCreate:
		return KindAccessGained
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
	folded.earlier = nil
	folded.FoldedFrom = ptr(a.FromVersion())
	if !a.isLost() && (a.Type == ChangeCreate || a.Type == ChangeRestore) {
		folded.Type = a.Type // a client that saw no entity before a needs to know that it exists now
	}
	folded.Fields = foldFields(a.Fields, b.Fields)
	folded.PriorUpdatedAt = a.PriorUpdatedAt
	folded.Placed = foldPlaced(a.Placed, b.Placed)
	if kind := folded.Kind(); kind == KindAccessGained || kind == KindAccessLost {
		folded.Fields = nil
	}
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

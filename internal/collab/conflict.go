package collab

import (
	"encoding/json"
	"maps"
	"slices"

	"tandem/internal/textmerge"
)

// A Resolution is how a conflict was ended.
type Resolution string

// The resolutions.
const (
	ResolveLocal  Resolution = "LOCAL"  // the edit that met the conflict wins
	ResolveRemote Resolution = "REMOTE" // the values that were there first stay
	ResolveMerged Resolution = "MERGED" // a person put the two together
)

// Resolutions are all of them.
var Resolutions = []Resolution{ResolveLocal, ResolveRemote, ResolveMerged}

// A Conflict is an edit that was not applied, because somebody else had changed one of its fields
// differently since the edit's base version. It is kept until somebody resolves it. It is an
// answer, so it is a Problem, but unlike other Problems it is committed.
type Conflict struct {
	ID            ID
	EntityType    EntityType
	EntityID      ID
	BaseVersion   int
	RemoteVersion int
	Fields        []*FieldConflict
	// Patch is the whole edit, including the fields that are not in conflict, so that nothing is
	// lost. A field that equals the base is part of the edit only if it undoes a change that its
	// author alone had made since; see Edit.
	Patch         Fields
	DetectedAt    Time
	DetectedForID ID
	// Authors are the people who chose the values of Patch, by field. It has a field if somebody
	// other than DetectedForID chose the value, since a conflict that moved on has values of
	// several people, and if the value equals the base and is part of the edit. It is nil if there
	// are no such fields, and in conflicts of older releases.
	Authors map[string]ID
	// Audience are the people who may see the edit; BaseAudience are those who may see the entity
	// at BaseVersion. Nil is everybody who may see the entity.
	Audience, BaseAudience []ID
	// Entity is the entity as it was when the conflict was read, deleted or not; nil in
	// a State and in an export.
	Entity       Entity `json:"-"`
	Resolution   *Resolution
	ResolvedByID *ID
	ResolvedAt   *Time
}

// A FieldConflict is one field that both sides changed differently.
type FieldConflict struct {
	Field string `json:"field"`
	// Base is null also where the log no longer reaches back to the base version.
	Base              JSON  `json:"base"`
	Local             JSON  `json:"local"`
	Remote            JSON  `json:"remote"`
	RemoteChangedByID *ID   `json:"remoteChangedBy"`
	RemoteChangedAt   *Time `json:"remoteChangedAt"`

	nature Nature // of the field, if a reader may see both sides
}

// A TextPart is a stretch of a text in conflict: an *AgreedText or a *ClashingText.
type TextPart interface{ IsTextPart() }

// An AgreedText is a stretch that both sides have, or only one of them changed.
type AgreedText struct{ Text string }

// A ClashingText is a stretch that the sides changed differently.
type ClashingText struct{ Base, Local, Remote string }

// IsTextPart marks a GraphQL TextPart.
func (*AgreedText) IsTextPart() {}

// IsTextPart marks a GraphQL TextPart.
func (*ClashingText) IsTextPart() {}

// Parts takes a text in conflict apart. They are made of the sides as the reader may see them, so nothing that is hidden
// or was erased is in them; nil for other fields, and for a reader who may not see all sides.
func (f *FieldConflict) Parts() (parts []TextPart) {
	if f.nature != NatureText {
		return nil
	}
	side := func(value JSON) string { return decoded[string](json.RawMessage(value)) }
	parts = []TextPart{}
	for _, p := range textmerge.Merge(side(f.Base), side(f.Local), side(f.Remote)) {
		if p.Clash {
			parts = append(parts, &ClashingText{p.Base, p.Local, p.Remote})
		} else {
			parts = append(parts, &AgreedText{p.Text})
		}
	}
	return parts
}

// Message describes the conflict to a person.
func (c *Conflict) Message() string {
	return "Somebody else changed " + enumerateFields(c.fieldNames()) + " since you began."
}

// fieldNames are the names of the fields in conflict.
func (c *Conflict) fieldNames() []string {
	names := make([]string, len(c.Fields))
	for i, f := range c.Fields {
		names[i] = f.Field
	}
	return names
}

// sides are the people whose values are in the conflict: first those of the edit, then those who
// changed the fields before it.
func (c *Conflict) sides() []ID {
	people := append([]ID{c.DetectedForID}, slices.Sorted(maps.Values(c.Authors))...)
	for _, f := range c.Fields {
		if f.RemoteChangedByID != nil {
			people = append(people, *f.RemoteChangedByID)
		}
	}
	return people
}

func (c *Conflict) Error() string { return c.Message() }

// IsProblem marks a Problem.
func (*Conflict) IsProblem() {}

// IsConflict marks a GraphQL Conflict.
func (*Conflict) IsConflict() {}

// IsNode marks a GraphQL Node.
func (*Conflict) IsNode() {}

// A ConflictOver is a conflict over an entity of one type.
type ConflictOver[E Entity] struct{ *Conflict }

// A TypedConflict is a conflict by the type of its entity: a *ConflictOver it.
type TypedConflict interface {
	Problem
	Common() *Conflict
	IsConflict()
	IsNode()
}

// Typed returns the conflict by the type of its entity.
func (c *Conflict) Typed() TypedConflict { return c.EntityType.noun().conflict(c) }

// Common gives access to the conflict, whatever the type of its entity.
func (c *Conflict) Common() *Conflict { return c }

// author returns the person who chose the value of a field of Patch.
func (c *Conflict) author(field string) ID {
	if id, known := c.Authors[field]; known {
		return id
	}
	return c.DetectedForID
}

// field returns what is in conflict about a field, or nil.
func (c *Conflict) field(name string) *FieldConflict {
	if i := slices.IndexFunc(c.Fields, func(f *FieldConflict) bool { return f.Field == name }); i >= 0 {
		return c.Fields[i]
	}
	return nil
}

// Edit returns the fields that the edit sets. Releases before 0007 also kept fields that equal
// base, the entity at BaseVersion, and are not part of the edit. base is nil if the log no longer
// has it.
func (c *Conflict) Edit(base Entity) (Fields, error) {
	if base == nil {
		return c.Patch, nil
	}
	document, err := fieldsOf(base)
	if err != nil {
		return nil, err
	}
	edit := changed(c.Patch, document)
	for _, f := range c.Fields {
		if value, kept := c.Patch[f.Field]; kept {
			edit[f.Field] = value
		}
	}
	for name := range c.Authors {
		if value, kept := c.Patch[name]; kept {
			edit[name] = value
		}
	}
	return edit, nil
}

// LocalState returns the remote state with the edit applied. base is as for Edit.
func (c *Conflict) LocalState(base, remote Entity) (Entity, error) {
	edit, err := c.Edit(base)
	if err != nil {
		return nil, err
	}
	return overlay(remote, edit)
}

// Fields is a document as a set of fields by name, each value as canonical JSON.
type Fields map[string]json.RawMessage

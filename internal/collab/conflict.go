package collab

import "encoding/json"

// A Resolution is how a conflict was ended.
type Resolution string

// The resolutions.
const (
	ResolveLocal  Resolution = "LOCAL"  // the edit that met the conflict wins
	ResolveRemote Resolution = "REMOTE" // what was there first stays
	ResolveMerged Resolution = "MERGED" // a person put the two together
)

// A Conflict is an edit that was not applied, because somebody else had
// changed one of its fields differently since the edit's base version. It is
// kept until somebody resolves it. It is an answer, so it is a Problem, but one
// that is committed.
type Conflict struct {
	ID            ID
	EntityType    EntityType
	EntityID      ID
	BaseVersion   int
	RemoteVersion int
	Fields        []*FieldConflict
	// Patch is the whole edit, also the fields that are in no conflict, so that none
	// of it is lost. A field that equals the base is a part of it only where it undoes
	// what its author alone had changed since; see Edit.
	Patch         Fields
	DetectedAt    Time
	DetectedForID ID
	// Authors are who chose the values of Patch, by field, where that is somebody
	// else than DetectedForID, since a conflict that moved on has values of several people,
	// and where the value equals the base and is a part of the edit. It is nil where there
	// are none of these, and in conflicts of older releases.
	Authors map[string]ID
	// Audience are those who may see the edit, BaseAudience those who may see the
	// entity at BaseVersion; nil is everybody who may see the entity.
	Audience, BaseAudience []ID
	// Entity is the entity as it was when the conflict was read, deleted or not; nil in
	// a State and in a PersonalRecord.
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
}

// Message says it to a person.
func (c *Conflict) Message() string {
	names := make([]string, len(c.Fields))
	for i, f := range c.Fields {
		names[i] = f.Field
	}
	return "Somebody else changed " + enumerate(names) + " since you began."
}

func (c *Conflict) Error() string { return c.Message() }

// IsProblem marks a Problem.
func (*Conflict) IsProblem() {}

// IsConflict marks a GraphQL Conflict.
func (*Conflict) IsConflict() {}

// IsNode marks a GraphQL Node.
func (*Conflict) IsNode() {}

// A CustomerConflict is a conflict over a customer.
type CustomerConflict struct{ *Conflict }

// A CallConflict is a conflict over a call.
type CallConflict struct{ *Conflict }

// A MeetingConflict is a conflict over a meeting.
type MeetingConflict struct{ *Conflict }

// A TypedConflict is a conflict by the type of its entity: a *CustomerConflict,
// *CallConflict or *MeetingConflict.
type TypedConflict interface {
	Problem
	Common() *Conflict
	IsConflict()
	IsNode()
}

// Typed returns the conflict by the type of its entity.
func (c *Conflict) Typed() TypedConflict {
	switch c.EntityType {
	case TypeCustomer:
		return &CustomerConflict{c}
	case TypeCall:
		return &CallConflict{c}
	default:
		return &MeetingConflict{c}
	}
}

// Common gives access to the conflict, whatever the type of its entity.
func (c *Conflict) Common() *Conflict { return c }

// author returns who chose the value of a field of Patch.
func (c *Conflict) author(field string) ID {
	if id, known := c.Authors[field]; known {
		return id
	}
	return c.DetectedForID
}

// Edit returns the fields that the edit sets. Releases before 0007 also kept fields that
// equal base, the entity at BaseVersion, and are no part of it. A nil base is one that the
// log no longer has.
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

// LocalState returns the remote state with the edit laid over it. base is as for Edit.
func (c *Conflict) LocalState(base, remote Entity) (Entity, error) {
	edit, err := c.Edit(base)
	if err != nil {
		return nil, err
	}
	return overlay(remote, edit)
}

// Fields is a document as a set of fields by name, each value as canonical JSON.
type Fields map[string]json.RawMessage

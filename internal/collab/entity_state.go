package collab

import (
	"strconv"
	"strings"
)

// deriveID returns an id that is derived from the parts of what it names: equal parts always give
// the same id, and different parts different ids. No identity provider begins an id with ~.
func deriveID(kind string, last ID, before ...ID) ID {
	id := "~" + kind + ":"
	for _, part := range before {
		id += escapePart.Replace(string(part)) + ":"
	}
	return ID(id) + last
}

// escapePart escapes the separator in a part of a derived id.
var escapePart = strings.NewReplacer("%", "%25", ":", "%3a")

func number(n int) ID { return ID(strconv.Itoa(n)) }

// An EntityState is an entity at one version, or as an edit in conflict would leave it. Its id
// distinguishes it from the entity as it is now.
type EntityState struct {
	ID     ID
	Entity Entity
}

// StateOf returns an entity, as it was at a version, as a state. It is nil for nil.
func StateOf(e Entity) *EntityState {
	if e == nil {
		return nil
	}
	return &EntityState{deriveID("state", number(e.Common().Version), e.Common().ID), e}
}

// LocalStateOf returns the local side of a conflict as a state. It is nil for nil.
func (c *Conflict) LocalStateOf(local Entity) *EntityState {
	if local == nil {
		return nil
	}
	return &EntityState{deriveID("state", number(c.RemoteVersion), c.ID, number(c.BaseVersion)), local}
}

// State is the entity as the change left it; nil if the reader may no longer see it.
func (c *Change) State() *EntityState {
	if c.isLost() {
		return nil
	}
	return StateOf(c.Snapshot)
}

// EntityType is the type of the entity.
func (s *EntityState) EntityType() EntityType { return s.Entity.Common().Type }

// EntityID is the id of the entity.
func (s *EntityState) EntityID() ID { return s.Entity.Common().ID }

// Version is the version that the state shows.
func (s *EntityState) Version() int { return s.Entity.Common().Version }

// UpdatedAt is when the version was made.
func (s *EntityState) UpdatedAt() Time { return s.Entity.Common().UpdatedAt }

// DeletedAt is when the entity was deleted; nil while it was there.
func (s *EntityState) DeletedAt() *Time { return s.Entity.Common().DeletedAt }

// Document returns the fields that a patch can set.
func (s *EntityState) Document() (Fields, error) { return fieldsOf(s.Entity) }

// ID is the viewer's id, which differs from the person's.
func (v *Viewer) ID() ID { return deriveID("viewer", v.User.ID) }

// ID is the membership's id, which differs from the person's.
func (m *Member) ID() ID { return deriveID("member", m.User.ID) }

// NodeID is the id of an organization whose own id is also that of a person.
func (o *Organization) NodeID() ID { return deriveID("organization", o.ID) }

package collab

import (
	"encoding/json"
	"fmt"
)

// An EntityType says what kind of entity it is.
type EntityType string

// The types of entities.
const (
	TypeCustomer EntityType = "CUSTOMER"
	TypeCall     EntityType = "CALL"
	TypeMeeting  EntityType = "MEETING"
)

// EntityTypes are all types of entities.
var EntityTypes = []EntityType{TypeCustomer, TypeCall, TypeMeeting}

// noun is the type as it stands in a sentence.
func (t EntityType) noun() string {
	switch t {
	case TypeCustomer:
		return "customer"
	case TypeCall:
		return "call"
	default:
		return "meeting"
	}
}

// prefix is what ids of the type start with.
func (t EntityType) prefix() string {
	switch t {
	case TypeCustomer:
		return prefixCustomer
	case TypeCall:
		return prefixCall
	default:
		return prefixMeeting
	}
}

// Visibility says who sees an entity.
type Visibility string

// The visibilities.
const (
	VisibleToOrganization Visibility = "ORGANIZATION"
	VisibleRestricted     Visibility = "RESTRICTED"
)

// A Record is what every entity has, whatever its type.
type Record struct {
	ID      ID         `json:"id"`
	Type    EntityType `json:"type"`
	Version int        `json:"version"`
	// Cursor is the change that made this version. A store fills it in; it is no part of the document.
	Cursor    Cursor `json:"-"`
	CreatedBy ID     `json:"createdBy"`
	UpdatedBy ID     `json:"updatedBy"`
	CreatedAt Time   `json:"createdAt"`
	UpdatedAt Time   `json:"updatedAt"`
	DeletedAt *Time  `json:"deletedAt,omitempty"`
}

// Common gives access to the record of any entity.
func (r *Record) Common() *Record { return r }

// IsEntity marks a GraphQL Entity.
func (*Record) IsEntity() {}

// IsNode marks a GraphQL Node.
func (*Record) IsNode() {}

// An Entity is what people edit together: a *Customer, a *Call or a *Meeting.
type Entity interface {
	Common() *Record
	// DisplayName is the customer's name, the call's subject, the meeting's title.
	DisplayName() string
	// Belongings are the entity's ties to other nodes.
	Belongings() Belongings
	// SearchText is what a search looks through.
	SearchText() string
	IsEntity()
	IsNode()

	// fields points to the document: the struct of what a patch can set.
	fields() any
	// groups are the fields that are valid only together.
	groups() []group
	// validate reports what is wrong with the fields one by one; see the function validate.
	validate(*violations)
}

// Belongings are an entity's ties to other nodes, as its document has them.
type Belongings struct {
	OwnerID     *ID
	CustomerID  *ID // of a customer: itself
	AttendeeIDs []ID
	Status      string
	StartsAt    *Time
	Visibility  Visibility
}

// newEntity returns an empty entity of a type, or nil for an unknown type. A
// document never has a null list.
func newEntity(t EntityType) Entity {
	switch t {
	case TypeCustomer:
		return &Customer{CustomerFields: CustomerFields{Tags: []string{}}}
	case TypeCall:
		return &Call{}
	case TypeMeeting:
		return &Meeting{MeetingFields: MeetingFields{AttendeeIDs: []ID{}}}
	}
	return nil
}

// EncodeEntity returns the snapshot of an entity, as stores keep it.
func EncodeEntity(e Entity) ([]byte, error) { return json.Marshal(e) }

// DecodeEntity reads a snapshot back. The cursor is where the version was made.
func DecodeEntity(t EntityType, snapshot []byte, cursor Cursor) (Entity, error) {
	e := newEntity(t)
	if e == nil {
		return nil, fmt.Errorf("snapshot of an unknown entity type %q", t)
	}
	if err := json.Unmarshal(snapshot, e); err != nil {
		return nil, fmt.Errorf("decode a %s: %w", t.noun(), err)
	}
	e.Common().Cursor = cursor
	return e, nil
}

// A Node is whatever has an id of its own.
type Node interface{ IsNode() }

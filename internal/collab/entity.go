package collab

import (
	"encoding/json"
	"fmt"

	jsonv2 "github.com/go-json-experiment/json"
)

// An EntityType is a kind of entity.
type EntityType string

// Visibility is who may see an entity.
type Visibility string

// The visibilities.
const (
	VisibleToOrganization Visibility = "ORGANIZATION"
	VisibleRestricted     Visibility = "RESTRICTED"
)

// A Record has the fields that entities of all types share.
type Record struct {
	ID      ID         `json:"id"`
	Type    EntityType `json:"type"`
	Version int        `json:"version"`
	// Cursor is the change that made this version. A store fills it in; it is not part of the
	// document.
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

// An Entity is what people edit together: a *Customer, a *Call, a *Meeting and so on. Each type of entities is declared
// as a struct of a Record and its fields; what the interface asks for is generated of that.
type Entity interface {
	Common() *Record
	// DisplayName is the value of the field that names the entity.
	DisplayName() string
	// Indexed returns the values by which entities are listed.
	Indexed() Indexed
	// SearchText is the text that a search looks through.
	SearchText() string
	IsEntity()
	IsNode()

	// noun is the entity's type; it works also before the entity has a record.
	noun() *Noun
	personal()
	// fields points to the document: the struct of the fields that a patch can set.
	fields() any
	// groups are the fields that are valid only together.
	groups() []group
	// validate reports what is wrong with the fields one by one; see the function validate.
	validate(*violations)
}

// Indexed are the values of a document by which entities are listed, related and seen.
type Indexed struct {
	OwnerID     *ID
	CustomerID  *ID // of a customer: itself
	AttendeeIDs []ID
	Tags        []string
	Status      string
	StartsAt    *Time
	Amount      *SafeInt
	Visibility  Visibility
}

// EncodeEntity returns the snapshot of an entity, as stores keep it.
func EncodeEntity(e Entity) ([]byte, error) { return json.Marshal(e) }

// DecodeEntity reads a snapshot back. cursor is that of the change that made the version.
func DecodeEntity(t EntityType, snapshot []byte, cursor Cursor) (Entity, error) {
	noun, err := NounOf(t)
	if err != nil {
		return nil, fmt.Errorf("decode a snapshot: %w", err)
	}
	e := noun.New()
	if err := jsonv2.Unmarshal(snapshot, e); err != nil {
		return nil, fmt.Errorf("decode a %s: %w", t.word(), err)
	}
	e.Common().Cursor = cursor
	return e, nil
}

// A Node is anything with an id of its own.
type Node interface{ IsNode() }

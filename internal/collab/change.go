package collab

import (
	"encoding/json"
	"strings"
)

// A ChangeType says what a change did.
type ChangeType string

// The types of changes. The first six are activity that people see.
const (
	ChangeCreate  ChangeType = "CREATE"
	ChangeUpdate  ChangeType = "UPDATE"
	ChangeDelete  ChangeType = "DELETE"
	ChangeRestore ChangeType = "RESTORE"
	ChangeView    ChangeType = "VIEW"
	ChangeComment ChangeType = "COMMENT"

	// ChangeConflict detected a conflict or moved it on; the entity stayed as it was.
	ChangeConflict ChangeType = "CONFLICT"
	// ChangeResolve ended a conflict with what was already there.
	ChangeResolve ChangeType = "RESOLVE"
	// ChangeMember made somebody a member, took them out, or changed their role
	// or what is known of them.
	ChangeMember ChangeType = "MEMBER"
	// ChangeAccess granted somebody access to an entity, or revoked it.
	ChangeAccess ChangeType = "ACCESS"
)

// EntityChangeTypes are the types that make a new version of an entity.
var EntityChangeTypes = []ChangeType{ChangeCreate, ChangeUpdate, ChangeDelete, ChangeRestore}

// ActivityTypes are the types that people see in an activity feed.
var ActivityTypes = []ChangeType{ChangeCreate, ChangeUpdate, ChangeDelete, ChangeRestore, ChangeView, ChangeComment}

// A Change is one committed write, and one row of its organization's log.
// It is whole: fan-out, replay and merge need nothing else. Nobody modifies a
// Change once a Store has returned it, since many readers share it.
type Change struct {
	OrgID  ID         `json:"orgId"`
	Cursor Cursor     `json:"cursor"`
	Type   ChangeType `json:"type"`
	// EntityType and EntityID are empty for a change of a member.
	EntityType EntityType `json:"entityType,omitempty"`
	EntityID   ID         `json:"entityId,omitempty"`
	// EntityVersion is the version that the change made, or saw.
	EntityVersion int `json:"entityVersion,omitempty"`
	// CustomerID is the customer whose feed it belongs to, after the change.
	CustomerID *ID `json:"customerId,omitempty"`
	// PriorCustomerID is the customer whose feed it belonged to before, where that is another one.
	PriorCustomerID *ID `json:"priorCustomerId,omitempty"`
	// ActorID is who did it.
	ActorID ID `json:"actorId"`
	// Audience are the ids, in order, of those who may see the entity both before
	// and after the change; nil is the whole organization. Admins always may.
	Audience []ID `json:"audience,omitzero"`
	// Regards says whose access the change alters; nil for nearly all changes.
	Regards *Regards `json:"regards,omitempty"`
	// Fields are the fields whose value it changed.
	Fields []*FieldChange `json:"fields,omitempty"`
	// Snapshot is the entity as this change left it; nil where it made no version.
	Snapshot         Entity `json:"-"`
	ClientMutationID *ID    `json:"clientMutationId,omitempty"`
	// Fingerprint is that of the input which came with ClientMutationID. It is "" in
	// changes from before fingerprints were kept. Only State.Earlier is read with it.
	Fingerprint string `json:"-"`
	// Merged tells that changes of others since the base version are in the result.
	Merged     bool `json:"merged,omitempty"`
	CommentID  *ID  `json:"commentId,omitempty"`
	ConflictID *ID  `json:"conflictId,omitempty"`
	OccurredAt Time `json:"occurredAt"`
	// Metadata is what else is worth knowing, as JSON; often null.
	Metadata JSON `json:"metadata,omitempty"`
	// Notifications are what the change tells single people, at most one for
	// each. They are rows of their own, committed with it.
	Notifications []*Notification `json:"notifications,omitempty"`
	// FoldedFrom is the version before the first of the changes that were folded
	// into this one; nil for a change as the log has it.
	FoldedFrom *int `json:"-"`
}

// A FieldChange is one field's value before and after.
type FieldChange struct {
	Field    string `json:"field"`
	OldValue JSON   `json:"oldValue"`
	NewValue JSON   `json:"newValue"`
	// AuthorID is whose edit set the field, where that is not the change's actor: a
	// resolution applies what others chose, and it stays theirs.
	AuthorID *ID `json:"authorId,omitempty"`
}

// An EditedField is a field that a change set, without its values.
type EditedField struct {
	Field    string `json:"field"`
	AuthorID *ID    `json:"authorId,omitempty"`
}

// Edited returns the fields of a change that made a version of an entity, and nil for other changes.
func (c *Change) Edited() []EditedField {
	if c.Snapshot == nil {
		return nil
	}
	edited := make([]EditedField, len(c.Fields))
	for i, f := range c.Fields {
		edited[i] = EditedField{f.Field, f.AuthorID}
	}
	return edited
}

// IsNode marks the change, as an activity event, as a GraphQL Node.
func (*Change) IsNode() {}

// ID names the change as an activity event. It is made of the cursor, since
// an event is its place in the log.
func (c *Change) ID() ID { return ID(prefixActivity + "_" + c.Cursor.String()) }

// ChangeCursor returns the place in the log that an id made by ID names.
func ChangeCursor(id ID) (Cursor, bool) {
	if id.Prefix() != prefixActivity {
		return Cursor{}, false
	}
	cursor, err := ParseCursor(strings.TrimPrefix(string(id), prefixActivity+"_"))
	return cursor, err == nil
}

// MakesVersion reports whether the change made a new version of an entity.
func (c *Change) MakesVersion() bool { return c.Snapshot != nil }

// IsActivity reports whether people see the change in an activity feed.
func (c *Change) IsActivity() bool {
	return c.MakesVersion() || c.Type == ChangeView || c.Type == ChangeComment
}

// Action is the change as a dotted verb for programs: customer.updated, meeting.viewed.
func (c *Change) Action() string {
	verbs := map[ChangeType]string{
		ChangeCreate: "created", ChangeUpdate: "updated", ChangeDelete: "deleted",
		ChangeRestore: "restored", ChangeView: "viewed", ChangeComment: "commented",
	}
	return c.EntityType.noun() + "." + verbs[c.Type]
}

// changeJSON is a Change with its snapshot, for the way between instances.
type changeJSON struct {
	*plainChange
	Snapshot json.RawMessage `json:"snapshot,omitempty"`
}

type plainChange Change

// MarshalJSON encodes the whole change, snapshot included.
func (c *Change) MarshalJSON() ([]byte, error) {
	out := changeJSON{plainChange: (*plainChange)(c)}
	if c.Snapshot != nil {
		snapshot, err := EncodeEntity(c.Snapshot)
		if err != nil {
			return nil, err
		}
		out.Snapshot = snapshot
	}
	return json.Marshal(out)
}

// UnmarshalJSON decodes what MarshalJSON made.
func (c *Change) UnmarshalJSON(b []byte) error {
	in := changeJSON{plainChange: (*plainChange)(c)}
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	if len(in.Snapshot) == 0 {
		return nil
	}
	var err error
	c.Snapshot, err = DecodeEntity(c.EntityType, in.Snapshot, c.Cursor)
	return err
}

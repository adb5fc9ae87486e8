package collab

import (
	"encoding/json"
	"slices"
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
	// ChangeResolve ended a conflict with the values that were already there.
	ChangeResolve ChangeType = "RESOLVE"
	// ChangeMember made somebody a member, removed them, or changed their role or profile.
	ChangeMember ChangeType = "MEMBER"
	// ChangeAccess granted somebody access to an entity, or revoked it.
	ChangeAccess ChangeType = "ACCESS"
)

// ChangeTypes are all types of changes.
var ChangeTypes = append(slices.Clone(ActivityTypes), ChangeConflict, ChangeResolve, ChangeMember, ChangeAccess)

// EntityChangeTypes are the types that make a new version of an entity.
var EntityChangeTypes = []ChangeType{ChangeCreate, ChangeUpdate, ChangeDelete, ChangeRestore}

// FollowedTypes are the types that subscriptions to one entity show: new versions, and events of its conflicts.
var FollowedTypes = append(slices.Clone(EntityChangeTypes), ChangeConflict, ChangeResolve)

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
	// PriorCustomerID is the customer whose feed it belonged to before, if that is a different one.
	PriorCustomerID *ID `json:"priorCustomerId,omitempty"`
	// ActorID is the person who made the change.
	ActorID ID `json:"actorId"`
	// Audience are the sorted ids of the people who may see the entity both before and after the
	// change; nil is the whole organization. Admins always may see it.
	Audience []ID `json:"audience,omitzero"`
	// AccessEffects lists whose access the change alters; nil for nearly all changes. The column and the
	// JSON key of released logs are named regards.
	AccessEffects *AccessEffects `json:"regards,omitempty"`
	// Fields are the fields whose values it changed.
	Fields []*FieldChange `json:"fields,omitempty"`
	// Snapshot is the entity as this change left it; nil if it made no version.
	Snapshot Entity `json:"-"`
	// PriorUpdatedAt is when the version before was made, by which filters judge that version. It is nil
	// for a new entity, where changes are read without it, and in changes of releases that did not keep
	// it, if the log no longer has that version.
	PriorUpdatedAt   *Time `json:"priorUpdatedAt,omitempty"`
	ClientMutationID *ID   `json:"clientMutationId,omitempty"`
	// Fingerprint is the fingerprint of the input that came with ClientMutationID. It is "" in
	// changes from before fingerprints were kept. Stores read it only for State.Earlier.
	Fingerprint string `json:"-"`
	// Merged is set if changes of others since the base version are in the result.
	Merged     bool `json:"merged,omitempty"`
	CommentID  *ID  `json:"commentId,omitempty"`
	ConflictID *ID  `json:"conflictId,omitempty"`
	OccurredAt Time `json:"occurredAt"`
	// Batch is the place of the change among those of one mutation; nil for a change by itself.
	Batch *Batch `json:"batch,omitempty"`
	// Metadata is additional information as JSON; often null.
	Metadata JSON `json:"metadata,omitempty"`
	// Notifications are the notifications that the change sends, at most one per person. They are
	// rows of their own, committed with it.
	Notifications []*Notification `json:"notifications,omitempty"`
	// Trace is the W3C traceparent of the announcement, or "". Only announcements have one: the log does not keep it, and
	// an instance that traces nothing ignores it.
	Trace string `json:"trace,omitempty"`
	// FoldedFrom is the version before the first of the changes that were folded into this one; nil
	// for a change from the log.
	FoldedFrom *int `json:"-"`
	// Placed is how a feed shows the change; nil for a change from the log.
	Placed *Placed `json:"-"`
	// earlier is nil for a change that does not keep the entity before it.
	earlier *earlier
}

// Follow notes when the version before was made. before is the entity before the change, or nil. A nil change notes
// nothing.
func (c *Change) Follow(before Entity) {
	if c != nil && c.Snapshot != nil && before != nil {
		c.PriorUpdatedAt = ptr(before.Common().UpdatedAt)
	}
}

// Commit sets the place at which a store commits the change, also in its snapshot and notifications.
func (c *Change) Commit(orgID ID, cursor Cursor) {
	c.OrgID, c.Cursor = orgID, cursor
	if c.Snapshot != nil {
		c.Snapshot.Common().Cursor = cursor
	}
	for _, n := range c.Notifications {
		n.Cursor = cursor
	}
	c.keepEarlier()
}

// A FieldChange is one field's value before and after.
type FieldChange struct {
	Field    string `json:"field"`
	OldValue JSON   `json:"oldValue"`
	NewValue JSON   `json:"newValue"`
	// AuthorID is the person whose edit set the field, if that is not the change's actor: a
	// resolution applies values that others chose, and they remain the authors.
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

// ChangeCursor returns the place in the log that an id from ID names.
func ChangeCursor(id ID) (Cursor, bool) {
	if id.Prefix() != prefixActivity {
		return Cursor{}, false
	}
	cursor, err := ParseCursor(strings.TrimPrefix(string(id), prefixActivity+"_"))
	return cursor, err == nil
}

// fieldNames are the names of the fields that the change set.
func (c *Change) fieldNames() []string {
	names := make([]string, len(c.Fields))
	for i, f := range c.Fields {
		names[i] = f.Field
	}
	return names
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
	return strings.ToLower(string(c.EntityType)) + "." + verbs[c.Type]
}

// changeJSON is a Change with its snapshot, as sent between instances.
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

// UnmarshalJSON decodes a change that MarshalJSON encoded.
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
	c.keepEarlier()
	return err
}

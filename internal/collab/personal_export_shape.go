package collab

import (
	"bytes"
	"encoding/json"
	"slices"
)

// The shapes of the records in an export. docs/personal-data.md promises them.

type exportHead struct {
	AsOf           Cursor           `json:"asOf"`
	ExportedAt     Time             `json:"exportedAt"`
	OrganizationID ID               `json:"organizationId"`
	Person         exportPerson     `json:"person"`
	Presence       []exportPresence `json:"presence"`

	Preferences exportPreferences `json:"notificationPreferences"`
}

type exportPerson struct {
	ID             ID      `json:"id"`
	Name           string  `json:"name"`
	Email          *string `json:"email"`
	Picture        *string `json:"picture"`
	Role           Role    `json:"role"`
	Removed        bool    `json:"removed"`
	Erased         bool    `json:"erased"`
	PresenceHidden bool    `json:"presenceHidden"`
}

type exportPresence struct {
	Room ID `json:"room"`
	Presence
}

type exportPreferences struct {
	Channels   ChannelChoices  `json:"channels"` // only what the person chose, by kind
	QuietHours *QuietHours     `json:"quietHours"`
	TimeZone   string          `json:"timeZone"`
	Digest     DigestFrequency `json:"digest"`
	// RefusedEmail is the address that the mail server does not know; null for none.
	RefusedEmail *string      `json:"refusedEmail"`
	Muted        []exportMute `json:"muted"`
}

type exportMute struct {
	EntityID ID    `json:"entityId"`
	Until    *Time `json:"until"`
}

type exportEntity struct {
	ID        ID         `json:"id"`
	Type      EntityType `json:"type"`
	Version   int        `json:"version"`
	Name      *string    `json:"name"` // null where the person may not see it
	As        []string   `json:"as"`   // createdBy, updatedBy, ownerId, attendeeIds
	DeletedAt *Time      `json:"deletedAt"`
}

type exportChange struct {
	Cursor           Cursor         `json:"cursor"`
	Type             ChangeType     `json:"type"`
	OccurredAt       Time           `json:"occurredAt"`
	EntityType       EntityType     `json:"entityType,omitempty"`
	EntityID         ID             `json:"entityId,omitempty"`
	EntityVersion    int            `json:"entityVersion,omitempty"`
	Actor            bool           `json:"actor"`   // whether the person did it
	NamedIn          []string       `json:"namedIn"` // where else the row has their id
	Fields           []*FieldChange `json:"fields,omitempty"`
	ClientMutationID *ID            `json:"clientMutationId,omitempty"`
	CommentID        *ID            `json:"commentId,omitempty"`
	ConflictID       *ID            `json:"conflictId,omitempty"`
	Metadata         JSON           `json:"metadata,omitempty"`
}

type exportComment struct {
	ID         ID         `json:"id"`
	EntityType EntityType `json:"entityType"`
	EntityID   ID         `json:"entityId"`
	Author     bool       `json:"author"`    // whether the person wrote it
	Mentioned  bool       `json:"mentioned"` // whether it mentions them
	Body       *string    `json:"body"`      // null where others wrote it and the person may not see it
	CreatedAt  Time       `json:"createdAt"`
}

type exportConflict struct {
	ID          ID               `json:"id"`
	EntityType  EntityType       `json:"entityType"`
	EntityID    ID               `json:"entityId"`
	DetectedFor bool             `json:"detectedFor"` // whether the edit is the person's
	DetectedAt  Time             `json:"detectedAt"`
	ResolvedBy  bool             `json:"resolvedBy"`
	Resolution  *Resolution      `json:"resolution"`
	ResolvedAt  *Time            `json:"resolvedAt"`
	Patch       Fields           `json:"patch,omitempty"`  // only the values that they chose
	Fields      []*FieldConflict `json:"fields,omitempty"` // only where they may see them
}

type exportCaused struct {
	ID        ID               `json:"id"`
	Kind      NotificationKind `json:"kind"`
	Title     string           `json:"title"`
	CreatedAt Time             `json:"createdAt"`
}

type exportAudit struct {
	Number     int64       `json:"number"`
	Action     AuditAction `json:"action"`
	OccurredAt Time        `json:"occurredAt"`
	Actor      bool        `json:"actor"`   // whether the person did it
	Subject    bool        `json:"subject"` // whether it was done to them
	EntityID   ID          `json:"entityId,omitempty"`
	Address    string      `json:"address,omitempty"` // from where, only where they did it
	Agent      string      `json:"agent,omitempty"`
	Client     string      `json:"client,omitempty"`
	Details    JSON        `json:"details,omitempty"`
}

func auditOf(a *AuditEntry, userID ID) exportAudit {
	out := exportAudit{
		Number: a.Number, Action: a.Action, OccurredAt: a.OccurredAt,
		Actor: a.ActorID == userID, Subject: a.SubjectID == userID, EntityID: a.EntityID, Details: a.Details,
	}
	if out.Actor {
		out.Address, out.Agent, out.Client = a.Origin.Address, a.Origin.Agent, a.Origin.Client
	}
	return out
}

func entityOf(e Entity, userID ID, hidden bool) exportEntity {
	r := e.Common()
	out := exportEntity{ID: r.ID, Type: r.Type, Version: r.Version, As: rolesIn(e, userID), DeletedAt: r.DeletedAt}
	if !hidden {
		out.Name = ptr(e.DisplayName())
	}
	return out
}

// rolesIn are the places of an entity that have a person's id.
func rolesIn(e Entity, userID ID) []string {
	r, b, as := e.Common(), e.Indexed(), []string{}
	for _, place := range []struct {
		name string
		has  bool
	}{
		{"createdBy", r.CreatedBy == userID},
		{"updatedBy", r.UpdatedBy == userID},
		{"ownerId", b.OwnerID != nil && *b.OwnerID == userID},
		{"attendeeIds", slices.Contains(b.AttendeeIDs, userID)},
	} {
		if place.has {
			as = append(as, place.name)
		}
	}
	return as
}

func changeOf(c *Change, userID ID, hidden bool) exportChange {
	out := exportChange{
		Cursor: c.Cursor, Type: c.Type, OccurredAt: c.OccurredAt,
		EntityType: c.EntityType, EntityID: c.EntityID, EntityVersion: c.EntityVersion,
		Actor: c.ActorID == userID, NamedIn: namedIn(c, userID),
	}
	if out.Actor {
		out.ClientMutationID, out.CommentID, out.ConflictID, out.Metadata = c.ClientMutationID, c.CommentID, c.ConflictID, c.Metadata
	}
	for _, f := range c.Fields {
		switch names := mentions(f.OldValue, userID) || mentions(f.NewValue, userID); {
		case !out.Actor && !names:
		case hidden:
			out.Fields = append(out.Fields, &FieldChange{Field: f.Field})
		default:
			out.Fields = append(out.Fields, f)
		}
	}
	return out
}

// namedIn are the places of a row of the log that have a person's id, except the actor.
func namedIn(c *Change, userID ID) []string {
	places := []string{}
	if c.Snapshot != nil {
		places = rolesIn(c.Snapshot, userID)
	}
	for _, f := range c.Fields {
		if mentions(f.OldValue, userID) || mentions(f.NewValue, userID) {
			places = append(places, "changes."+f.Field)
		}
	}
	if mentions(c.Metadata, userID) {
		places = append(places, "metadata")
	}
	if slices.Contains(c.Audience, userID) {
		places = append(places, "audience")
	}
	if c.AccessEffects != nil && c.AccessEffects.People[userID] != "" {
		places = append(places, "regards")
	}
	return places
}

// mentions reports whether JSON has an id as a whole string.
func mentions(value JSON, userID ID) bool {
	quoted, _ := json.Marshal(userID) // a text always encodes
	return bytes.Contains(value, quoted)
}

func commentOf(c *Comment, userID ID, hidden bool) exportComment {
	out := exportComment{
		ID: c.ID, EntityType: c.EntityType, EntityID: c.EntityID, CreatedAt: c.CreatedAt,
		Author: c.AuthorID == userID, Mentioned: slices.Contains(c.MentionIDs, userID),
	}
	if out.Author || !hidden {
		out.Body = &c.Body
	}
	return out
}

func conflictOf(c *Conflict, userID ID, hidden bool) exportConflict {
	out := exportConflict{
		ID: c.ID, EntityType: c.EntityType, EntityID: c.EntityID,
		DetectedFor: c.DetectedForID == userID, DetectedAt: c.DetectedAt,
		ResolvedBy: c.ResolvedByID != nil && *c.ResolvedByID == userID, Resolution: c.Resolution, ResolvedAt: c.ResolvedAt,
	}
	out.Patch = Fields{}
	for field, value := range c.Patch {
		if c.author(field) == userID {
			out.Patch[field] = value
		}
	}
	if !hidden {
		out.Fields = c.ShownTo(Scope{UserID: userID}).Fields
	}
	return out
}

package collab

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"strings"
)

const (
	// ErasedName is the name shown for an erased person where a name is required.
	ErasedName = "Erased person"
	// ErasedText replaces the texts that an erased person wrote.
	ErasedText = "This was erased."
)

// fieldErased is the field in a change that erased somebody.
const fieldErased = "erased"

// ErasePersonalData erases a person from everything that is kept, and returns how many records it
// touched; 0 for somebody who was erased before. Their changes stay, without an author. Later
// tokens never restore their profile. The error is Forbidden unless the viewer is an admin, and
// BadInput for somebody who never was a member, and for the last admin.
func (s *Service) ErasePersonalData(ctx context.Context, v *Viewer, userID ID) (int, error) {
	erasure := &Erasure{UserID: userID, At: At(s.now())}
	written, err := s.write(ctx, Intent{
		OrgID: v.Organization.ID, ActorID: v.User.ID, UserIDs: []ID{userID}, Admins: true, Audited: true,
	}, func(st *State) (*Decision, error) { return st.erase(erasure) })
	if written == nil {
		return 0, err
	}
	if s.presences != nil {
		err = errors.Join(err, s.presences.LeaveAll(ctx, v.Organization.ID, userID))
	}
	return written.Erased, err
}

func (st *State) erase(e *Erasure) (*Decision, error) {
	actor, member, err := st.adminAndMember(e.UserID)
	if err != nil {
		return nil, err
	}
	if member.User.Erased {
		return &Decision{Erasure: e}, nil
	}
	if err := st.keepAdmin(Membership{UserID: e.UserID, Role: member.Role, RemovedAt: &e.At}); err != nil {
		return nil, err
	}
	change := &Change{
		Type: ChangeMember, ActorID: actor.User.ID, OccurredAt: e.At, Metadata: personMetadata(e.UserID),
		Fields:        []*FieldChange{flag(fieldErased, true)},
		AccessEffects: &AccessEffects{People: map[ID]Effect{e.UserID: EffectLost}},
	}
	if !member.Removed {
		change.Fields = append(change.Fields, flag("removed", true))
	}
	if e.UserID == actor.User.ID {
		change.Metadata = nil // as of all that they did
	}
	audit := actor.audited(AuditDataErased, e.At)
	audit.SubjectID = e.UserID
	return &Decision{Change: change, Erasure: e, Audit: []*AuditEntry{audit}}, nil
}

// flag is a change of a boolean field.
func flag(field string, now bool) *FieldChange {
	values := map[bool]JSON{false: JSON("false"), true: JSON("true")}
	return &FieldChange{Field: field, OldValue: values[!now], NewValue: values[now]}
}

// Erases reports whether the change erased a person. Anything that was read from the log before
// must then no longer be shown.
func (c *Change) Erases() bool { return c.Type == ChangeMember && c.changed(fieldErased) }

// Erase removes the values that a person chose from the edit, and reports whether there were any.
// If the authors of the values are unknown, it removes all values. An edit without values changes
// nothing when it wins.
func (c *Conflict) Erase(userID ID) (had bool) {
	theirs := func(field string) bool { return c.Authors == nil || c.author(field) == userID }
	for _, f := range c.Fields {
		if theirs(f.Field) {
			had = had || !isNull(json.RawMessage(f.Local))
			f.Local = nil
		}
	}
	for field := range c.Patch {
		if theirs(field) {
			had = true
			delete(c.Patch, field)
		}
	}
	maps.DeleteFunc(c.Authors, func(_ string, author ID) bool { return author == userID })
	return had
}

// ErasedNotification is the text of a notification of a kind once the person who caused it is
// erased, unless its Burst has a Nameless one. An empty Body keeps the existing one, which is not theirs.
type ErasedNotification struct {
	Kind        NotificationKind
	Title, Body string
}

// isErased reports whether an erasure left nothing of the notification to read: it had nothing but comments of one person, or an older
// release wrote it.
func (n *Notification) isErased() bool {
	if n.Burst == nil || n.Burst.Nameless == nil {
		return n.Title == n.Kind.Discreet(1) && n.Body == ErasedText
	}
	left := n.Burst.Nameless
	return n.Title == left.Title && n.Body == left.Body && len(n.ActorIDs) == 1 && n.CommentCount() == n.Count && strings.HasSuffix(n.Body, ErasedText)
}

// ErasedNotifications has one for each kind.
var ErasedNotifications = func() (all []ErasedNotification) {
	for _, kind := range NotificationKinds {
		erased := ErasedNotification{Kind: kind, Title: kind.Discreet(1)}
		if kind == NotifyMention || kind == NotifyComment || kind == NotifyWatched { // whose body may be part of a comment
			erased.Body = ErasedText
		}
		all = append(all, erased)
	}
	return all
}()

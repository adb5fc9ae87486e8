package collab

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
)

const (
	// ErasedName is who is shown for an erased person where there has to be somebody.
	ErasedName = "Erased person"
	// ErasedText stands for what an erased person said.
	ErasedText = "This was erased."
)

// fieldErased is the field of a change that erased somebody.
const fieldErased = "erased"

// ErasePersonalData takes a person out of all that is kept, and returns how many
// records it touched; 0 for somebody who was erased before. What they did stays,
// done by nobody. Nothing is learned of them again, whatever their token says. The
// error is Forbidden unless the viewer is an admin, and BadInput for somebody who
// never was a member, and for the last admin.
func (s *Service) ErasePersonalData(ctx context.Context, v *Viewer, userID ID) (int, error) {
	erasure := &Erasure{UserID: userID, At: At(s.now())}
	change, err := s.write(ctx, Intent{
		OrgID: v.Organization.ID, ActorID: v.User.ID, UserIDs: []ID{userID}, Admins: true, Audited: true,
	}, func(st *State) (*Decision, error) { return st.erase(erasure) })
	if change == nil && err != nil || s.Presences == nil {
		return erasure.Touched, err
	}
	return erasure.Touched, errors.Join(err, s.Presences.LeaveAll(ctx, v.Organization.ID, userID))
}

func (st *State) erase(e *Erasure) (*Decision, error) {
	actor, member, err := st.governed(e.UserID)
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
		Type: ChangeMember, ActorID: actor.User.ID, OccurredAt: e.At, Metadata: aboutPerson(e.UserID),
		Fields:  []*FieldChange{flag(fieldErased, true)},
		Regards: &Regards{People: map[ID]Effect{e.UserID: EffectLost}},
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

// flag is a change of a field that is true or false.
func flag(field string, now bool) *FieldChange {
	values := map[bool]JSON{false: JSON("false"), true: JSON("true")}
	return &FieldChange{Field: field, OldValue: values[!now], NewValue: values[now]}
}

// Erases reports whether the change took a person out of all that is kept. Then
// what was read of the log before is not to be shown any more.
func (c *Change) Erases() bool { return c.Type == ChangeMember && c.changed(fieldErased) }

// Erase takes the values that a person chose out of the edit, and reports whether
// there were any. Where it is not kept who chose them, all of them go. An edit
// without values changes nothing when it wins.
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

// ErasedNotification is what a notification of a kind says once the person who caused it
// is erased. An empty Body leaves the one that is there, which is not theirs.
type ErasedNotification struct {
	Kind        NotificationKind
	Title, Body string
}

// ErasedNotifications has one for each kind.
var ErasedNotifications = []ErasedNotification{
	{NotifyMention, "You were mentioned", ErasedText},
	{NotifyComment, "There was a comment", ErasedText},
	{NotifyAssignment, "You were given something to do", ""},
	{NotifyConflict, "A change conflicts with yours", ""},
	{NotifyEntityDeleted, "Something of yours was deleted", ""},
	{NotifyAccessChanged, "Your access was changed", ""},
}

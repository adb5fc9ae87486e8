package collab

import (
	"context"
	"fmt"
	"strconv"
)

// SetMemberRole gives a member another role, and brings back somebody who was
// removed. It returns the member as they are then. The error is Forbidden unless
// the viewer is an admin, and BadInput for somebody who never was a member, and
// for the last admin.
func (s *Service) SetMemberRole(ctx context.Context, v *Viewer, userID ID, role Role) (*Member, error) {
	var changed *Member
	_, err := s.changeMember(ctx, v, userID, func(m *Member) Membership {
		changed = &Member{User: m.User, Role: role, PresenceHidden: m.PresenceHidden, Insider: m.Insider}
		return Membership{UserID: userID, Role: role, PresenceHidden: m.PresenceHidden}
	})
	if err != nil {
		return nil, err
	}
	return changed, nil
}

// RemoveMember takes somebody out of the organization: they are refused
// everything from then on, whatever their token says. What is theirs stays as it
// is. It reports whether they were a member; the errors are those of SetMemberRole.
func (s *Service) RemoveMember(ctx context.Context, v *Viewer, userID ID) (bool, error) {
	now := At(s.now())
	change, err := s.changeMember(ctx, v, userID, func(m *Member) Membership {
		return Membership{UserID: userID, Role: m.Role, PresenceHidden: m.PresenceHidden, RemovedAt: &now}
	})
	return change != nil, err
}

// changeMember writes what become says the member is to be.
func (s *Service) changeMember(ctx context.Context, v *Viewer, userID ID, become func(*Member) Membership) (*Change, error) {
	now := At(s.now())
	return s.write(ctx, Intent{
		OrgID: v.Organization.ID, ActorID: v.User.ID, UserIDs: []ID{userID}, Admins: true, Audited: true,
	}, func(st *State) (*Decision, error) {
		actor, member, err := st.governed(userID)
		if err != nil {
			return nil, err
		}
		if member.User.Erased {
			return nil, errNoMember()
		}
		next := become(member)
		if err := st.keepAdmin(next); err != nil {
			return nil, err
		}
		return member.become(next, actor, now), nil
	})
}

// governed returns the admin who writes, and the member, removed or not, that they
// write about. The error is Forbidden for everybody but admins.
func (st *State) governed(userID ID) (actor, member *Member, err error) {
	if actor, err = st.actor(); err != nil {
		return nil, nil, err
	}
	if !actor.Role.AtLeast(RoleAdmin) {
		return nil, nil, Errorf(Forbidden, "this needs the role ADMIN; yours is %s", actor.Role)
	}
	if member = st.Members[userID]; member == nil {
		return nil, nil, errNoMember()
	}
	return actor, member, nil
}

// keepAdmin refuses to leave the organization without an admin.
func (st *State) keepAdmin(next Membership) error {
	last := len(st.Admins) == 1 && st.Admins[0] == next.UserID
	if last && (next.Role != RoleAdmin || next.RemovedAt != nil) {
		return Errorf(BadInput, "this is the organization's last admin; make somebody else an admin first")
	}
	return nil
}

// become decides to make the member what next says, or nothing if they are that.
func (m *Member) become(next Membership, actor *Member, now Time) *Decision {
	removed := next.RemovedAt != nil
	if m.Removed == removed && m.Role == next.Role {
		return &Decision{}
	}
	change := &Change{Type: ChangeMember, ActorID: actor.User.ID, OccurredAt: now, Metadata: aboutPerson(next.UserID)}
	var audit []*AuditEntry
	effect := EffectLost
	if m.Role != next.Role {
		change.Fields = append(change.Fields, &FieldChange{
			Field: "role", OldValue: textJSON(string(m.Role)), NewValue: textJSON(string(next.Role)),
		})
		audit = append(audit, actor.audited(AuditRoleChanged, now).became(change.Fields[0]))
		if next.Role.AtLeast(m.Role) {
			effect = EffectGained
		}
	}
	if m.Removed != removed {
		change.Fields = append(change.Fields, &FieldChange{
			Field: "removed", OldValue: JSON(strconv.FormatBool(m.Removed)), NewValue: JSON(strconv.FormatBool(removed)),
		})
		action := AuditMemberRemoved
		effect = EffectLost
		if m.Removed {
			action, effect = AuditMemberReturned, EffectGained
		}
		audit = append(audit, actor.audited(action, now))
	}
	for _, entry := range audit {
		entry.SubjectID = next.UserID
	}
	change.Regards = &Regards{People: map[ID]Effect{next.UserID: effect}}
	if !removed {
		change.notifyOther(NotifyAccessChanged, next.UserID,
			actor.User.Name+" changed your role", fmt.Sprintf("You are %s now.", next.Role))
		change.disown(next.UserID)
	}
	return &Decision{Change: change, Membership: &next, Audit: audit}
}
